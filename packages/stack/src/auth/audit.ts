import { randomUUID } from 'node:crypto'
import type { Queryable } from './people.ts'

/** What people and admins do, and the heading each of it is under. */
const headings = {
  login: 'account',
  logout: 'account',
  invite_accepted: 'account',
  user_signedup: 'team',
  user_invited: 'team',
  user_deleted: 'team',
  user_modified: 'user',
  user_recovery_requested: 'user',
  user_reauthenticate_requested: 'user',
  user_confirmation_requested: 'user',
  user_repeated_signup: 'user',
  user_updated_password: 'user',
  token_revoked: 'token',
  token_refreshed: 'token',
  factor_in_progress: 'factor',
  factor_unenrolled: 'factor',
  challenge_created: 'factor',
  verification_attempted: 'factor',
  factor_deleted: 'factor',
  factor_updated: 'factor',
  identity_linked: 'user',
  identity_unlinked: 'user',
} as const
export type Action = keyof typeof headings

const nobody = '00000000-0000-0000-0000-000000000000'

export type Actor = { id: string; email: string | null; data?: Record<string, unknown> }

/** Who comes with the secret key. */
export const byAdmin: Actor = { id: nobody, email: 'service_role' }

/** Writes down who did what, as part of doing it. */
export async function audit(
  db: Queryable,
  entry: { action: Action; actor: Actor; traits?: Record<string, unknown> },
): Promise<void> {
  const { action, actor, traits } = entry
  const payload = {
    actor_id: actor.id,
    actor_via_sso: false,
    actor_username: actor.email ?? '',
    action,
    log_type: headings[action],
    ...(typeof actor.data?.full_name === 'string' && { actor_name: actor.data.full_name }),
    ...(traits && { traits }),
  }
  await db.query(
    `insert into auth.audit_log_entries (instance_id, id, payload, created_at, ip_address)
     values ('${nobody}', $1, $2, now(), '')`,
    [randomUUID(), payload],
  )
}
