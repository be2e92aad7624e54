import { createHash } from 'node:crypto'
import { type Database, inTransaction } from '../database.ts'
import { Hopeless } from '../handle.ts'
import type { Log } from '../log.ts'
import type { Mail, Mailer } from './mailer.ts'

/** What mail it is: to whom (null for somebody without an account), and about what, where there can be more than one. */
export type Once = { kind: string; userId: string | null; about?: string }

/**
 * Sends a mail that a person gets once in their life, or once about one thing, however often its job runs: on a retry,
 * when an admin sends it back from the dead letter queue, or on two workers at the same time. Answers whether it was
 * sent now.
 *
 * The note that it was sent is written before the mail server is asked and committed after it has agreed. So a refusal
 * leaves no note and the next try sends, and a second worker waits at the note until the first has an answer. What
 * remains is the gap no protocol closes: a worker that dies between the server's "accepted" and the commit sends once
 * more. At least once, then, at the edge of SMTP; both copies carry the same Message-ID.
 */
export async function sendOnce(
  { db, mailer }: { db: Database; mailer: Mailer },
  { kind, userId, about }: Once,
  mail: Omit<Mail, 'id'>,
): Promise<boolean> {
  const id = mailId(...[kind, userId, about].filter((part) => typeof part === 'string'))
  return inTransaction(db, async (client) => {
    const noted = await client.query(
      'insert into private.sent_mails (id, kind, user_id) values ($1, $2, $3) on conflict (id) do nothing',
      [id, kind, userId],
    )
    if (noted.rowCount === 0) return false
    await mailer.send({ ...mail, id })
    return true
  })
}

/** The same to one of several: a mailbox that is gone does not keep it from the others. */
export async function sendOnceToOneOf(
  deps: { db: Database; mailer: Mailer },
  once: Once,
  mail: Omit<Mail, 'id'>,
  log: Log,
): Promise<boolean> {
  try {
    return await sendOnce(deps, once, mail)
  } catch (error) {
    if (!(error instanceof Hopeless)) throw error
    log.warn({ user_id: once.userId, kind: once.kind }, 'this person has no mailbox any more')
    return false
  }
}

// A UUID of version 8: its meaning is ours. Derived from what the mail is, not from the job, which may be asked twice.
function mailId(...parts: string[]): string {
  const hex = createHash('sha256').update(parts.join(' ')).digest('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
