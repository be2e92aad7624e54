import { Locale, sendJoinRequest } from '@p2p/contracts'
import { z } from 'zod'
import type { Database } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { handle } from '../../handle.ts'
import { renderMail } from '../../mail/render.ts'
import { sendOnceToOneOf } from '../../mail/send-once.ts'

const Asked = z.object({
  admin: z.uuid(),
  to: z.string(),
  locale: Locale,
  email: z.string(),
  name: z.string(),
  message: z.string().nullable(),
  organization: z.string(),
})

/** Tells each admin of the company, once. A mailbox that is gone does not keep it from the others. */
export const sendJoinRequestHandler = ({ db, mailer, siteUrl }: Deps) =>
  handle(sendJoinRequest, async ({ joinRequestId }, { log }) => {
    const asked = await readAdmins(db, joinRequestId)
    if (asked.length === 0) return log.info({ join_request_id: joinRequestId }, 'nobody to tell any more')

    for (const { admin, to, locale, message, ...words } of asked) {
      const mail = await renderMail('join-request', locale, {
        ...words,
        message: message ?? '',
        site_url: siteUrl,
      })
      const once = { kind: 'join-request', userId: admin, about: joinRequestId }
      await sendOnceToOneOf({ db, mailer }, once, { ...mail, to }, log)
    }
    log.info({ join_request_id: joinRequestId, admins: asked.length }, 'the admins are told')
  })

async function readAdmins(db: Database, joinRequestId: string): Promise<z.infer<typeof Asked>[]> {
  const { rows } = await db.query(
    `select profiles.id as admin, users.email as to, profiles.locale,
            join_requests.email, join_requests.first_name || ' ' || join_requests.last_name as name,
            join_requests.message, organizations.name as organization
     from public.join_requests
     join public.organizations on organizations.id = join_requests.organization_id and organizations.status = 'active'
     join public.memberships on memberships.organization_id = organizations.id and memberships.role = 'admin'
     join public.profiles on profiles.id = memberships.user_id and profiles.status = 'active'
     join auth.users on users.id = profiles.id
     where join_requests.id = $1 and join_requests.decided_at is null
     order by profiles.id`,
    [joinRequestId],
  )
  return z.array(Asked).parse(rows)
}
