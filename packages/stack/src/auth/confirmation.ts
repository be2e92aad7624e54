import { failure, tooSoon } from './fault.ts'
import type { Person, Queryable } from './people.ts'
import type { AuthService } from './service.ts'
import { makeToken } from './token.ts'

/** A mail that cannot be sent undoes what it was to tell of. */
async function deliver(sending: Promise<void>, what: string): Promise<void> {
  await sending.catch((cause) => {
    throw failure(`Error sending ${what} email`, cause)
  })
}

/** Sends the link by which an address is proven; part of the caller's transaction. */
export async function sendConfirmation(
  { settings, mailer }: AuthService,
  db: Queryable,
  person: Pick<Person, 'id' | 'confirmationAge' | 'data'> & { email: string },
): Promise<void> {
  waitBetween(person.confirmationAge, settings.email.max_frequency)
  const token = makeToken(person.email, settings.email.otp_length)
  await db.query(
    'update auth.users set confirmation_token = $2, confirmation_sent_at = now(), updated_at = now() where id = $1',
    [person.id, token.tokenHash],
  )
  await deliver(
    mailer.send({ kind: 'signup', to: person.email, data: person.data, ...token }),
    'confirmation',
  )
}

export async function sendRecovery(
  { settings, mailer }: AuthService,
  db: Queryable,
  person: Pick<Person, 'id' | 'recoveryAge' | 'data'> & { email: string },
  kind: 'recovery' | 'magiclink',
): Promise<void> {
  waitBetween(person.recoveryAge, settings.email.max_frequency)
  const token = makeToken(person.email, settings.email.otp_length)
  await db.query(
    'update auth.users set recovery_token = $2, recovery_sent_at = now(), updated_at = now() where id = $1',
    [person.id, token.tokenHash],
  )
  await deliver(
    mailer.send({ kind, to: person.email, data: person.data, ...token }),
    kind === 'recovery' ? 'recovery' : 'magic link',
  )
}

export async function sendEmailChange(
  { settings, mailer }: AuthService,
  db: Queryable,
  person: Pick<Person, 'id' | 'changeAge' | 'data'> & { email: string; newEmail: string },
): Promise<void> {
  waitBetween(person.changeAge, settings.email.max_frequency)
  const token = makeToken(person.newEmail, settings.email.otp_length)
  await db.query(
    'update auth.users set email_change_token_new = $2, email_change_sent_at = now(), updated_at = now() where id = $1',
    [person.id, token.tokenHash],
  )
  await deliver(
    mailer.send({
      kind: 'email_change',
      to: person.newEmail,
      currentEmail: person.email,
      data: person.data,
      ...token,
    }),
    'email change',
  )
}

function waitBetween(age: number | null, seconds: number): void {
  if (age !== null && age < seconds) throw tooSoon(seconds - age)
}
