import process from 'node:process'
import { z } from 'zod'

// Hosted Supabase hands the keys out as a set with names; the embedded stack and older projects one by one.
const KeySet = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text)
    } catch {
      context.addIssue('is not JSON')
      return z.NEVER
    }
  })
  .pipe(z.object({ default: z.string().min(1) }))

const key = z.string().min(1).optional()

const Env = z
  .object({
    SUPABASE_URL: z.url({ protocol: /^https?$/, error: 'is missing or not an http(s) address' }),
    SUPABASE_PUBLISHABLE_KEYS: KeySet.optional(),
    SUPABASE_PUBLISHABLE_KEY: key,
    SUPABASE_ANON_KEY: key,
    SUPABASE_SECRET_KEYS: KeySet.optional(),
    SUPABASE_SECRET_KEY: key,
    SUPABASE_SERVICE_ROLE_KEY: key,
    /** Where the web app is; whoever opens the address of a function by hand is led there. */
    SITE_URL: z.url({ protocol: /^https?$/, error: 'is not an http(s) address' }).optional(),
    /** Signups an hour from one network. An office has one address for all its people. */
    SIGNUP_MAX_PER_NETWORK: z.coerce.number('is not a number').int().positive().default(30),
  })
  .transform((env, context) => {
    const publishableKey =
      env.SUPABASE_PUBLISHABLE_KEYS?.default ?? env.SUPABASE_PUBLISHABLE_KEY ?? env.SUPABASE_ANON_KEY
    const secretKey =
      env.SUPABASE_SECRET_KEYS?.default ?? env.SUPABASE_SECRET_KEY ?? env.SUPABASE_SERVICE_ROLE_KEY
    if (!publishableKey)
      context.addIssue({ code: 'custom', path: ['SUPABASE_PUBLISHABLE_KEY'], message: 'is missing' })
    if (!secretKey) context.addIssue({ code: 'custom', path: ['SUPABASE_SECRET_KEY'], message: 'is missing' })
    if (!publishableKey || !secretKey) return z.NEVER
    return {
      url: env.SUPABASE_URL.replace(/\/+$/, ''),
      publishableKey,
      secretKey,
      signupMaxPerNetwork: env.SIGNUP_MAX_PER_NETWORK,
      ...(env.SITE_URL && { siteUrl: env.SITE_URL.replace(/\/+$/, '') }),
    }
  })
export type Env = z.infer<typeof Env>

/** Reads the environment once, when the function is loaded, or says everything wrong with it. */
export function readEnv(source: Record<string, string | undefined> = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''))
  const result = Env.safeParse(given)
  if (result.success) return result.data
  const faults = result.error.issues.map(({ path, message }) => `  ${path.join('.')} ${message}`)
  throw new Error(`The function cannot start. Its environment:\n${faults.join('\n')}`)
}
