import { Me, SignupAnswer, type SignupInput } from '@p2p/contracts'
import { type EmailOtpType, FunctionsHttpError, type Session } from '@supabase/supabase-js'
import { authRefusal } from './auth-refusal.ts'
import { sendLink } from './links.ts'
import { must, Refusal, refusalOf } from './must.ts'
import type { Supabase } from './supabase.ts'

/** Founds an organization and its admin, both pending until the link in the mail is followed. */
export async function signUp(supabase: Supabase, input: SignupInput): Promise<SignupAnswer> {
  const { data, error } = await supabase.functions.invoke('signup', { body: input })
  if (error instanceof FunctionsHttpError) throw await refusalOf(error.context)
  if (error) throw new Refusal('unavailable', error.message, { cause: error })
  return SignupAnswer.parse(data)
}

/**
 * Follows a link of ours: `tokenHash` and `type` are its `token_hash` and `type`. Nobody is signed in by the first of the
 * two links that change an address. Codes: `link_invalid`.
 */
export async function verifyEmail(
  supabase: Supabase,
  link: { tokenHash: string; type: EmailOtpType },
): Promise<Session | null> {
  const { data, error } = await supabase.auth.verifyOtp({ token_hash: link.tokenHash, type: link.type })
  if (error) throw authRefusal(error)
  return data.session
}

/** Sends the verification mail once more. The answer is the same whether or not the address is known. */
export async function resendVerification(supabase: Supabase, email: string): Promise<void> {
  await sendLink(supabase, { kind: 'verification', email })
}

/** Mails a link that lives for one hour, if the address has an account; the answer does not tell. */
export async function requestPasswordReset(supabase: Supabase, email: string): Promise<void> {
  await sendLink(supabase, { kind: 'recovery', email })
}

/** The person who is signed in; null for a visitor. */
export async function readMe(supabase: Supabase): Promise<Me | null> {
  const { data } = await supabase.auth.getSession()
  if (!data.session) return null
  return Me.nullable().parse(must(await supabase.rpc('me')))
}
