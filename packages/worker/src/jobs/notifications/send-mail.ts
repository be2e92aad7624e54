import { createHash, randomBytes } from 'node:crypto'
import { sendNotificationMail } from '@p2p/contracts'
import type { Database } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { handle } from '../../handle.ts'
import { renderMail } from '../../mail/render.ts'
import { sendOnce } from '../../mail/send-once.ts'
import { OwedMail } from './owed-mail.ts'
import { templateFor, valuesFor } from './say.ts'

/**
 * Writes a mail about notices and sends it once, however often its job runs. First the mail is closed, so that what
 * happens from now on is said by another; then it is asked what is still unread of what it would say.
 */
export const sendNotificationMailHandler = ({ db, mailer, siteUrl, functionsUrl }: Deps) =>
  handle(sendNotificationMail, async ({ mailId }, { log }) => {
    await db.query('select private.close_notification_mail($1)', [mailId])
    const mail = await readOwedMail(db, mailId)
    if (!mail) return log.info({ mail_id: mailId }, 'nothing unread to tell: no mail')

    const token = await makeUnsubscribeToken(db, mail)
    const rendered = await renderMail(templateFor(mail), mail.locale, valuesFor(mail, { siteUrl, token }))
    const sent = await sendOnce(
      { db, mailer },
      { kind: 'notification', userId: mail.user_id, about: mailId },
      { ...rendered, to: mail.email, unsubscribeUrl: `${functionsUrl}/unsubscribe?token=${token}` },
    )
    await db.query('update private.notification_mails set sent_at = coalesce(sent_at, now()) where id = $1', [
      mailId,
    ])
    log.info({ mail_id: mailId }, sent ? 'notification mailed' : 'was mailed before')
  })

async function readOwedMail(db: Database, mailId: string): Promise<OwedMail | null> {
  const { rows } = await db.query('select private.notification_mail($1) as mail', [mailId])
  return OwedMail.nullable().parse(rows[0]?.mail ?? null)
}

// Its hash is committed before the mail goes, so that no link is out that does nothing.
async function makeUnsubscribeToken(db: Database, { user_id, notices }: OwedMail): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  const kinds = [...new Set(notices.map(({ kind }) => kind))]
  await db.query(`insert into private.unsubscribe_tokens (token_hash, user_id, kinds) values ($1, $2, $3)`, [
    createHash('sha256').update(token).digest(),
    user_id,
    kinds,
  ])
  return token
}
