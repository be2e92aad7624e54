import { z } from 'zod'

const Env = z.object({
  VITE_SUPABASE_URL: z.url(),
  VITE_SUPABASE_PUBLISHABLE_KEY: z.string().min(1),
})

/** What the build was told, or every fault in it as text. */
export function readEnv(source: Record<string, unknown>) {
  const result = Env.safeParse(source)
  return result.success
    ? { env: result.data, faults: null }
    : { env: null, faults: z.prettifyError(result.error) }
}
