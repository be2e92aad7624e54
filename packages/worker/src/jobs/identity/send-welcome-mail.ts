import { Locale, sendWelcomeMail } from '@p2p/contracts'
import { z } from 'zod'
import type { Database } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { handle } from '../../handle.ts'
import { renderMail } from '../../mail/render.ts'
import { sendOnce } from '../../mail/send-once.ts'

const Recipient = z.object({
  email: z.string(),
  locale: Locale,
  first_name: z.string(),
  organization: z.string(),
  invited: z.boolean(),
})

/** The promise is made by the transaction that verifies an address (sql/17_signup). Sent once a person. */
export const sendWelcomeMailHandler = ({ db, mailer, siteUrl }: Deps) =>
  handle(sendWelcomeMail, async ({ userId }, { log }) => {
    const recipient = await readRecipient(db, userId)
    if (!recipient) return log.info({ user_id: userId }, 'no such person any more: nothing to send')

    const { email, locale, first_name, organization, invited } = recipient
    const mail = await renderMail(invited ? 'welcome-colleague' : 'welcome', locale, {
      first_name,
      organization,
      site_url: siteUrl,
    })
    const sent = await sendOnce({ db, mailer }, { kind: 'welcome', userId }, { ...mail, to: email })
    log.info({ user_id: userId }, sent ? 'welcome mail sent' : 'welcome mail was sent before')
  })

async function readRecipient(db: Database, userId: string): Promise<z.infer<typeof Recipient> | undefined> {
  const { rows } = await db.query(
    `select users.email, profiles.locale, profiles.first_name, organizations.name as organization,
            exists (select from public.invitations where accepted_by = profiles.id) as invited
     from public.profiles
     join auth.users on users.id = profiles.id
     join public.memberships on memberships.user_id = profiles.id
     join public.organizations on organizations.id = memberships.organization_id
     where profiles.id = $1`,
    [userId],
  )
  return rows.length ? Recipient.parse(rows[0]) : undefined
}
