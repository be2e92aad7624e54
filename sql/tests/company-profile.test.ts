import { isWebsite, OrganizationForm, organizationLimits } from '@p2p/contracts'
import { type Db, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

const update = (db: Db, patch: object, expected: number | null = 1) =>
  db.sql`select update_organization(${patch}, ${expected}) as answer`
const profile = async (db: Db) => (await db.sql`select company_profile() as profile`)[0].profile

const whole = {
  name: 'Najd Castings',
  name_ar: 'مصنع نجد للسباكة',
  industry: '24',
  size: 'small',
  city_id: 108_410,
  website: 'https://najd.example/',
  about: 'Grey iron.\n\nSince 1998.',
}

describe('what a company says of itself', () => {
  test('its admin writes, and it holds at once', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    expect(await update(db, whole)).toEqual([{ answer: { revision: 2 } }])
    expect(await profile(db)).toMatchObject({
      ...whole,
      domain: 'ada.example',
      revision: 2,
      registration: null,
    })
    const bob = await db.person('bob')
    await db.as(bob)
    expect(await db.sql`select name from organizations where id = ${ada.organization}`).toEqual([
      { name: 'Najd Castings' },
    ])
  })

  test('a patch changes what it names, and null empties what may be empty', async ({ db }) => {
    await db.as(await db.person('ada'))
    await update(db, whole)
    await update(db, { about: null, size: 'medium' }, 2)
    expect(await profile(db)).toMatchObject({ ...whole, about: null, size: 'medium', revision: 3 })
  })

  test('two admins do not overwrite each other', async ({ db }) => {
    const ada = await db.person('ada')
    const abe = await db.colleague(ada, 'abe')
    await db.sql`update memberships set role = 'admin' where user_id = ${abe.id}`
    await db.as(ada)
    await update(db, { about: "Ada's words" })
    await db.as(abe)
    for (const expected of [1, 3, null]) {
      await db.sql`savepoint before`
      await expect(update(db, { about: "Abe's words" }, expected)).rejects.toMatchObject({
        code: 'PT409',
        detail: 'changed_meanwhile',
      })
      await db.sql`rollback to before`
    }
    expect(await profile(db)).toMatchObject({ about: "Ada's words", revision: 2 })
  })

  test('an edit leaves a line that names what changed, not what was written', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    await update(db, { name: 'Najd Castings', about: 'Secret plans' })
    await update(db, { name: 'Najd Castings' }, 2)
    await db.asOwner()
    const lines =
      await db.sql`select actor_id, organization_id, outcome, after from audit_events where action = 'organizations.update'`
    expect(lines).toEqual([
      {
        actor_id: ada.id,
        organization_id: ada.organization,
        outcome: 'done',
        after: { changed: ['about', 'name'] },
      },
    ])
  })

  test('a member changes nothing, and the attempt is remembered', async ({ db }) => {
    const ada = await db.person('ada')
    const abe = await db.colleague(ada, 'abe')
    await db.as(abe)
    expect((await update(db, { name: 'Mine' }))[0].answer).toMatchObject({ details: 'not_allowed' })
    await db.asOwner()
    expect(await db.sql`select name from organizations where id = ${ada.organization}`).toEqual([
      { name: "ada's works" },
    ])
    expect(await db.sql`select actor_id, code from audit_events where outcome = 'refused'`).toEqual([
      { actor_id: abe.id, code: 'not_allowed' },
    ])
  })

  test('nobody writes the table itself', async ({ db }) => {
    await db.as(await db.person('ada'))
    for (const column of ['name', 'verified_at', 'status', 'logo', 'revision']) {
      await db.sql`savepoint before`
      await expect(db.client.query(`update organizations set ${column} = ${column}`)).rejects.toThrow(
        'permission denied',
      )
      await db.sql`rollback to before`
    }
  })

  test.for([
    ['no name', { name: null }, 'organization_name_invalid'],
    ['a name that is a number', { name: 5 }, 'organization_name_invalid'],
    ['a name of spaces', { name: '  ' }, 'organization_name_invalid'],
    ['an Arabic name in Latin letters', { name_ar: 'Najd' }, 'organization_name_ar_invalid'],
    ['an industry that is none', { industry: '04' }, 'industry_unknown'],
    ['an industry that is a list', { industry: ['C'] }, 'industry_unknown'],
    ['a size that is none', { size: 'huge' }, 'invalid_input'],
    ['a city that is none', { city_id: 1 }, 'city_unknown'],
    ['a city beyond all numbers', { city_id: 1e30 }, 'city_unknown'],
    ['a city as a text', { city_id: '108410' }, 'city_unknown'],
    ['a website without encryption', { website: 'http://najd.example/' }, 'website_invalid'],
    ['a website that is a script', { website: 'javascript:alert(1)' }, 'website_invalid'],
    ['a text that shows nothing', { about: '\u200B' }, 'organization_about_invalid'],
    ['a text that turns what is around it', { about: 'a\u202Eb' }, 'organization_about_invalid'],
    [
      'a text that is too long',
      { about: 'x'.repeat(organizationLimits.about + 1) },
      'organization_about_invalid',
    ],
    ['a state', { status: 'suspended' }, 'invalid_input'],
    ['its own badge', { verified_at: '2026-01-01' }, 'invalid_input'],
    ['a list', [whole], 'invalid_input'],
  ] as const)('%s is refused', async ([, patch, code], { db }) => {
    await db.as(await db.person('ada'))
    const text = JSON.stringify(patch)
    await expect(db.client.query('select update_organization($1::jsonb, 1)', [text])).rejects.toMatchObject({
      code: 'PT422',
      detail: code,
    })
  })

  test.for([
    'https://najd.example/',
    'https://najd.example:8443/about?a=b#c',
    'https://xn--0gbi8af.xn--mgberp4a5d4ar/',
    'http://najd.example/',
    'https://localhost/',
    'https://user:password@najd.example/',
    'https://najd.example',
    'https://Najd.example/',
    'https://najd.example/a b',
    'https://najd.example/"onclick="',
    'https://-najd.example/',
    'https://10.0.0.1/',
    'javascript://najd.example/%0aalert(1)',
    `https://najd.example/${'x'.repeat(organizationLimits.website)}`,
  ])('form and database agree about %s', async (url, { db }) => {
    const [row] = await db.sql`select private.is_website(${url}) as fits`
    expect(isWebsite(url)).toBe(row.fits)
  })

  test('the form spells a website out', () => {
    const website = (text: string) => OrganizationForm.shape.website.safeParse(text).data
    expect(website('Najd.example')).toBe('https://najd.example/')
    expect(website(' www.najd.example/products ')).toBe('https://www.najd.example/products')
    expect(website('https://مصنع.السعودية')).toBe('https://xn--0gbi8af.xn--mgberp4a5d4ar/')
    expect(website('najd.example:8443')).toBe('https://najd.example:8443/')
    expect(website('')).toBeNull()
    for (const wrong of [
      'http://najd.example',
      'javascript:alert(1)',
      'najd',
      'https://',
      'ftp://najd.example',
    ])
      expect(website(wrong), wrong).toBeUndefined()
  })
})

describe('the words to choose from', () => {
  test('are the 21 sections and 88 divisions of ISIC, each in both languages', async ({ db }) => {
    await db.as(await db.person('ada'))
    expect(
      await db.sql`
        select count(*) filter (where section is null)::int as sections,
          count(section)::int as divisions,
          count(*) filter (where name_ar !~ '^[\u0600-\u06FF ]+$' or name_en ~ '[^ -~]')::int as odd
        from industries`,
    ).toEqual([{ sections: 21, divisions: 88, odd: 0 }])
    expect(
      await db.sql`select code from industries where section = 'C' and name_ar = 'صنع الفلزات القاعدية'`,
    ).toEqual([{ code: '24' }])
  })

  test('are cities of the Gulf, in Arabic without marks', async ({ db }) => {
    await db.as(await db.person('ada'))
    expect(
      await db.sql`
        select array_agg(distinct country order by country) as countries,
          count(*) filter (where name_ar ~ '[\u064B-\u065F]' and id <> 11809066 or name_en ~ '[^ -~]')::int as odd
        from cities`,
    ).toEqual([{ countries: ['AE', 'BH', 'KW', 'OM', 'QA', 'SA'], odd: 0 }])
  })
})
