import { audit } from './audit.ts'
import { AuthFault, invalid } from './fault.ts'
import { sendReauthentication } from './mails.ts'
import type { Means } from './means.ts'
import { findById } from './people.ts'
import { inTransaction } from './transaction.ts'
import { readWho } from './who.ts'

/** GET /reauthenticate: sends the code that a change of password may ask for. */
export async function reauthenticate(means: Means, request: Request): Promise<Response> {
  const who = await readWho(means, request)
  const { email } = who
  if (!email) throw invalid('Reauthentication requires the user to have an email or a phone number')
  if (!who.confirmed) throw new AuthFault(422, 'email_not_confirmed', 'Please verify your email first.')
  await inTransaction(means.pool, async (db) => {
    await audit(db, { action: 'user_reauthenticate_requested', actor: who })
    const person = await findById(db, who.id)
    if (person) await sendReauthentication(means, db, { ...person, email }, { request })
  })
  return Response.json({})
}
