import { isRegistrationNumber, RegistrationNumber } from '@p2p/contracts'
import { type Db, type Person, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

const national = '7001272124'
const set = async (db: Db, number: string | null) =>
  (await db.sql`select set_registration_number(${number}) as profile`)[0].profile.registration
const promised = (db: Db) =>
  db.sql`select data ->> 'number' as number from pgboss.job where name = 'organizations.check-registration' order by created_on`

type Said = { state?: string; reason?: string | null; name?: string | null; national?: string | null }

/** What the worker writes down when the registry has answered. */
async function settle(db: Db, of: Person, number: string, said: Said = {}) {
  await db.asOwner()
  const {
    state = 'verified',
    reason = null,
    name = `${of.name}'s works`,
    national: answered = national,
  } = said
  const [row] = await db.sql`
    select private.settle_registration(${of.organization}, ${number}, ${state}, ${reason}, ${name}, ${answered}) as state`
  return row.state
}

const badge = async (db: Db, { organization }: Person) =>
  (await db.sql`select verified_at is not null as verified from organizations where id = ${organization}`)[0]
    .verified

describe('a number', () => {
  test.for([
    '7001272124',
    '7016651718',
    '7001272125',
    '7001272142',
    '1010002475',
    '4030053868',
    '5900000001',
    '6010000001',
    '0123456789',
    '8001272124',
    '101000247',
    '10100024755',
    '10100A2475',
    '١٠١٠٠٠٢٤٧٥',
    ' 1010002475',
    '1010002475\n',
    '',
  ])('%j is one for the form where it is one for the database', async (number, { db }) => {
    const [row] = await db.sql`select private.is_registration_number(${number}) as fits`
    expect(isRegistrationNumber(number)).toBe(row.fits)
  })

  test('is one with its check digit, and is not with another', () => {
    const digits = '0123456789'.split('').map((last) => isRegistrationNumber(`700127212${last}`))
    expect(digits.filter(Boolean)).toHaveLength(1)
    expect(isRegistrationNumber('7001272124')).toBe(true)
  })

  test('may be written with spaces, hyphens and Arabic digits', () => {
    expect(RegistrationNumber.parse('١٠١٠-٠٠٢ ٤٧٥')).toBe('1010002475')
    expect(RegistrationNumber.parse('۷۰۰۱۲۷۲۱۲۴')).toBe('7001272124')
  })
})

describe('saying a number', () => {
  test('makes it pending and promises one check, however often it is said', async ({ db }) => {
    await db.as(await db.person('ada'))
    expect(await set(db, national)).toMatchObject({ number: national, state: 'pending', reason: null })
    expect(await set(db, national)).toMatchObject({ state: 'pending' })
    await db.asOwner()
    expect(await promised(db)).toEqual([{ number: national }])
  })

  test('another one forgets what was known of the first', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    await set(db, national)
    await settle(db, ada, national)
    expect(await badge(db, ada)).toBe(true)
    await db.as(ada)
    expect(await set(db, '1010002475')).toMatchObject({
      state: 'pending',
      registry_name: null,
      national_number: null,
      checked_at: null,
    })
    expect(await badge(db, ada)).toBe(false)
    expect(await settle(db, ada, national)).toBeNull()
  })

  test('can be taken back', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    await set(db, national)
    await settle(db, ada, national)
    await db.as(ada)
    expect(await set(db, null)).toBeNull()
    expect(await set(db, null)).toBeNull()
    expect(await badge(db, ada)).toBe(false)
    await db.asOwner()
    expect(
      await db.sql`select before, after from audit_events where action = 'registrations.change' order by id`,
    ).toEqual([
      { before: null, after: { state: 'pending' } },
      { before: { state: 'verified' }, after: null },
    ])
  })

  test('is for admins, and nothing else than a number', async ({ db }) => {
    const ada = await db.person('ada')
    const abe = await db.colleague(ada, 'abe')
    await db.as(abe)
    const [row] = await db.sql`select set_registration_number(${national}) as answer`
    expect(row.answer).toMatchObject({ details: 'not_allowed' })
    await db.as(ada)
    await expect(set(db, '7001272125')).rejects.toMatchObject({
      code: 'PT422',
      detail: 'registration_number_invalid',
    })
  })

  test('has the registry asked ten times a day, not more', async ({ db }) => {
    await db.as(await db.person('ada'))
    for (let round = 0; round < 10; round += 1) await set(db, `101000000${round}`)
    await expect(set(db, national)).rejects.toMatchObject({ code: 'PGRST' })
  })
})

