import { z } from 'zod'
import { audit, byAdmin } from '../audit.ts'
import { readBody, text } from '../bodies.ts'
import { AuthFault } from '../fault.ts'
import type { Means } from '../means.ts'
import type { Queryable } from '../people.ts'
import { inTransaction } from '../transaction.ts'
import { describePerson, type UserJson } from '../user-json.ts'
import { findFactor, removeFactor } from './factors.ts'

/*
 * Second factors as an admin sees them. Only the secret key comes here; api.ts sees to that.
 */

async function personOf(db: Queryable, id: string): Promise<UserJson> {
  if (!z.guid().safeParse(id).success) {
    throw new AuthFault(404, 'validation_failed', 'user_id must be an UUID')
  }
  const person = await describePerson(db, id)
  if (!person) throw new AuthFault(404, 'user_not_found', 'User not found')
  return person
}

const describe = ({ factors = [] }: UserJson, id: string) => factors.find((factor) => factor.id === id)

/** GET /admin/users/{id}/factors */
export async function listFactors({ pool }: Means, userId: string): Promise<Response> {
  const { factors = [] } = await personOf(pool, userId)
  return Response.json(factors)
}

/** DELETE /admin/users/{id}/factors/{factor}: for somebody who lost theirs. */
export async function deleteFactor({ pool }: Means, userId: string, id: string): Promise<Response> {
  const person = await personOf(pool, userId)
  const factor = await findFactor(pool, userId, id)
  await inTransaction(pool, async (db) => {
    const actor = { id: userId, email: typeof person.email === 'string' ? person.email : '' }
    await audit(db, { action: 'factor_deleted', actor, traits: { user_id: userId, factor_id: id } })
    await removeFactor(db, factor)
  })
  return Response.json(describe(person, id))
}

const Change = z.object({ friendly_name: text })

/** PUT /admin/users/{id}/factors/{factor} */
export async function changeFactor(
  { pool }: Means,
  request: Request,
  userId: string,
  id: string,
): Promise<Response> {
  await personOf(pool, userId)
  const factor = await findFactor(pool, userId, id)
  const { friendly_name: name } = await readBody(request, Change)
  const person = await inTransaction(pool, async (db) => {
    if (name) {
      await db.query('update auth.mfa_factors set friendly_name = $2, updated_at = now() where id = $1', [
        id,
        name,
      ])
    }
    const traits = { user_id: userId, factor_id: id, factor_type: factor.type }
    await audit(db, { action: 'factor_updated', actor: byAdmin, traits })
    return personOf(db, userId)
  })
  return Response.json(describe(person, id))
}
