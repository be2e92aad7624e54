import { z } from 'zod'

const Env = z.object({
  REALTIME_PORT: z.coerce.number().int().min(1).max(65535),
  /** A superuser's: the server writes rows that no policy lets anybody write, and reads the replication stream. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  JWT_SECRET: z.string().min(32),
  /** Without them, clients must bring tokens. */
  PUBLISHABLE_KEY: z.string().startsWith('sb_publishable_').optional(),
  SECRET_KEY: z.string().startsWith('sb_secret_').optional(),
})
export type Env = z.infer<typeof Env>

/** Reads the environment once, at the start, or says everything wrong with it. */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const result = Env.safeParse(source)
  if (!result.success) throw new Error(`Realtime cannot start:\n${z.prettifyError(result.error)}`)
  return result.data
}
