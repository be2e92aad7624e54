import { DecisionKind, Locale, platformRoles, sendNotice } from '@p2p/contracts'
import { z } from 'zod'
import type { Database } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { handle } from '../../handle.ts'
import { renderMail } from '../../mail/render.ts'
import { sendOnceToOneOf } from '../../mail/send-once.ts'

const Notice = z.object({
  kind: DecisionKind,
  reason: z.string().nullable(),
  user_id: z.uuid(),
  email: z.string(),
  locale: Locale,
  first_name: z.string(),
  organization: z.string().nullable(),
  role: z.enum(platformRoles).nullable(),
})
type Notice = z.infer<typeof Notice>

const roles: Record<Locale, Record<'moderator' | 'admin' | 'none', string>> = {
  en: { moderator: 'moderator', admin: 'admin', none: 'none' },
  ar: { moderator: 'مشرف محتوى', admin: 'مشرف المنصة', none: 'لا دور' },
}

/** Tells those concerned what a platform admin decided (sql/21_administration), each of them once. */
export const sendNoticeHandler = ({ db, mailer, siteUrl }: Deps) =>
  handle(sendNotice, async ({ decisionId }, { log, signal }) => {
    for (const notice of await readNotices(db, decisionId)) {
      signal.throwIfAborted()
      const mail = await renderMail(notice.kind, notice.locale, {
        site_url: siteUrl,
        reason: notice.reason ?? '',
        first_name: notice.first_name,
        organization: notice.organization ?? '',
        role: roles[notice.locale][notice.role ?? 'none'],
      })
      const once = { kind: `notice.${decisionId}`, userId: notice.user_id }
      const sent = await sendOnceToOneOf({ db, mailer }, once, { ...mail, to: notice.email }, log)
      log.info({ user_id: notice.user_id, kind: notice.kind, sent }, 'notice of a decision')
    }
  })

/** A decision about a company is told to its admins who may sign in, one about a person to them. */
async function readNotices(db: Database, decisionId: string): Promise<Notice[]> {
  const { rows } = await db.query(
    `select decisions.kind, decisions.reason, profiles.id as user_id, users.email, profiles.locale,
       profiles.first_name, organizations.name as organization, platform_roles.role
     from private.decisions
     left join public.organizations on organizations.id = decisions.organization_id
     join public.profiles on profiles.id = decisions.person_id or profiles.id in (
       select user_id from public.memberships
       where organization_id = decisions.organization_id and role = 'admin')
     join auth.users on users.id = profiles.id
     left join public.platform_roles on platform_roles.user_id = profiles.id
     where decisions.id = $1 and (decisions.person_id is not null or profiles.status = 'active')
     order by profiles.id`,
    [decisionId],
  )
  return z.array(Notice).parse(rows)
}
