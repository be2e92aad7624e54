import { audit } from '../audit.ts'
import { AuthFault } from '../fault.ts'
import type { Means } from '../means.ts'
import { notify } from '../sending.ts'
import { inTransaction } from '../transaction.ts'
import { findFactor, readOwner, removeFactor } from './factors.ts'

/** DELETE /factors/{id} */
export async function unenroll(means: Means, request: Request, id: string): Promise<Response> {
  const who = await readOwner(means, request)
  const factor = await findFactor(means.pool, who.id, id)
  if (factor.status === 'verified' && who.session.aal !== 'aal2') {
    throw new AuthFault(422, 'insufficient_aal', 'AAL2 required to unenroll verified factor')
  }
  await inTransaction(means.pool, async (db) => {
    await removeFactor(db, factor)
    const traits = { factor_id: id, factor_status: factor.status, session_id: who.session.id }
    await audit(db, { action: 'factor_unenrolled', actor: who, traits })
  })
  if (who.email) {
    const values = { FactorType: factor.type }
    await notify(means, 'mfa_factor_unenrolled', { email: who.email, data: who.data }, { values })
  }
  return Response.json({ id })
}
