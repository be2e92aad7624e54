import { checkRegistration } from '@p2p/contracts'
import { describe, expect } from 'vitest'
import { test, until, type Workshop } from '../../../testing/workshop.ts'
import {
  type CompanyRegistry,
  RegistryRefused,
  RegistryUnreachable,
} from '../../registry/company-registry.ts'
import { checkRegistrationHandler } from './check-registration.ts'

const queue = checkRegistration.name
const number = '7001272124'

/** Ada's company says the number, as its admin does. Answers the company. */
async function says(workshop: Workshop): Promise<string> {
  const ada = await workshop.signUp('Ada', { organization: 'Najd Castings' })
  const session = `insert into auth.sessions (id, user_id, aal, created_at, updated_at) values ($1, $1, 'aal1', now(), now())`
  await workshop.db.query(session, [ada])
  const client = await workshop.db.connect()
  await client.query('begin')
  const claims = JSON.stringify({ role: 'authenticated', sub: ada, session_id: ada })
  await client.query(`select set_config('request.jwt.claims', $1, true)`, [claims])
  await client.query('select set_registration_number($1)', [number])
  await client.query('commit')
  client.release()
  return (await workshop.db.query('select organization_id from registrations')).rows[0].organization_id
}

/** A worker whose registry does this. */
const withRegistry = (workshop: Workshop, find: CompanyRegistry['find'] | null) =>
  workshop.start({
    jobs: [checkRegistration],
    handlers: (deps) => [checkRegistrationHandler({ ...deps, registry: find && { find } })],
  })

const found = (more: object = {}) =>
  Promise.resolve({
    found: true as const,
    name: 'Najd Castings Company Ltd',
    nationalNumber: number,
    active: true,
    expiresOn: '2027-03-31',
    ...more,
  })

const standing = async ({ db }: Workshop) =>
  (await db.query('select state, reason, registry_name, expires_on::text from registrations')).rows[0]
const becomes = (workshop: Workshop, state: object) =>
  until(async () => expect(await standing(workshop)).toMatchObject(state))
const jobStates = async (workshop: Workshop) => (await workshop.jobs(queue)).map(({ state }) => state)

describe('a registration number', () => {
  test('of an active company of that name is verified, and everybody sees the badge', async ({
    workshop,
  }) => {
    await says(workshop)
    await withRegistry(workshop, (asked) => (asked === number ? found() : Promise.resolve({ found: false })))
    await becomes(workshop, {
      state: 'verified',
      registry_name: 'Najd Castings Company Ltd',
      expires_on: '2027-03-31',
    })
    const { rows } = await workshop.db.query('select from organizations where verified_at is not null')
    expect(rows).toHaveLength(1)
  })

  test.for([
    ['nobody has', () => Promise.resolve({ found: false as const }), 'not_found'],
    ['of a company that has ended', () => found({ active: false }), 'inactive'],
    ['of another company', () => found({ name: 'شركة النهدي الطبية' }), 'name_differs'],
  ] as const)('%s is rejected', async ([, find, reason], { workshop }) => {
    await says(workshop)
    await withRegistry(workshop, find)
    await becomes(workshop, { state: 'rejected', reason })
    await until(async () => expect(await jobStates(workshop)).toEqual(['completed']))
  })

  test('stays unverified where no registry is configured', async ({ workshop }) => {
    await says(workshop)
    await withRegistry(workshop, null)
    await becomes(workshop, { state: 'unverified', reason: 'not_connected' })
  })

  test('is asked about again after a failure, and says so meanwhile', async ({ workshop }) => {
    await says(workshop)
    let down = true
    await withRegistry(workshop, () =>
      down ? Promise.reject(new RegistryUnreachable('It answers 500.')) : found(),
    )
    await until(async () => expect(await jobStates(workshop)).toEqual(['retry']))
    expect(await standing(workshop)).toMatchObject({ state: 'unavailable', reason: 'registry_unreachable' })

    down = false
    await workshop.db.query('update pgboss.job set start_after = now()')
    await workshop.wake(queue)
    await becomes(workshop, { state: 'verified' })
  })

  test('waits as long as the registry asks us to', async ({ workshop }) => {
    await says(workshop)
    await withRegistry(workshop, () => Promise.reject(new RegistryUnreachable('It answers 429.', 900)))
    await until(async () =>
      expect(await workshop.jobs(queue)).toMatchObject([{ state: 'completed' }, { state: 'created' }]),
    )
    const { rows } = await workshop.db.query(
      `select round(extract(epoch from start_after - created_on)) as seconds from pgboss.job where name = $1 and state = 'created'`,
      [queue],
    )
    expect(Number(rows[0].seconds)).toBe(900)
    expect(await standing(workshop)).toMatchObject({ state: 'unavailable' })
  })

  test('for which our key does not do goes to the dead letters, where an admin sees it', async ({
    workshop,
  }) => {
    await says(workshop)
    await withRegistry(workshop, () => Promise.reject(new RegistryRefused('It refuses our key (401).')))
    await until(async () => expect(await workshop.jobs(`${queue}.dead`)).toHaveLength(1))
    expect(await standing(workshop)).toMatchObject({ state: 'unavailable', reason: 'registry_refused' })
  })

  test('that the company has taken back is not asked about', async ({ workshop }) => {
    const organization = await says(workshop)
    await workshop.db.query('delete from registrations where organization_id = $1', [organization])
    let asked = 0
    await withRegistry(workshop, () => {
      asked += 1
      return found()
    })
    await until(async () => expect(await jobStates(workshop)).toEqual(['completed']))
    expect(asked).toBe(0)
  })
})
