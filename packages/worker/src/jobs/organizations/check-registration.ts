import { checkRegistration, type RegistrationReason, type RegistrationState } from '@p2p/contracts'
import type { Database } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { Hopeless, handle } from '../../handle.ts'
import { type RegistryAnswer, RegistryRefused, RegistryUnreachable } from '../../registry/company-registry.ts'

type Asked = { organizationId: string; number: string }

/**
 * Asks the registry about a number and writes down what it says (sql/22_registrations). While it can't be asked the
 * number is `unavailable` and asked about again; where no registry is configured it stays `unverified`.
 */
export const checkRegistrationHandler = ({ db, registry }: Deps) =>
  handle(checkRegistration, async ({ requestId, ...asked }, { log, signal }) => {
    const about = { organization_id: asked.organizationId }
    if (!(await isWanted(db, asked))) return log.info(about, 'nobody waits for this number any more')
    if (!registry) {
      await settle(db, asked, 'unverified', 'not_connected')
      return log.warn(about, 'no company registry is configured (REGISTRY_URL)')
    }
    try {
      const state = await writeDown(db, asked, await registry.find(asked.number, signal))
      log.info({ ...about, state }, 'the registry has answered')
    } catch (error) {
      if (error instanceof RegistryRefused) {
        await settle(db, asked, 'unavailable', 'registry_refused')
        throw new Hopeless(error.message)
      }
      if (!(error instanceof RegistryUnreachable)) throw error
      await settle(db, asked, 'unavailable', 'registry_unreachable')
      if (error.retryAfter === null) throw error
      await postpone(db, asked, error.retryAfter, requestId ?? null)
      log.warn({ ...about, seconds: error.retryAfter }, 'the registry asks us to wait')
    }
  })

async function isWanted(db: Database, { organizationId, number }: Asked): Promise<boolean> {
  const waiting = `
    select from public.registrations
    where organization_id = $1 and number = $2 and state in ('pending', 'unavailable')`
  return Boolean((await db.query(waiting, [organizationId, number])).rowCount)
}

function writeDown(db: Database, asked: Asked, answer: RegistryAnswer): Promise<unknown> {
  if (!answer.found) return settle(db, asked, 'rejected', 'not_found')
  return answer.active
    ? settle(db, asked, 'verified', null, answer)
    : settle(db, asked, 'rejected', 'inactive', answer)
}

/** Answers the state it came to: the database knows more than the registry (names, other companies). */
async function settle(
  db: Database,
  { organizationId, number }: Asked,
  state: RegistrationState,
  reason: RegistrationReason | null,
  answer?: Extract<RegistryAnswer, { found: true }>,
): Promise<unknown> {
  const { rows } = await db.query('select private.settle_registration($1, $2, $3, $4, $5, $6, $7) as state', [
    organizationId,
    number,
    state,
    reason,
    answer?.name.slice(0, 300) ?? null,
    answer?.nationalNumber ?? null,
    answer?.expiresOn ?? null,
  ])
  return rows[0]?.state
}

const postpone = (
  db: Database,
  { organizationId, number }: Asked,
  seconds: number,
  requestId: string | null,
) =>
  db.query('select private.postpone_registration_check($1, $2, $3, $4)', [
    organizationId,
    number,
    seconds,
    requestId,
  ])
