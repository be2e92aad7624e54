import { createHash, randomBytes } from 'node:crypto'
import { Locale, sendInvitation } from '@p2p/contracts'
import { z } from 'zod'
import type { Database } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { Hopeless, handle } from '../../handle.ts'
import { renderMail } from '../../mail/render.ts'
import { sendOnce } from '../../mail/send-once.ts'
import { nameIn } from './name-in.ts'

const Invitation = z.object({
  email: z.string(),
  locale: Locale,
  message: z.string().nullable(),
  expires_at: z.date(),
  organization: z.string(),
  first_name: z.string().nullable(),
  last_name: z.string().nullable(),
  first_name_ar: z.string().nullable(),
  last_name_ar: z.string().nullable(),
})
type Invitation = z.infer<typeof Invitation>

/**
 * Mails a link whose token nobody has but its reader: here it lives in memory, in the database as a hash. The hash is
 * written first and on its own, so that whatever becomes of this worker no mail is out whose link is dead; a job that
 * runs twice adds a hash and, at most, a mail whose link opens the same. Where the invitation was sent anew, withdrawn or
 * accepted meanwhile, there is nothing to do.
 */
export const sendInvitationHandler = ({ db, mailer, siteUrl }: Deps) =>
  handle(sendInvitation, async ({ invitationId, sending }, { log }) => {
    const about = { invitation_id: invitationId, sending }
    const invitation = await readInvitation(db, invitationId, sending)
    if (!invitation) return log.info(about, 'the invitation is not open any more: nothing to send')

    const token = randomBytes(32).toString('base64url')
    await db.query(
      'insert into private.invitation_secrets (token_hash, invitation_id, sending) values ($1, $2, $3)',
      [createHash('sha256').update(token).digest(), invitationId, sending],
    )
    const mail = await renderMail('invitation', invitation.locale, {
      ...wordsOf(invitation),
      token,
      site_url: siteUrl,
    })
    const kind = { kind: 'invitation', userId: null, about: `${invitationId} ${sending}` }
    try {
      const sent = await sendOnce({ db, mailer }, kind, { ...mail, to: invitation.email })
      await note(db, 'mailed_at', invitationId, sending)
      log.info(about, sent ? 'invitation sent' : 'invitation was sent before')
    } catch (error) {
      if (error instanceof Hopeless) await note(db, 'undelivered_at', invitationId, sending)
      throw error
    }
  })

async function readInvitation(db: Database, id: string, sending: number): Promise<Invitation | undefined> {
  const { rows } = await db.query(
    `select invitations.email, invitations.locale, invitations.message, invitations.expires_at,
            organizations.name as organization, inviter.first_name, inviter.last_name,
            inviter.first_name_ar, inviter.last_name_ar
     from public.invitations
     join public.organizations on organizations.id = organization_id and organizations.status = 'active'
     left join public.profiles as inviter on inviter.id = invited_by
     where invitations.id = $1 and sending = $2
       and accepted_at is null and revoked_at is null and expires_at > now()`,
    [id, sending],
  )
  return rows.length ? Invitation.parse(rows[0]) : undefined
}

const note = (db: Database, event: 'mailed_at' | 'undelivered_at', id: string, sending: number) =>
  db.query(
    `update public.invitations set ${event} = coalesce(${event}, now()) where id = $1 and sending = $2`,
    [id, sending],
  )

const someAdmin: Record<Locale, string> = { en: 'An admin', ar: 'مشرف الشركة' }
const tags: Record<Locale, string> = { en: 'en-GB', ar: 'ar-SA-u-ca-gregory-nu-latn' }

function wordsOf({ email, locale, message, expires_at, organization, ...inviter }: Invitation) {
  const day = new Intl.DateTimeFormat(tags[locale], { dateStyle: 'long', timeZone: 'Asia/Riyadh' })
  return {
    email,
    organization,
    message: message ?? '',
    inviter: nameIn(locale, inviter) ?? someAdmin[locale],
    expires: day.format(expires_at),
  }
}
