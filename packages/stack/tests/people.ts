import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import type { Ground } from '../testing/ground.ts'
import { mailTo, tokenIn } from '../testing/mailbox.ts'

export const clientOf = ({ urls }: Ground, key: string): SupabaseClient =>
  createClient(urls.api, key, { auth: { persistSession: false, autoRefreshToken: false } })

export const password = 'a long enough password'

let born = 0

/** Somebody nobody has met before. */
export function stranger(name: string, locale: 'ar' | 'en' = 'en', mailbox = name) {
  born += 1
  const company = `${name}-${process.pid}-${born}-works`
  return {
    email: `${mailbox}@${company}.example`,
    password,
    options: { data: { first_name: name, last_name: 'Test', organization_name: company, locale } },
  }
}

export type Person = { id: string; email: string; client: SupabaseClient }

/** Somebody who signed up, read the mail and signed in. */
export async function member(stack: Ground, name: string): Promise<Person> {
  const client = clientOf(stack, stack.keys.publishable)
  const { email, ...rest } = stranger(name)
  await client.auth.signUp({ email, ...rest })
  const { data, error } = await client.auth.verifyOtp({
    token_hash: tokenIn(await mailTo(stack.urls.mail, email)),
    type: 'email',
  })
  if (error || !data.user) throw error ?? new Error('nobody was verified')
  return { id: data.user.id, email, client }
}
