import { audit } from './audit.ts'
import { invalid } from './fault.ts'
import type { Means } from './means.ts'
import { inTransaction } from './transaction.ts'
import { readWho } from './who.ts'

/** POST /logout?scope=. The tokens of a session that has ended are refused from that moment on. */
export async function logout(means: Means, request: Request): Promise<Response> {
  const { id, email, data, session } = await readWho(means, request)
  const scope = new URL(request.url).searchParams.get('scope') || 'global'
  if (!['global', 'local', 'others'].includes(scope)) throw invalid(`Unsupported logout scope "${scope}"`)
  await inTransaction(means.pool, async (db) => {
    await audit(db, { action: 'logout', actor: { id, email, data } })
    if (session && scope === 'local') {
      await db.query('delete from auth.sessions where id = $1', [session.id])
    } else if (session && scope === 'others') {
      await db.query('delete from auth.sessions where user_id = $1 and id <> $2', [id, session.id])
    } else {
      await db.query('delete from auth.sessions where user_id = $1', [id])
    }
  })
  return new Response(null, { status: 204 })
}
