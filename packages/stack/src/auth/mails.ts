import { z } from 'zod'
import { tooSoon } from './fault.ts'
import type { Means } from './means.ts'
import { keepToken, makeToken } from './one-time-tokens.ts'
import type { Person, Queryable } from './people.ts'
import { type Addressee, type Flow, send } from './sending.ts'

/*
 * The mails that carry a one-time token. Each is part of the caller's transaction: one that cannot be sent undoes what
 * it was to tell of.
 */

/**
 * Nobody's mailbox is filled by asking again and again. A mail to somebody that is just being sent counts as sent, so
 * that asking many times at once is no way around it.
 */
async function waitBetween(
  { settings }: Means,
  db: Queryable,
  id: string,
  column: Exclude<Column, 'invited_at'>,
): Promise<void> {
  const wait = settings.email.max_frequency
  const locked = await db.query(`select pg_try_advisory_xact_lock(hashtextextended($1, 0)) as mine`, [
    `${column} ${id}`,
  ])
  if (locked.rows[0]?.mine !== true) throw tooSoon(wait)
  // Asked after the lock was had: only then is what the last holder wrote to be seen.
  const { rows } = await db.query(
    `select extract(epoch from clock_timestamp() - ${column})::float8 as age from auth.users where id = $1`,
    [id],
  )
  const age = z.number().nullable().parse(rows[0]?.age)
  if (age !== null && age < wait) throw tooSoon(wait - age)
}

/** The link by which an address is proven. */
export async function sendConfirmation(
  means: Means,
  db: Queryable,
  person: Addressee,
  flow: Flow,
): Promise<void> {
  await waitBetween(means, db, person.id, 'confirmation_sent_at')
  const token = makeToken(person.email, means.settings.email.otp_length, Boolean(flow.challenge))
  await keepToken(db, person.id, 'confirmation_token', person.email, token.hash)
  await note(db, person.id, 'confirmation_sent_at')
  await send(means, db, 'signup', person, flow, [{ to: person.email, token }])
}

export async function sendInvitation(
  means: Means,
  db: Queryable,
  person: Addressee,
  flow: Flow,
): Promise<void> {
  const token = makeToken(person.email, means.settings.email.otp_length)
  await keepToken(db, person.id, 'confirmation_token', person.email, token.hash)
  await note(db, person.id, 'confirmation_sent_at')
  await note(db, person.id, 'invited_at')
  await send(means, db, 'invite', person, flow, [{ to: person.email, token }])
}

/** A link that signs in: to choose a new password, or for its own sake. */
export async function sendSignInLink(
  means: Means,
  db: Queryable,
  person: Addressee,
  flow: Flow,
  kind: 'recovery' | 'magiclink',
): Promise<void> {
  await waitBetween(means, db, person.id, 'recovery_sent_at')
  const token = makeToken(person.email, means.settings.email.otp_length, Boolean(flow.challenge))
  await keepToken(db, person.id, 'recovery_token', person.email, token.hash)
  await note(db, person.id, 'recovery_sent_at')
  await send(means, db, kind, person, flow, [{ to: person.email, token }])
}

/** Asks the new address, and where `double_confirm_changes` is set the old one too, whether it may be changed. */
export async function sendEmailChange(
  means: Means,
  db: Queryable,
  person: Pick<Person, 'id' | 'data' | 'email'>,
  newEmail: string,
  flow: Flow,
): Promise<void> {
  const { double_confirm_changes: both, otp_length: length } = means.settings.email
  await waitBetween(means, db, person.id, 'email_change_sent_at')
  await db.query(
    `update auth.users set email_change = $2, email_change_confirm_status = 0, email_change_token_current = ''
     where id = $1`,
    [person.id, newEmail],
  )
  const made = makeToken(newEmail, length, Boolean(flow.challenge))
  await keepToken(db, person.id, 'email_change_token_new', newEmail, made.hash)
  const copies = [{ to: newEmail, token: made }]
  if (both && person.email) {
    const token = makeToken(person.email, length, Boolean(flow.challenge))
    await keepToken(db, person.id, 'email_change_token_current', person.email, token.hash)
    copies.push({ to: person.email, token })
  }
  await note(db, person.id, 'email_change_sent_at')
  await send(means, db, 'email_change', { ...person, email: person.email ?? '' }, flow, copies, newEmail)
}

/** The code by which somebody who is signed in shows that they still are who they were. */
export async function sendReauthentication(
  means: Means,
  db: Queryable,
  person: Addressee,
  flow: Flow,
): Promise<void> {
  await waitBetween(means, db, person.id, 'reauthentication_sent_at')
  const token = makeToken(person.email, means.settings.email.otp_length)
  await keepToken(db, person.id, 'reauthentication_token', person.email, token.hash)
  await note(db, person.id, 'reauthentication_sent_at')
  await send(means, db, 'reauthentication', person, flow, [{ to: person.email, token }])
}

type Column =
  | 'confirmation_sent_at'
  | 'invited_at'
  | 'recovery_sent_at'
  | 'email_change_sent_at'
  | 'reauthentication_sent_at'

/** The clock's time, not the transaction's: a mail takes its time. */
const note = (db: Queryable, id: string, column: Column) =>
  db.query(`update auth.users set ${column} = clock_timestamp(), updated_at = now() where id = $1`, [id])
