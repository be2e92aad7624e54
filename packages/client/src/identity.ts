import { type ErrorCode, Me, ProfilePatch, SignupAnswer, type SignupInput } from '@p2p/contracts'
import { type AuthError, type EmailOtpType, FunctionsHttpError, type Session } from '@supabase/supabase-js'
import { must, Refusal, refusalOf } from './must.ts'
import type { Supabase } from './supabase.ts'

/** Founds an organization and its admin, both pending until the link in the mail is followed. */
export async function signUp(supabase: Supabase, input: SignupInput): Promise<SignupAnswer> {
  const { data, error } = await supabase.functions.invoke('signup', { body: input })
  if (error instanceof FunctionsHttpError) throw await refusalOf(error.context)
  if (error) throw new Refusal('unavailable', error.message, { cause: error })
  return SignupAnswer.parse(data)
}

/** Codes: `credentials_wrong`, `email_not_verified`, `account_suspended`, `rate_limited`. */
export async function signIn(
  supabase: Supabase,
  credentials: { email: string; password: string },
): Promise<Session> {
  const { data, error } = await supabase.auth.signInWithPassword(credentials)
  if (error) throw authRefusal(error)
  return data.session
}

export async function signOut(supabase: Supabase): Promise<void> {
  const { error } = await supabase.auth.signOut({ scope: 'local' })
  if (error) throw authRefusal(error)
}

/** Sends the verification mail once more. Auth answers alike whether the address is known or not. */
export async function resendVerification(supabase: Supabase, email: string): Promise<void> {
  const { error } = await supabase.auth.resend({ type: 'signup', email })
  if (error) throw authRefusal(error)
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

/** Mails a link that lives for one hour, if the address has an account; the answer does not tell. */
export async function requestPasswordReset(supabase: Supabase, email: string): Promise<void> {
  const { error } = await supabase.auth.resetPasswordForEmail(email)
  if (error) throw authRefusal(error)
}

/** Codes: `password_weak`, `password_unchanged`, `not_signed_in`. */
export async function setPassword(supabase: Supabase, password: string): Promise<void> {
  const { error } = await supabase.auth.updateUser({ password })
  if (error) throw authRefusal(error)
}

/** The person who is signed in; null for a visitor. */
export async function readMe(supabase: Supabase): Promise<Me | null> {
  const { data } = await supabase.auth.getSession()
  if (!data.session) return null
  return Me.nullable().parse(must(await supabase.rpc('me')))
}

export async function updateProfile(supabase: Supabase, id: string, patch: ProfilePatch): Promise<void> {
  const rows = must(
    await supabase.from('profiles').update(ProfilePatch.parse(patch)).eq('id', id).select('id'),
  )
  if (rows.length === 0) throw new Refusal('not_active', 'This account may not act here at present.')
}

export type PersonNames = { id: string; first_name: string; last_name: string }

/** Names for ids, in no order; whoever the caller may not see is missing. */
export async function readPeople(supabase: Supabase, ids: readonly string[]): Promise<PersonNames[]> {
  return must(await supabase.from('profiles').select('id, first_name, last_name').in('id', ids))
}

// Auth's error codes (https://supabase.com/docs/guides/auth/debugging/error-codes) in our words.
const authCodes: Record<string, ErrorCode> = {
  invalid_credentials: 'credentials_wrong',
  email_not_confirmed: 'email_not_verified',
  user_banned: 'account_suspended',
  otp_expired: 'link_invalid',
  over_email_send_rate_limit: 'rate_limited',
  over_request_rate_limit: 'rate_limited',
  weak_password: 'password_weak',
  same_password: 'password_unchanged',
  validation_failed: 'invalid_input',
  session_not_found: 'not_signed_in',
  session_expired: 'not_signed_in',
  bad_jwt: 'not_signed_in',
  user_not_found: 'not_signed_in',
}

function authRefusal(error: AuthError): Refusal {
  const known = error.code ? authCodes[error.code] : undefined
  return new Refusal(known ?? codeOfStatus(error), error.message, { cause: error })
}

function codeOfStatus({ status, name }: AuthError): ErrorCode {
  if (name === 'AuthSessionMissingError') return 'not_signed_in'
  if (status === 429) return 'rate_limited'
  if (status !== undefined && status >= 400 && status < 500) return 'invalid_input'
  return 'unavailable'
}
