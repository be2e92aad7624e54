import { z } from 'zod'
import { startTestStack, type TestStackOptions } from './stack.ts'

/** A Supabase that tests speak to over the wire, whichever it is. */
export type Ground = {
  urls: {
    api: string
    /** As role postgres, directly or in session mode. */
    database: string
    /** A Mailpit, or what speaks as one, that catches the mails. */
    mail: string
  }
  keys: { publishable: string; secret: string }
  stop(): Promise<void>
}

/** The names are those of `supabase status -o env`, after TARGET_. */
const Target = z.object({
  TARGET_API_URL: z.url(),
  TARGET_PUBLISHABLE_KEY: z.string().min(1),
  TARGET_SECRET_KEY: z.string().min(1),
  TARGET_DB_URL: z.url(),
  TARGET_MAILPIT_URL: z.url(),
})

/**
 * The Supabase at TARGET_API_URL, as it stands, where `npm run test:against` says so; else an embedded stack of the
 * test's own.
 */
export async function startGround(options: TestStackOptions = {}): Promise<Ground> {
  if (!process.env.TARGET_API_URL) return startTestStack(options)
  const given = Target.parse(process.env)
  return {
    urls: {
      api: given.TARGET_API_URL,
      database: given.TARGET_DB_URL,
      mail: given.TARGET_MAILPIT_URL,
    },
    keys: { publishable: given.TARGET_PUBLISHABLE_KEY, secret: given.TARGET_SECRET_KEY },
    stop: async () => {},
  }
}
