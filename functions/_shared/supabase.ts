import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import type { Env } from './env.ts'

// Longer than any honest answer of Auth or the Data API, shorter than a caller's patience.
const patience = 10_000

const boundedFetch: typeof fetch = (input, init) => {
  const signals = [AbortSignal.timeout(patience), ...(init?.signal ? [init.signal] : [])]
  return fetch(input, { ...init, signal: AbortSignal.any(signals) })
}

function connect(
  url: string,
  key: string,
  requestId: string,
  headers: Record<string, string> = {},
): SupabaseClient {
  return createClient(url, key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { headers: { 'x-request-id': requestId, ...headers }, fetch: boundedFetch },
  })
}

/** As our own services: with the secret key, past every policy. */
export const asService = ({ url, secretKey }: Env, requestId: string) => connect(url, secretKey, requestId)

/**
 * For Auth in the name of a caller: with the secret key, so that it heeds the caller's address in `Sb-Forwarded-For` and
 * counts that. The caller's device cannot be told: a browser's name beside the secret key is refused.
 */
export const onBehalfOf = (env: Env, requestId: string, address: string | null): SupabaseClient =>
  connect(env.url, env.secretKey, requestId, address ? { 'sb-forwarded-for': address } : {})
