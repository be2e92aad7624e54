import { z } from 'zod'
import { Jwks } from '../keys.ts'
import type { Limits } from './limits.ts'

const parseJson = (text: string, context: z.RefinementCtx): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue('not JSON')
    return z.NEVER
  }
}
const figure = z.coerce.number().int().min(1).optional()

const Env = z.object({
  REALTIME_PORT: z.coerce.number().int().min(1).max(65535),
  /** A superuser's: the server writes rows that no policy lets anybody write, and reads the replication stream. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  JWT_SECRET: z.string().min(32),
  /** Public keys, and the secret again: whatever tokens may be signed with. */
  JWT_JWKS: z.string().transform(parseJson).pipe(Jwks).optional(),
  /** Without them, clients must bring tokens. */
  PUBLISHABLE_KEY: z.string().startsWith('sb_publishable_').optional(),
  SECRET_KEY: z.string().startsWith('sb_secret_').optional(),
  /** The limits that can be set, under the names that supabase/realtime has for them. */
  TENANT_MAX_CHANNELS_PER_CLIENT: figure,
  TENANT_MAX_CONCURRENT_USERS: figure,
  TENANT_MAX_EVENTS_PER_SECOND: figure,
  TENANT_MAX_JOINS_PER_SECOND: figure,
  CLIENT_PRESENCE_MAX_CALLS: figure,
  CLIENT_PRESENCE_WINDOW_MS: figure,
  /** A setting of the project on hosted, without a name for the environment there. */
  REALTIME_PRIVATE_ONLY: z.stringbool().default(false),
})
export type Env = z.infer<typeof Env>

/** Reads the environment once, at the start, or says everything wrong with it. An empty variable is a missing one. */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''))
  const result = Env.safeParse(given)
  if (!result.success) throw new Error(`Realtime cannot start:\n${z.prettifyError(result.error)}`)
  return result.data
}

/** The limits that the environment sets. */
export function limitsOf(env: Env): Partial<Limits> {
  const set = {
    channels: env.TENANT_MAX_CHANNELS_PER_CLIENT,
    users: env.TENANT_MAX_CONCURRENT_USERS,
    eventsPerSecond: env.TENANT_MAX_EVENTS_PER_SECOND,
    joinsPerSecond: env.TENANT_MAX_JOINS_PER_SECOND,
    presenceCalls: env.CLIENT_PRESENCE_MAX_CALLS,
    presenceWindowMs: env.CLIENT_PRESENCE_WINDOW_MS,
  }
  return Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined))
}
