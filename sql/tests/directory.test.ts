import { type Db, type Person, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

type Listed = {
  people: { first_name: string; expertise: string[] }[]
  count: number | null
  next: string | null
}
type Companies = {
  organizations: { name: string; people_count: number }[]
  count: number | null
  next: string | null
}

const people = async (
  db: Db,
  query: string | null = null,
  filters: object = {},
  after: string | null = null,
  size = 20,
) =>
  (await db.sql<{ list: Listed }>`select list_people(${query}, ${filters}, ${after}, ${size}) as list`)[0]!
    .list
const names = async (...ask: Parameters<typeof people>) =>
  (await people(...ask)).people.map(({ first_name }) => first_name)

const companies = async (
  db: Db,
  query: string | null = null,
  filters: object = {},
  sort = 'name',
  after: string | null = null,
  size = 20,
) =>
  (
    await db.sql<{
      list: Companies
    }>`select list_organizations(${query}, ${filters}, ${sort}, ${after}, ${size}) as list`
  )[0]!.list
const companyNames = async (...ask: Parameters<typeof companies>) =>
  (await companies(...ask)).organizations.map(({ name }) => name)

async function called(
  db: Db,
  person: Person,
  first: string,
  last: string,
  arabic: [string, string] | null = null,
) {
  await db.asOwner()
  await db.sql`
    update profiles set first_name = ${first}, last_name = ${last},
      first_name_ar = ${arabic?.[0] ?? null}, last_name_ar = ${arabic?.[1] ?? null}
    where id = ${person.id}`
}

/** Ada of a foundry in Jubail, her colleague Abe, and Bob of a dairy in Riyadh. */
async function town(db: Db) {
  const ada = await db.person('ada')
  const [abe, bob] = [await db.colleague(ada, 'abe'), await db.person('bob')]
  await called(db, ada, 'Ada', 'Lovelace', ['آدا', 'لوفليس'])
  await called(db, abe, 'Mohammed', 'Al-Qahtani', ['محمّد', 'القحطاني'])
  await called(db, bob, 'Bob', 'Hopper')
  await db.sql`
    update organizations set name = 'Najd Castings', name_ar = 'مصنع نجد للسباكة', industry = '24', size = 'small', city_id = 109435
    where id = ${ada.organization}`
  await db.sql`
    update organizations set name = 'Riyadh Dairy', industry = '10', size = 'large', city_id = 108410
    where id = ${bob.organization}`
  return { ada, abe, bob }
}

describe('people', () => {
  test('are listed by name, each with what their card shows', async ({ db }) => {
    const { ada, bob } = await town(db)
    await db.as(bob)
    const list = await people(db)
    expect(list.people.map(({ first_name }) => first_name)).toEqual(['Ada', 'Bob', 'Mohammed'])
    expect(list).toMatchObject({ count: 3, next: null })
    expect(list.people[0]).toMatchObject({
      id: ada.id,
      first_name_ar: 'آدا',
      organization: {
        id: ada.organization,
        name: 'Najd Castings',
        name_ar: 'مصنع نجد للسباكة',
        verified: false,
      },
      city: { id: 109_435, name_en: 'Al Jubail' },
    })
  })

  test.for([
    ['ada', ['Ada']],
    ['lovelace ada', ['Ada']],
    ['Lovlace', ['Ada']],
    ['lo', ['Ada']],
    ['ade lovelase', ['Ada']],
    ['AL-QAH', ['Mohammed']],
    ['القحطانى', ['Mohammed']],
    ['محمد', ['Mohammed']],
    ['لوف', ['Ada']],
    ['%', ['Ada', 'Bob', 'Mohammed']],
    ['zzz', []],
  ] as const)('“%s” finds %j', async ([query, found], { db }) => {
    const { bob } = await town(db)
    await db.as(bob)
    expect(await names(db, query)).toEqual(found)
  })

  test('are found by job, after those who are called so', async ({ db }) => {
    const { ada, bob } = await town(db)
    await db.sql`update profiles set job_title = 'Assistant of Miss Lovelace' where id = ${bob.id}`
    await db.as(ada)
    expect(await names(db, 'lovelace')).toEqual(['Ada', 'Bob'])
    expect(await names(db, 'asistant')).toEqual(['Bob'])
  })

  test('are narrowed by company, industry, city and expertise, and by all of them', async ({ db }) => {
    const { ada, abe, bob } = await town(db)
    await db.as(abe)
    await db.sql`select update_profile('{"expertise": ["Grey iron"]}')`
    expect(await names(db, null, { organization: ada.organization })).toEqual(['Ada', 'Mohammed'])
    expect(await names(db, null, { industry: '24' })).toEqual(['Ada', 'Mohammed'])
    expect(await names(db, null, { industry: 'C' })).toEqual(['Ada', 'Bob', 'Mohammed'])
    expect(await names(db, null, { industry: 'Z' })).toEqual([])
    expect(await names(db, null, { city: 108_410 })).toEqual(['Bob'])
    expect(await names(db, null, { expertise: 'grey IRON' })).toEqual(['Mohammed'])
    expect(await names(db, 'qahtani', { expertise: 'grey iron', industry: 'C', city: 109_435 })).toEqual([
      'Mohammed',
    ])
    expect(await names(db, 'qahtani', { organization: bob.organization })).toEqual([])
  })

  test('are not found by what they tell their own company alone, however one asks', async ({ db }) => {
    const { ada, abe, bob } = await town(db)
    await db.as(abe)
    await db.sql`select update_profile('{"expertise": ["Secret alloy"], "audience": "organization"}')`
    await db.as(bob)
    expect(await names(db, 'secret alloy')).toEqual([])
    expect(await names(db, null, { expertise: 'Secret alloy' })).toEqual([])
    expect(JSON.stringify(await people(db))).not.toContain('Secret')
    await db.as(ada)
    expect(await names(db, 'secret aloy')).toEqual(['Mohammed'])
    expect((await people(db, null, { expertise: 'Secret alloy' })).people[0]?.expertise).toEqual([
      'Secret alloy',
    ])
  })

  test('who are not active, or of no active company, are not here', async ({ db }) => {
    const { ada, abe } = await town(db)
    const sue = await db.person('sue')
    const pia = await db.person('pia', { verified: false })
    await db.sql`update organizations set status = 'suspended' where id = ${sue.organization}`
    await db.sql`update profiles set status = 'deactivated' where id = ${abe.id}`
    await db.as(ada)
    expect(await names(db)).toEqual(['Ada', 'Bob'])
    for (const query of ['sue', 'pia', 'mohammed']) expect(await names(db, query), query).toEqual([])
    expect(await names(db, null, { organization: pia.organization })).toEqual([])
  })

  test('come in pages that neither repeat nor leave out anybody', async ({ db }) => {
    const ada = await db.person('ada')
    for (const name of ['omar', 'omara', 'omarb', 'omarc', 'omard', 'tomar', 'omer']) await db.person(name)
    await db.as(ada)
    for (const query of [null, 'omar']) {
      const whole = await names(db, query)
      const paged: string[] = []
      for (let after: string | null = null, more = true; more; more = after !== null) {
        const page: Listed = await people(db, query, {}, after, 2)
        paged.push(...page.people.map(({ first_name }) => first_name))
        expect(page.count === null).toBe(after !== null)
        after = page.next
      }
      expect(paged).toEqual(whole)
      expect(new Set(paged).size).toBe(paged.length)
    }
    expect((await names(db, 'omar'))[0]).toBe('omar')
  })

  test.for(['x', '0_x_y', `0_${crypto.randomUUID()}`, '-1_x', "0' or true"])(
    'the cursor %j is none',
    async (cursor, { db }) => {
      await db.as(await db.person('ada'))
      await expect(people(db, null, {}, cursor)).rejects.toMatchObject({
        code: 'PT422',
        detail: 'cursor_invalid',
      })
    },
  )

  test.for([
    { organization: 'x' },
    { organization: 5 },
    { organization: null },
    { city: 'x' },
    { city: 1e30 },
    { industry: {} },
    { status: 'pending' },
    [],
    'text',
    null,
  ])('the filters %j are none', async (filters, { db }) => {
    await db.as(await db.person('ada'))
    await expect(
      db.client.query('select list_people(null, $1::jsonb)', [JSON.stringify(filters)]),
    ).rejects.toMatchObject({ code: 'PT422', detail: 'invalid_input' })
  })
})

describe('companies', () => {
  test('are listed by name or newest first, narrowed and searched in both scripts', async ({ db }) => {
    const { ada, bob } = await town(db)
    await db.sql`update organizations set created_at = now() - interval '1 day' where id = ${bob.organization}`
    await db.as(ada)
    const { organizations, count } = await companies(db)
    expect(organizations.map(({ name, people_count }) => [name, people_count])).toEqual([
      ['Najd Castings', 2],
      ['Riyadh Dairy', 1],
    ])
    expect(count).toBe(2)
    expect(await companyNames(db, null, {}, 'newest')).toEqual(['Najd Castings', 'Riyadh Dairy'])
    expect(await companyNames(db, 'نجد')).toEqual(['Najd Castings'])
    expect(await companyNames(db, 'riyad')).toEqual(['Riyadh Dairy'])
    expect(await companyNames(db, 'castngs')).toEqual(['Najd Castings'])
    expect(await companyNames(db, null, { size: 'large' })).toEqual(['Riyadh Dairy'])
    expect(await companyNames(db, null, { industry: 'C', city: 109_435 })).toEqual(['Najd Castings'])
    expect(await companyNames(db, null, { verified: true })).toEqual([])
    expect(await companyNames(db, null, { verified: false })).toHaveLength(2)
  })

  test('come in pages in every order', async ({ db }) => {
    const ada = await db.person('ada')
    for (const name of ['works', 'worksa', 'worksb', 'worksc', 'worksd']) await db.person(name)
    await db.sql`update organizations set created_at = now() - random() * interval '1 day'`
    await db.as(ada)
    for (const [query, sort] of [
      [null, 'name'],
      [null, 'newest'],
      ['works', 'name'],
    ] as const) {
      const whole = await companyNames(db, query, {}, sort)
      const paged: string[] = []
      for (let after: string | null = null, more = true; more; more = after !== null) {
        const page: Companies = await companies(db, query, {}, sort, after, 2)
        paged.push(...page.organizations.map(({ name }) => name))
        after = page.next
      }
      expect(paged).toEqual(whole)
      expect(whole).toHaveLength(6)
    }
  })

  test('have a page that shows what they tell, and the first of their people', async ({ db }) => {
    const { ada, bob } = await town(db)
    await db.sql`update organizations set website = 'https://najd.example/', about = 'Grey iron.' where id = ${ada.organization}`
    await db.as(bob)
    const [row] = await db.sql`select organization_page(${ada.organization}) as page`
    expect(row.page).toMatchObject({
      name: 'Najd Castings',
      website: 'https://najd.example/',
      about: 'Grey iron.',
      industry: { code: '24', name_ar: 'صنع الفلزات القاعدية' },
      verified: false,
      people_count: 2,
    })
    expect(row.page.people.map(({ first_name }: { first_name: string }) => first_name)).toEqual([
      'Ada',
      'Mohammed',
    ])
    await expect(db.sql`select organization_page(${crypto.randomUUID()})`).rejects.toMatchObject({
      code: 'PT404',
      detail: 'not_found',
    })
  })

  test('a sort that is none is refused', async ({ db }) => {
    await db.as(await db.person('ada'))
    await expect(companies(db, null, {}, 'people')).rejects.toMatchObject({ detail: 'invalid_input' })
  })
})
