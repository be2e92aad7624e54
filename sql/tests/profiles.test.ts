import { ProfileForm, profileLimits } from '@p2p/contracts'
import { type Db, type Person, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

const update = (db: Db, patch: object) => db.sql`select update_profile(${JSON.stringify(patch)})`

/** The person's page as whoever is asking sees it. */
const pageOf = async (db: Db, person: Person) => {
  const [row] = await db.sql`select person_page(${person.id}) as page`
  return row.page
}

/** The code of the refusal, or nothing; the transaction goes on as if it had not been tried. */
async function tryTo(db: Db, work: () => Promise<unknown>): Promise<string | undefined> {
  await db.client.query('savepoint here')
  const code = await work().then(
    () => undefined,
    (error: { detail?: string; code: string }) => error.detail ?? error.code,
  )
  await db.client.query('rollback to here')
  return code
}

const told = {
  about: 'Castings since 1998.\nAsk me about porosity.',
  expertise: ['Porosity', 'صيانة'],
  audience: 'community',
}

describe('a profile', () => {
  test('holds what its owner says, in both scripts, and nothing that was not named', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    await update(db, {
      first_name: ' Ada ',
      first_name_ar: 'آدا',
      last_name_ar: 'لوفليس',
      time_zone: 'Asia/Dubai',
    })
    await update(db, { job_title: 'Plant manager', ...told })
    await update(db, { job_title: '', about: null })
    expect(await pageOf(db, ada)).toMatchObject({
      first_name: 'Ada',
      last_name: 'Tester',
      first_name_ar: 'آدا',
      last_name_ar: 'لوفليس',
      time_zone: 'Asia/Dubai',
      job_title: null,
      about: null,
      expertise: told.expertise,
      audience: 'community',
    })
  })

  test.for([
    [{ first_name: '' }, 'first_name_invalid'],
    [{ first_name: null }, 'invalid_input'],
    [{ last_name: 'x'.repeat(81) }, 'last_name_invalid'],
    [{ last_name: '\u202Egnp' }, 'last_name_invalid'],
    [{ first_name_ar: 'Ada' }, 'arabic_name_invalid'],
    [{ job_title: 'two\nlines' }, 'job_title_invalid'],
    [{ locale: 'fr' }, 'locale_invalid'],
    [{ locale: null }, 'invalid_input'],
    [{ time_zone: 'Mars/Olympus' }, 'time_zone_invalid'],
    [{ time_zone: '' }, 'time_zone_invalid'],
    [{ about: 'x'.repeat(1001) }, 'about_invalid'],
    [{ about: 'a\u0007b' }, 'about_invalid'],
    [{ about: ['x'] }, 'invalid_input'],
    [{ expertise: Array.from({ length: 13 }, (_, i) => `tag ${i}`) }, 'expertise_invalid'],
    [{ expertise: ['x'.repeat(41)] }, 'expertise_invalid'],
    [{ expertise: ['Café', 'cafe'] }, 'expertise_invalid'],
    [{ expertise: ['صيانة', 'صيانه'] }, 'expertise_invalid'],
    [{ expertise: [1] }, 'expertise_invalid'],
    [{ expertise: [''] }, 'expertise_invalid'],
    [{ expertise: { a: 1 } }, 'invalid_input'],
    [{ audience: 'world' }, 'invalid_input'],
    [{ status: 'active' }, 'invalid_input'],
    [{ avatar: null }, 'invalid_input'],
    [[], 'invalid_input'],
    [null, 'invalid_input'],
  ] as const)('refuses %j: %s', async ([patch, code], { db }) => {
    await db.as(await db.person('ada'))
    expect(await tryTo(db, () => db.sql`select update_profile(${JSON.stringify(patch)})`)).toBe(code)
  })

  test('the form and the database agree on what fits', async ({ db }) => {
    await db.as(await db.person('ada'))
    const { name, jobTitle, about, expertise, expertiseLength } = profileLimits
    const cases: [keyof typeof ProfileForm.shape, unknown][] = [
      ['first_name', 'x'.repeat(name)],
      ['first_name', 'x'.repeat(name + 1)],
      ['first_name_ar', 'ع'.repeat(name)],
      ['first_name_ar', 'ع'.repeat(name + 1)],
      ['first_name_ar', 'عبد الرحمن-علي'],
      ['first_name_ar', 'عAbc'],
      ['last_name_ar', '\u200F'],
      ['job_title', 'x'.repeat(jobTitle)],
      ['job_title', 'x'.repeat(jobTitle + 1)],
      ['about', 'x'.repeat(about)],
      ['about', 'x'.repeat(about + 1)],
      ['about', 'one\n\ntwo'],
      ['about', 'tab\there'],
      ['about', '\u2066'],
      ['expertise', Array.from({ length: expertise }, (_, i) => `tag ${i}`)],
      ['expertise', Array.from({ length: expertise + 1 }, (_, i) => `tag ${i}`)],
      ['expertise', ['x'.repeat(expertiseLength)]],
      ['expertise', ['x'.repeat(expertiseLength + 1)]],
      ['expertise', ['أتمتة', 'اتمتة']],
      ['expertise', ['PLC', 'plc']],
      ['expertise', []],
      ['time_zone', 'Europe/Berlin'],
      ['time_zone', "'; drop"],
    ]
    for (const [key, value] of cases) {
      const fits = ProfileForm.shape[key].safeParse(value).success
      const code = await tryTo(db, () => update(db, { [key]: value }))
      expect([key, value, code === undefined]).toEqual([key, value, fits])
    }
  })

  test('every time zone that a browser offers is known', async ({ db }) => {
    const zones = Intl.supportedValuesOf('timeZone')
    const [{ unknown }] = await db.sql`
      select array(select zone from unnest(${zones}::text[]) as zone where not private.is_time_zone(zone)) as unknown`
    expect(unknown).toEqual([])
  })

  test('of somebody who signs up in Arabic has their name in Arabic too', async ({ db }) => {
    const metadata = { first_name: 'نورة', last_name: 'القحطاني', organization_name: 'مسبوكات', locale: 'ar' }
    const [noura] = await db.sql<{ id: string }>`
      insert into auth.users (id, email, raw_user_meta_data)
      values (gen_random_uuid(), 'noura@noura.example', ${metadata}) returning id`
    expect(await db.sql`select first_name_ar, last_name_ar from profiles where id = ${noura!.id}`).toEqual([
      { first_name_ar: 'نورة', last_name_ar: 'القحطاني' },
    ])
    const ada = await db.person('ada')
    await db.asOwner()
    expect(await db.sql`select first_name_ar from profiles where id = ${ada.id}`).toEqual([
      { first_name_ar: null },
    ])
  })
})

