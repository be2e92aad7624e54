import type { TestProject } from 'vitest/node'
import { z } from 'zod'
import { startTestStack } from '../../testing/stack.ts'

/*
 * The Supabase that the conformance tests speak to. Without TARGET_URL it is an embedded stack of their own; with it,
 * whichever answers there (`npm run test:against`).
 */

/** The names are those of `supabase status -o env`, after TARGET_. */
const Given = z.object({
  TARGET_URL: z.url(),
  TARGET_PUBLISHABLE_KEY: z.string().min(1),
  TARGET_SECRET_KEY: z.string().min(1),
  /** As role postgres, directly or in session mode. */
  TARGET_DB_URL: z.url(),
  /** A Mailpit that catches the target's mails. */
  TARGET_MAILPIT_URL: z.url(),
})

export type Target = {
  api: string
  publishableKey: string
  secretKey: string
  database: string
  mail: string
}

declare module 'vitest' {
  interface ProvidedContext {
    target: Target
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (process.env.TARGET_URL) {
    const given = Given.parse(process.env)
    project.provide('target', {
      api: given.TARGET_URL.replace(/\/$/, ''),
      publishableKey: given.TARGET_PUBLISHABLE_KEY,
      secretKey: given.TARGET_SECRET_KEY,
      database: given.TARGET_DB_URL,
      mail: given.TARGET_MAILPIT_URL.replace(/\/$/, ''),
    })
    return async () => {}
  }
  // Where a test run measures coverage, so do the stack's own processes.
  if (process.env.COVERAGE_DIR) process.env.NODE_V8_COVERAGE = process.env.COVERAGE_DIR
  const { urls, keys, stop } = await startTestStack({ apiProcesses: 2 })
  project.provide('target', {
    api: urls.api,
    publishableKey: keys.publishable,
    secretKey: keys.secret,
    database: urls.database,
    mail: urls.mail,
  })
  return stop
}