describe('the registry’s answer', () => {
  test('verifies a company that bears the name, in either script and with the words that names share', async ({
    db,
  }) => {
    const ada = await db.person('ada')
    await db.sql`update organizations set name = 'Najd Castings', name_ar = 'مصنع نجد للسباكة' where id = ${ada.organization}`
    await db.as(ada)
    await set(db, national)
    expect(await settle(db, ada, national, { name: 'شركة مصنع نجد للسباكه المحدودة' })).toBe('verified')
    expect(await badge(db, ada)).toBe(true)
  })

  test('does not verify a company by another one’s number', async ({ db }) => {
    const eve = await db.person('eve')
    await db.as(eve)
    await set(db, national)
    expect(await settle(db, eve, national, { name: 'شركة مصنع نجد للسباكة المحدودة' })).toBe('rejected')
    expect(await db.sql`select state, reason, registry_name from registrations`).toEqual([
      { state: 'rejected', reason: 'name_differs', registry_name: 'شركة مصنع نجد للسباكة المحدودة' },
    ])
    expect(await badge(db, eve)).toBe(false)
  })

  test('a verified number is one company’s, by whichever of its numbers', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    await db.as(ada)
    await set(db, '1010002475')
    await settle(db, ada, '1010002475')
    await db.as(bob)
    await set(db, national)
    expect(await settle(db, bob, national)).toBe('rejected')
    expect(
      await db.sql`select reason from registrations where organization_id = ${bob.organization}`,
    ).toEqual([{ reason: 'number_taken' }])
    expect(await badge(db, ada)).toBe(true)
  })

  test('is forgotten when the company takes another name, and asked for again', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    await set(db, national)
    await settle(db, ada, national)
    await db.as(ada)
    await db.sql`select update_organization('{"about": "Castings"}', 1)`
    expect(await badge(db, ada)).toBe(true)
    await db.sql`select update_organization('{"name": "Aramco"}', 2)`
    expect(await badge(db, ada)).toBe(false)
    expect(await db.sql`select state from registrations`).toEqual([{ state: 'pending' }])
    await db.asOwner()
    expect(await promised(db)).toHaveLength(2)
  })

  test('is free again once nobody belongs to the company any more', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    await db.as(ada)
    await set(db, national)
    await settle(db, ada, national)
    await db.sql`update organizations set status = 'dissolved', domain = null where id = ${ada.organization}`
    await db.as(bob)
    await set(db, national)
    expect(await settle(db, bob, national)).toBe('verified')
  })

  test('leaves a line of its states', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    await set(db, national)
    await settle(db, ada, national, { state: 'unavailable', reason: 'registry_unreachable', name: null })
    await settle(db, ada, national, { state: 'rejected', reason: 'not_found', name: null })
    expect(
      await db.sql`select before, after from audit_events where action = 'registrations.settle' order by id`,
    ).toEqual([
      { before: { state: 'pending' }, after: { state: 'unavailable' } },
      { before: { state: 'unavailable' }, after: { state: 'rejected' } },
    ])
  })

  test('is the company’s own to see: others see the badge alone', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const abe = await db.colleague(ada, 'abe')
    await db.as(ada)
    await set(db, national)
    for (const other of [bob, abe]) {
      await db.as(other)
      expect(await db.sql`select * from registrations`).toEqual([])
    }
    await db.as(bob)
    const [row] = await db.sql`select organization_page(${ada.organization}) as page`
    expect(JSON.stringify(row.page)).not.toContain(national)
    expect(row.page).toMatchObject({ verified: false })
  })
})
