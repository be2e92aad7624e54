import type { Limit } from '@p2p/contracts'
import type { SupabaseClient } from '@supabase/supabase-js'
import { z } from 'zod'
import { tooMany } from './refusal.ts'

const Taken = z.object({ allowed: z.boolean(), retry_after: z.number() })

/**
 * Counts a knock and refuses one too many. The count lives in Postgres, so that a restart forgets nothing and every
 * instance counts on. The subject is kept as a digest: whom we limit is nobody's business afterwards.
 */
export async function takeLimit(service: SupabaseClient, limit: Limit, subject: string): Promise<void> {
  const { data, error } = await service.rpc('take_rate_limit', {
    bucket: limit.bucket,
    subject: await digest(subject),
    max_hits: limit.max,
    window_seconds: limit.seconds,
  })
  if (error) throw new Error(`The limit could not be taken: ${error.message}`, { cause: error })
  const { allowed, retry_after } = Taken.parse(data)
  if (!allowed) throw tooMany(retry_after)
}

/** As limits keep their subjects. */
export async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