describe('who sees what a person tells', () => {
  test('the community, where they say so', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    await db.as(ada)
    await update(db, told)
    await db.as(bob)
    expect(await pageOf(db, ada)).toMatchObject({ about: told.about, expertise: told.expertise })
    expect(await db.sql`select from profile_details`).toHaveLength(1)
  })

  test('their own company alone, where they say so; to others it is as if nothing were told', async ({
    db,
  }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const abe = await db.colleague(ada, 'abe')
    await db.as(ada)
    await update(db, { ...told, audience: 'organization' })
    await db.as(abe)
    expect(await pageOf(db, ada)).toMatchObject({ about: told.about, audience: 'organization' })
    await db.as(bob)
    expect(await pageOf(db, ada)).toMatchObject({ about: null, expertise: [], audience: null })
    expect(await db.sql`select from profile_details where expertise_folded && array['porosity']`).toEqual([])
  })

  test('the company they belong to now, not the one they left', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const abe = await db.colleague(ada, 'abe')
    await db.as(abe)
    await update(db, { ...told, audience: 'organization' })

    await db.asOwner()
    await db.sql`delete from memberships where user_id = ${abe.id}`
    await db.as(ada)
    expect(await db.sql`select from profile_details`).toEqual([])
    await db.asOwner()
    await db.sql`insert into memberships (user_id, organization_id) values (${abe.id}, ${bob.organization})`
    await db.as(bob)
    expect(await pageOf(db, abe)).toMatchObject({ about: told.about })
    await db.as(ada)
    expect(await pageOf(db, abe)).toMatchObject({ about: null })

    await db.asOwner()
    await db.sql`update memberships set organization_id = ${ada.organization} where user_id = ${abe.id}`
    await db.as(ada)
    expect(await pageOf(db, abe)).toMatchObject({ about: told.about })
  })

  test('an address is for the person and the admins of their company', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const abe = await db.colleague(ada, 'abe')
    const seen = async (reader: Person, person: Person) => {
      await db.as(reader)
      return (await pageOf(db, person)).email
    }
    expect(await seen(ada, abe)).toBe(abe.email)
    expect(await seen(abe, abe)).toBe(abe.email)
    expect(await seen(abe, ada)).toBeNull()
    expect(await seen(bob, ada)).toBeNull()
    expect(await seen(bob, abe)).toBeNull()
  })

  test('nobody meets a person who is pending, or one who is not there, and cannot tell which', async ({
    db,
  }) => {
    const pia = await db.person('pia', { verified: false })
    await db.as(await db.person('ada'))
    for (const id of [pia.id, crypto.randomUUID()])
      expect(await tryTo(db, () => db.sql`select person_page(${id})`)).toBe('not_found')
  })
})

describe('whose it is to write', () => {
  test('one’s own, through tables as through the function', async ({ db }) => {
    const [ada, eve] = [await db.person('ada'), await db.person('eve')]
    await db.as(ada)
    await update(db, told)
    await db.as(eve)
    await db.sql`update profile_details set about = 'Eve was here'`
    await db.sql`update profiles set job_title = 'Spy' where id = ${ada.id}`
    expect(
      await tryTo(db, () => db.sql`insert into profile_details (person_id, about) values (${ada.id}, 'x')`),
    ).toBe('42501')
    for (const statement of [
      `update profile_details set person_id = '${eve.id}'`,
      `update profile_details set organization_id = '${eve.organization}'`,
      `insert into profile_details (person_id, organization_id) values ('${eve.id}', '${ada.organization}')`,
      'delete from profile_details',
    ]) {
      expect(await tryTo(db, () => db.client.query(statement))).toBe('42501')
    }
    await db.as(ada)
    expect(await pageOf(db, ada)).toMatchObject({ about: told.about, job_title: null })
  })

  test('whoever is deactivated writes and reads nothing', async ({ db }) => {
    const dan = await db.person('dan')
    await db.as(dan)
    await update(db, told)
    await db.asOwner()
    await db.sql`update profiles set status = 'deactivated' where id = ${dan.id}`
    await db.as(dan)
    expect(await tryTo(db, () => update(db, { about: 'Back' }))).toBe('not_active')
    expect(await db.sql`select from profile_details`).toEqual([])
  })

  test('what was told goes with the person', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    await update(db, told)
    await db.asOwner()
    await db.sql`delete from auth.users where id = ${ada.id}`
    expect(await db.sql`select from profile_details`).toEqual([])
  })
})
