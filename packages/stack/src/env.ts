import { z } from 'zod'

const port = z.coerce
  .number('must be a number')
  .int('must be a whole number')
  .min(1024, 'must be 1024 or more')
  .max(65_520, 'must be 65520 or less: the stack takes the ports that follow it too')

const Env = z.object({
  /** The gateway's port; the other parts take the ones after it. */
  STACK_PORT: port.optional(),
  /** Where the data lives. */
  STACK_DIR: z.string().optional(),
  /** The project's settings, if not supabase/config.toml. */
  STACK_CONFIG: z.string().optional(),
  /** Where links in mails lead, if not to the web app that the stack starts. */
  SITE_URL: z.url().optional(),
  /** Another Supabase to work against: then only the worker and the web app are started here. */
  SUPABASE_URL: z.url().optional(),
  SUPABASE_PUBLISHABLE_KEY: z.string().optional(),
  /** Passed on to the functions: signups an hour from one network. */
  SIGNUP_MAX_PER_NETWORK: z.string().optional(),
  /** `on`: Auth counts what each address asks for, as hosted does and `supabase start` does not. */
  STACK_RATE_LIMITS: z.enum(['on', 'off']).optional(),
  /** How many processes answer at the gateway. */
  STACK_API_PROCESSES: z.coerce.number().int().min(1).max(64).optional(),
})
export type Env = z.infer<typeof Env>

/** Reads the environment once, at the start, or says everything wrong with it. An empty variable is a missing one. */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''))
  const result = Env.safeParse(given)
  if (!result.success) throw new Error(`The stack cannot start:\n${z.prettifyError(result.error)}`)
  return result.data
}

/** What a child process is started with: the parent's environment, without what could change how Node runs it. */
export function childEnv(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, NODE_CHANNEL_FD: __, VITEST: ___, NODE_ENV: ____, ...rest } = process.env
  return { ...rest, ...more }
}
