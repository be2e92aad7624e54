import { z } from 'zod'
import { audit } from './audit.ts'
import { AuthFault } from './fault.ts'
import type { Means } from './means.ts'
import { clearTokens } from './one-time-tokens.ts'
import { isTakenByAnother, type Queryable } from './people.ts'
import { mergeData, nameProviders } from './person-changes.ts'
import { authorize } from './providers.ts'
import { notify } from './sending.ts'
import { inTransaction } from './transaction.ts'
import { readWho, type Who } from './who.ts'

const Identity = z.object({
  id: z.guid(),
  provider: z.string(),
  providerId: z.string(),
  email: z.string(),
  verified: z.boolean(),
})
type Identity = z.infer<typeof Identity>

/** Whether people may add and remove ways to sign in at all is the project's choice. */
function requireManualLinking({ settings }: Means): void {
  if (!settings.enable_manual_linking) {
    throw new AuthFault(404, 'manual_linking_disabled', 'Manual linking is disabled')
  }
}

/** GET /user/identities/authorize: the way to a provider, none of which is set up here. */
export async function linkIdentity(means: Means, request: Request): Promise<Response> {
  await readWho(means, request)
  requireManualLinking(means)
  return authorize(request)
}

/** DELETE /user/identities/{id}: takes a way to sign in from an account, which keeps at least one. */
export async function unlinkIdentity(means: Means, request: Request, id: string): Promise<Response> {
  const who = await readWho(means, request)
  requireManualLinking(means)
  if (!z.guid().safeParse(id).success) {
    throw new AuthFault(404, 'validation_failed', 'identity_id must be an UUID')
  }
  const gone = await inTransaction(means.pool, async (db) => {
    const identities = await lockIdentities(db, who.id)
    if (identities.length <= 1) {
      const message = 'User must have at least 1 identity after unlinking'
      throw new AuthFault(422, 'single_identity_not_deletable', message)
    }
    const found = identities.find((identity) => identity.id === id)
    if (!found) throw new AuthFault(422, 'identity_not_found', "Identity doesn't exist")
    await audit(db, {
      action: 'identity_unlinked',
      actor: who,
      traits: { identity_id: id, provider: found.provider, provider_id: found.providerId },
    })
    await db.query('delete from auth.identities where id = $1', [id])
    const left = identities.filter((identity) => identity.id !== id)
    if (found.provider === 'phone') await dropPhone(db, who.id)
    else await keepAnAddress(means, db, who, left)
    await nameProviders(db, who.id)
    return found
  })
  if (who.email) {
    const values = { Provider: gone.provider }
    await notify(means, 'identity_unlinked', { email: who.email, data: who.data }, { values })
  }
  return Response.json({})
}

async function lockIdentities(db: Queryable, userId: string): Promise<Identity[]> {
  await db.query('select from auth.users where id = $1 for no key update', [userId])
  const { rows } = await db.query(
    `select id, provider, provider_id as "providerId", coalesce(email, '') as email,
       coalesce(identity_data -> 'email_verified' = 'true', false) as verified
     from auth.identities where user_id = $1 order by created_at, id`,
    [userId],
  )
  return z.array(Identity).parse(rows)
}

const dropPhone = (db: Queryable, id: string) =>
  db.query(
    'update auth.users set phone = null, phone_confirmed_at = null, updated_at = now() where id = $1',
    [id],
  )

/** The account goes by an address that one of its ways to sign in has: a proven one if there is such. */
async function keepAnAddress(means: Means, db: Queryable, who: Who, left: Identity[]): Promise<void> {
  if (left.some(({ email }) => email === (who.email ?? ''))) return
  const rank = ({ email, verified }: Identity) => (email === '' ? 2 : verified ? 0 : 1)
  const [next] = left.toSorted((one, other) => rank(one) - rank(other))
  if (!next || (next.email && (await isTakenByAnother(db, next.email, who.id)))) {
    const message = 'Unable to unlink identity due to email conflict'
    throw new AuthFault(422, 'email_conflict_identity_not_deletable', message)
  }
  await db.query(
    `update auth.users set email = nullif($2, ''), confirmation_token = '', recovery_token = '',
       email_change_token_new = '', email_change_token_current = '', email_change = '',
       reauthentication_token = '', updated_at = now()
     where id = $1`,
    [who.id, next.email],
  )
  await clearTokens(db, who.id)
  if (next.verified || (next.email && !means.settings.email.enable_confirmations)) return
  await db.query('update auth.users set email_confirmed_at = null where id = $1', [who.id])
  await mergeData(db, who.id, 'raw_user_meta_data', { email_verified: false })
}
