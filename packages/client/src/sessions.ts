import { accessChanged, SessionRow, SignInAnswer, SignInInput } from '@p2p/contracts'
import { FunctionsHttpError, type Session } from '@supabase/supabase-js'
import { z } from 'zod'
import { authRefusal } from './auth-refusal.ts'
import { must, Refusal, refusalOf } from './must.ts'
import { listenToOwn } from './shared-room.ts'
import type { Supabase } from './supabase.ts'

/**
 * Signs in, for 30 days with `remember`, else for twelve hours at most. Where `me()` then says that a second factor is
 * `required`, the session opens nothing until `confirmSecondFactor`. Codes: `credentials_wrong`, `email_not_verified`,
 * `account_suspended`, `rate_limited` with the seconds to wait.
 */
export async function signIn(supabase: Supabase, input: SignInInput): Promise<Session> {
  const { data, error } = await supabase.functions.invoke('sign-in', { body: SignInInput.parse(input) })
  if (error instanceof FunctionsHttpError) throw await refusalOf(error.context)
  if (error) throw new Refusal('unavailable', error.message, { cause: error })
  const begun = await supabase.auth.setSession(SignInAnswer.parse(data))
  if (begun.error) throw authRefusal(begun.error)
  if (!begun.data.session) throw new Refusal('unavailable', 'The session was not begun.')
  return begun.data.session
}

/** On this device alone. */
export async function signOut(supabase: Supabase): Promise<void> {
  const { error } = await supabase.auth.signOut({ scope: 'local' })
  if (error) throw authRefusal(error)
}

/** Where one is signed in, this session first. */
export async function listSessions(supabase: Supabase): Promise<SessionRow[]> {
  return z.array(SessionRow).parse(must(await supabase.rpc('list_sessions')))
}

/** Ends one of one's own sessions, at once. Codes: `not_found`. */
export async function endSession(supabase: Supabase, session: string): Promise<void> {
  must(await supabase.rpc('end_session', { session }))
}

export async function endOtherSessions(supabase: Supabase): Promise<void> {
  must(await supabase.rpc('end_other_sessions'))
}

/** Everywhere, here too. */
export async function endAllSessions(supabase: Supabase): Promise<void> {
  must(await supabase.rpc('end_all_sessions'))
  await signOut(supabase)
}

/** After a link of recovery, which is proof enough. Codes: `password_weak`, `password_unchanged`, `not_signed_in`. */
export async function setPassword(supabase: Supabase, password: string): Promise<void> {
  const { error } = await supabase.auth.updateUser({ password })
  if (error) throw authRefusal(error)
}

/** Ends all other sessions too. Codes: `password_wrong`, `password_weak`, `password_unchanged`. */
export async function changePassword(
  supabase: Supabase,
  { current, next }: { current: string; next: string },
): Promise<void> {
  const { error } = await supabase.auth.updateUser({ password: next, current_password: current })
  if (error) throw authRefusal(error)
}

/** Mails a link to both addresses; the change is made when both were followed. Codes: `email_taken`, `email_invalid`. */
export async function changeEmail(supabase: Supabase, email: string): Promise<void> {
  const { error } = await supabase.auth.updateUser({ email })
  if (error) throw authRefusal(error)
}

/** The address that one wants to have and has not confirmed on both sides yet. */
export async function readPendingEmail(supabase: Supabase): Promise<string | null> {
  const { data, error } = await supabase.auth.getUser()
  if (error) throw authRefusal(error)
  return data.user.new_email || null
}

export async function cancelEmailChange(supabase: Supabase): Promise<void> {
  must(await supabase.rpc('cancel_email_change'))
}

export type SecondFactor = { id: string; name: string; created_at: string }

/** The apps that one confirms a sign-in with. */
export async function listSecondFactors(supabase: Supabase): Promise<SecondFactor[]> {
  const { data, error } = await supabase.auth.mfa.listFactors()
  if (error) throw authRefusal(error)
  return data.totp.map(({ id, friendly_name, created_at }) => ({ id, name: friendly_name ?? '', created_at }))
}

/** What an app needs to show codes: a picture to scan (a `data:` address) or the secret to type. */
export type NewFactor = { id: string; picture: string; secret: string; uri: string }

/** Begins to add an app; it counts from the first right code on. Codes: `factor_name_taken`, `factor_limit`. */
export async function addSecondFactor(supabase: Supabase, name: string): Promise<NewFactor> {
  await forgetHalfAdded(supabase)
  const { data, error } = await supabase.auth.mfa.enroll({
    factorType: 'totp',
    friendlyName: name,
    issuer: 'P2P Sandbox',
  })
  if (error) throw authRefusal(error)
  return { id: data.id, picture: data.totp.qr_code, secret: data.totp.secret, uri: data.totp.uri }
}

/** What somebody began and did not finish would keep its name. */
async function forgetHalfAdded(supabase: Supabase): Promise<void> {
  const { data, error } = await supabase.auth.mfa.listFactors()
  if (error) throw authRefusal(error)
  for (const { id, status } of data.all) {
    if (status === 'unverified') await supabase.auth.mfa.unenroll({ factorId: id })
  }
}

/**
 * Shows by a code that it is oneself, and raises this session; of a new factor, that the app is set up. Without `factor`
 * the code may be of any of one's apps. Codes: `code_wrong`, `rate_limited`.
 */
export async function confirmSecondFactor(supabase: Supabase, code: string, factor?: string): Promise<void> {
  const factors = factor ? [factor] : (await listSecondFactors(supabase)).map(({ id }) => id)
  let refusal = new Refusal('code_wrong', 'There is no app that shows such codes.')
  for (const factorId of factors) {
    const { error } = await supabase.auth.mfa.challengeAndVerify({ factorId, code })
    if (!error) return
    refusal = authRefusal(error)
    if (refusal.code !== 'code_wrong') break
  }
  throw refusal
}

/** Takes a session that was raised by a code. Codes: `second_factor_required`, `not_found`. */
export async function removeOwnSecondFactor(supabase: Supabase, factor: string): Promise<void> {
  const { error } = await supabase.auth.mfa.unenroll({ factorId: factor })
  if (error) throw authRefusal(error)
}

/**
 * For admins: takes away the second factor of somebody who has lost it, and ends their sessions. Codes: `not_allowed`,
 * `not_found`.
 */
export async function resetSecondFactor(supabase: Supabase, person: string): Promise<void> {
  must(await supabase.rpc('reset_second_factor', { person }))
}

/**
 * Listens for changes of what one may do, by an admin or on another device: ask `me()` again. A channel that was refused
 * or lost may have missed some.
 */
export const watchAccess = (
  supabase: Supabase,
  me: string,
  onChanged: () => void,
): { leave(): Promise<void> } =>
  listenToOwn(supabase, me, {
    onEvent: (name) => name === accessChanged && onChanged(),
    onConnection: (connection) => connection !== 'lost' && onChanged(),
  })
