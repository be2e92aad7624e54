import { z } from 'zod'

const says = (wanted: string) => ({
  error: ({ input }: { input: unknown }) => (input === undefined ? 'is missing' : `is not ${wanted}`),
})

const url = (protocol: RegExp, wanted: string) => z.url({ protocol, ...says(wanted) })

const count = (wanted: string, most: number) =>
  z
    .string()
    .regex(/^\d+$/, says(wanted))
    .transform(Number)
    .pipe(z.number().min(1, says(wanted)).max(most, says(wanted)))

// Supabase's transaction pooler. Locks, LISTEN and prepared statements belong to a session, which it does not keep.
const isTransactionPooler = (address: string) => URL.canParse(address) && new URL(address).port === '6543'

const Env = z.object({
  DATABASE_URL: url(
    /^postgres(ql)?$/,
    'an address like postgresql://user:password@host:5432/database',
  ).refine(
    (address) => !isTransactionPooler(address),
    'is the transaction pooler; the worker needs a direct or session-mode connection',
  ),
  /** The Supabase whose Storage and Auth admin API the worker uses, with its secret key. */
  SUPABASE_URL: url(/^https?$/, 'an http(s) address').transform((address) => address.replace(/\/+$/, '')),
  SUPABASE_SECRET_KEY: z.string(says('a key')).min(20, says('a key')),
  SMTP_URL: url(/^smtps?$/, 'an address like smtp://user:password@host:587'),
  MAIL_FROM: z.email(says('an e-mail address')),
  /** Where the links in mails lead. */
  SITE_URL: url(/^https?$/, 'an http(s) address').transform((address) => address.replace(/\/+$/, '')),
  /** The register of companies, with its key; without them no registration number is verified. */
  REGISTRY_URL: url(/^https?$/, 'an http(s) address')
    .transform((address) => address.replace(/\/+$/, ''))
    .exactOptional(),
  REGISTRY_API_KEY: z.string(says('a key')).min(8, says('a key')).exactOptional(),
  WORKER_HOST: z.string().min(1, says('a host name')).default('127.0.0.1'),
  WORKER_PORT: count('a port', 65_535).default(54_330),
  /** Jobs of one queue that run at the same time. */
  WORKER_CONCURRENCY: count('a number from 1 to 50', 50).default(2),
  /** How long running jobs may take to finish once the worker is told to stop. */
  WORKER_STOP_SECONDS: count('a number of seconds up to 600', 600).default(25),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], says('a level such as info'))
    .default('info'),
})
export type Env = z.infer<typeof Env>

/** One without the other would leave every number unverified, and nobody would know why. */
const Whole = Env.refine(({ REGISTRY_URL, REGISTRY_API_KEY }) => !REGISTRY_URL === !REGISTRY_API_KEY, {
  path: ['REGISTRY_URL'],
  error: 'and REGISTRY_API_KEY belong together',
})

/** Reads the environment once, at the start, or says everything wrong with it. An empty variable is a missing one. */
export function readEnv(source: Record<string, string | undefined> = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''))
  const result = Whole.safeParse(given)
  if (result.success) return result.data
  const faults = result.error.issues.map(({ path, message }) => `  ${path.join('.')} ${message}`)
  throw new Error(`The worker cannot start. Its environment:\n${faults.join('\n')}`)
}
