import { sendErasureNotice } from '@p2p/contracts'
import { z } from 'zod'
import type { Deps } from '../../deps.ts'
import { handle } from '../../handle.ts'
import { renderMail } from '../../mail/render.ts'
import { sendOnce } from '../../mail/send-once.ts'
import { dayFor, readRecipient } from './recipient.ts'

const Asked = z.object({ user_id: z.uuid(), due_at: z.date() })

const mails = { requested: 'erasure-requested', reminder: 'erasure-reminder' } as const

/** Says when somebody will be erased, and how to prevent it: when it was asked for, and once more when it is near. */
export const sendErasureNoticeHandler = ({ db, mailer, siteUrl }: Deps) =>
  handle(sendErasureNotice, async ({ erasureId, notice }, { log }) => {
    const { rows } = await db.query(
      `select user_id, due_at from private.erasures where id = $1 and step = 'waiting'`,
      [erasureId],
    )
    if (rows.length === 0) return log.info({ erasure_id: erasureId }, 'taken back, or begun: nothing to say')
    const { user_id, due_at } = Asked.parse(rows[0])
    const recipient = await readRecipient(db, user_id)
    if (!recipient) return log.info({ erasure_id: erasureId }, 'no such person any more: nothing to send')

    const { email, locale, first_name } = recipient
    const day = dayFor(recipient, due_at)
    const mail = await renderMail(mails[notice], locale, { first_name, day, site_url: siteUrl })
    const once = { kind: mails[notice], userId: user_id, about: erasureId }
    await sendOnce({ db, mailer }, once, { ...mail, to: email })
    log.info({ erasure_id: erasureId, notice }, 'notice of erasure sent')
  })
