import type pg from 'pg'
import { withClient } from '../../packages/database/testing/database.ts'
import { type Act, straight, throughStack } from './forum.ts'
import { percentile, rounded } from './table.ts'
import type { World } from './world.ts'

const people = 100_000
const colleagues = 10_000
const companies = 5_000
const lines = 500
const connections = [1, 10]

/** The same rows by a statement of one's own, without rights, words or cursors. */
type Compared = Act & { bare: string; bareValues: unknown[] }

/** Fills the place with people: 10,000 in the reader's company, the others in 5,000. */
export async function fillWithPeople({ config, person }: World, say: (line: string) => void): Promise<void> {
  say(`Filling the place: ${people} people, ${companies} companies`)
  // Past every trigger and constraint, which only the superuser of the embedded stack may; what triggers keep is made after.
  await withClient(config.urls.databaseAdmin, async (client) => {
    await client.query('set session_replication_role = replica')
    for (const statement of seeds) await client.query(statement)
    await client.query(
      `insert into public.memberships (user_id, organization_id)
       select id, case when n <= ${colleagues} then (select organization_id from public.memberships where user_id = $1)
         else companies.ids[1 + n % ${companies}] end
       from born, (select array_agg(id) as ids from made) as companies`,
      [person],
    )
    // As private.enroll() writes it, for all at once.
    await client.query(
      `insert into private.roster (user_id, organization_id, role, status, name, name_ar, words, joined_at)
       select user_id, organization_id, role, status, first_name || ' ' || last_name, first_name_ar || ' ' || last_name_ar,
         name_folded, memberships.created_at
       from public.memberships join public.profiles on profiles.id = user_id join born on born.id = user_id`,
    )
    await client.query('analyze')
  })
}

const firstLatin = `array['Omar','Noura','Ahmed','Sara','Khalid','Layla','Yousef','Huda','Faisal','Reem','Majed','Amal','Turki','Dana','Saad','Lina','Nasser','Maha','Bader','Salma']`
const firstArabic = `array['عمر','نورة','أحمد','سارة','خالد','ليلى','يوسف','هدى','فيصل','ريم','ماجد','أمل','تركي','دانة','سعد','لينا','ناصر','مها','بدر','سلمى']`
const lastLatin = `array['Alqahtani','Alharbi','Alghamdi','Aldossari','Almutairi','Alshehri','Alzahrani','Alotaibi','Alsubaie','Alrashid','Najdi']`
const lastArabic = `array['القحطاني','الحربي','الغامدي','الدوسري','المطيري','الشهري','الزهراني','العتيبي','السبيعي','الراشد','نجدي']`
const jobs = `array['Process engineer','مهندس صيانة','Plant manager','مدير مصنع','Quality lead','Buyer','Energy analyst']`

const seeds = [
  `create temporary table made as
   select gen_random_uuid() as id, n from generate_series(1, ${companies}) as n`,
  `insert into public.organizations (id, name, domain, status, industry, city_id)
   select id, 'Works ' || n, 'works-' || n || '.example', 'active',
     (select array_agg(code order by code) from public.industries)[1 + n % 80],
     (select array_agg(cities.id order by cities.id) from public.cities)[1 + n % 50]
   from made`,
  `create temporary table born as
   select gen_random_uuid() as id, n from generate_series(1, ${people}) as n`,
  `insert into auth.users (id, email, email_confirmed_at, created_at, updated_at)
   select id, 'person-' || n || '@works.example', now(), now(), now() from born`,
  `insert into public.profiles (id, first_name, last_name, first_name_ar, last_name_ar, job_title, status)
   select id, (${firstLatin})[1 + n % 20], (${lastLatin})[1 + n / 20 % 11] || ' ' || n,
     (${firstArabic})[1 + n % 20], (${lastArabic})[1 + n / 20 % 11], (${jobs})[1 + n % 7], 'active'
   from born`,
  `insert into public.profile_details (person_id, audience, expertise)
   select id, 'community', array['Welding', 'Skill ' || n % 300] from born where n % 3 = 0`,
]

const cards = (rows: string) => `select jsonb_agg(to_jsonb(page)) from (${rows}) as page`
const ofCompany = (more: string) =>
  cards(`select roster.user_id, roster.name, roster.role, roster.status, profiles.job_title
    from private.roster join public.profiles on profiles.id = roster.user_id
    where roster.organization_id = $1 and roster.status = 'active' ${more} order by roster.name, roster.user_id limit 21`)
const ofAll = (more: string) =>
  cards(`select profiles.id, first_name, last_name, job_title, organizations.name
    from public.profiles join public.memberships on user_id = profiles.id
    join public.organizations on organizations.id = organization_id
    where profiles.status = 'active' and organizations.status = 'active' ${more} order by profiles.name_folded, profiles.id limit 21`)

const act = (
  name: string,
  path: string,
  body: Record<string, unknown>,
  bare: string,
  bareValues: unknown[],
): Compared => {
  const names = Object.keys(body)
  const given = names.map((argument, place) => `${argument} => $${place + 1}`)
  return {
    name,
    path,
    body,
    sql: `select public.${path}(${given.join(', ')})`,
    values: Object.values(body),
    bare,
    bareValues,
  }
}

async function acts({ config, claims, person }: World): Promise<Compared[]> {
  const [company, deep, deepPeople] = await withClient(config.urls.database, async (client) => {
    await client.query(`select set_config('request.jwt.claims', $1, false)`, [JSON.stringify(claims)])
    const { rows } = await client.query(
      'select organization_id as id from public.memberships where user_id = $1',
      [person],
    )
    return [
      rows[0].id,
      await cursorInside(client, 'list_members', 50),
      await cursorInside(client, 'list_people', 50),
    ]
  })
  const word = (column: string) => `and ' ' || ${column} like '% noura%'`
  return [
    act(`members of ${colleagues}, first page`, 'list_members', {}, ofCompany(''), [company]),
    act('members, a page deep inside', 'list_members', { after: deep }, ofCompany(`and roster.name > 'M'`), [
      company,
    ]),
    act(
      'members, by a name',
      'list_members',
      { query: 'noura' },
      ofCompany(`and ' ' || words like '% noura%'`),
      [company],
    ),
    act(`people, ${people}, first page`, 'list_people', {}, ofAll(''), []),
    act(
      'people, a page deep inside',
      'list_people',
      { after: deepPeople },
      ofAll(`and profiles.name_folded > 'm'`),
      [],
    ),
    act('people, by a name', 'list_people', { query: 'noura' }, ofAll(word('profiles.name_folded')), []),
    act(
      'people, by both names in Arabic',
      'list_people',
      { query: 'نورة الحربي' },
      ofAll(
        `and ' ' || profiles.name_folded like '% نوره%' and ' ' || profiles.name_folded like '% الحربي%'`,
      ),
      [],
    ),
    act(
      'people, by a name mistyped',
      'list_people',
      { query: 'alqahtni' },
      ofAll(`and ' ' || profiles.name_folded operator(extensions.%>) 'alqahtni'`),
      [],
    ),
    act(
      'people, of one city',
      'list_people',
      { filters: { city: await someCity(config.urls.database) } },
      ofAll('and city_id = $1'),
      [await someCity(config.urls.database)],
    ),
    act(
      `companies, ${companies}, by a name`,
      'list_organizations',
      { query: 'works 42' },
      cards(
        `select id, name from public.organizations where ' ' || name_folded like '% works 42%' order by name_folded limit 21`,
      ),
      [],
    ),
  ]
}

const someCity = (database: string) =>
  withClient(
    database,
    async (client) =>
      (await client.query('select city_id from public.organizations where city_id is not null limit 1'))
        .rows[0].city_id,
  )

/** The cursor that so many pages of a hundred lead to. */
async function cursorInside(
  client: pg.Client,
  list: 'list_members' | 'list_people',
  pages: number,
): Promise<string> {
  let after: string | null = null
  for (let page = 0; page < pages; page++) {
    const { rows }: { rows: { answer: { next: string | null } }[] } = await client.query(
      `select public.${list}(after => $1, size => 100) as answer`,
      [after],
    )
    after = rows[0]?.answer.next ?? null
  }
  if (after === null) throw new Error(`${list} has no page so deep inside.`)
  return after
}

/** Each act at each number of connections: as bare SQL, as the function, and through the stack. */
export async function measurePeople(world: World, seconds: number, say: (line: string) => void) {
  await fillWithPeople(world, say)
  const rows = []
  for (const one of await acts(world)) {
    for (const count of connections) {
      say(`${one.name}, ${count} connections`)
      const bare = await straight(
        world,
        { ...one, sql: one.bare, values: one.bareValues },
        count,
        seconds,
        'postgres',
      )
      const called = await straight(world, one, count, seconds, 'authenticated')
      const stack = await throughStack(world, one, count, seconds)
      rows.push({
        act: one.name,
        connections: count,
        'bare p50 ms': rounded(bare.p50),
        'p95 ms': rounded(bare.p95),
        'function p50': rounded(called.p50),
        'p95 ': rounded(called.p95),
        '÷ bare': rounded(called.p50 / bare.p50, 2),
        'stack p50': rounded(stack.p50),
        'p95  ': rounded(stack.p95),
      })
    }
  }
  return [...rows, await measureInvitations(world, 20)]
}

/** A list of 500, each time as if it were the first; beside the same 500 rows and 500 jobs in two statements. */
async function measureInvitations({ config, claims }: World, rounds: number) {
  const times: Record<'bare' | 'called', number[]> = { bare: [], called: [] }
  const entries = Array.from({ length: lines }, (_, line) => ({
    email: `invited-${line}@elsewhere.example`,
    name: `Guest ${line}`,
  }))
  await withClient(config.urls.database, async (client) => {
    const undone = async (
      kept: number[],
      role: string,
      ...statements: [sql: string, values: unknown[]][]
    ) => {
      await client.query('begin')
      await client.query(`select set_config('request.jwt.claims', $1, true)`, [JSON.stringify(claims)])
      await client.query(`set local role ${role}`)
      const begun = performance.now()
      for (const [sql, values] of statements) await client.query(sql, values)
      kept.push(performance.now() - begun)
      await client.query('rollback')
    }
    for (let round = 0; round < rounds; round++) {
      await undone(
        times.bare,
        'postgres',
        [
          `insert into public.invitations (organization_id, email, name, role, locale)
           select (select organization_id from public.memberships limit 1), email, name, 'member', 'en'
           from jsonb_to_recordset($1) as line (email text, name text)`,
          [JSON.stringify(entries)],
        ],
        [`select private.enqueue('invitations.send-invitation', '{}') from generate_series(1, ${lines})`, []],
      )
      await undone(times.called, 'authenticated', [
        'select public.invite_people($1)',
        [JSON.stringify(entries)],
      ])
    }
  })
  const [bare, called] = [times.bare, times.called]
  return {
    act: `invitation of ${lines}`,
    connections: 1,
    'bare p50 ms': rounded(percentile(bare, 0.5)),
    'p95 ms': rounded(percentile(bare, 0.95)),
    'function p50': rounded(percentile(called, 0.5)),
    'p95 ': rounded(percentile(called, 0.95)),
    '÷ bare': rounded(percentile(called, 0.5) / percentile(bare, 0.5), 2),
    'stack p50': '–',
    'p95  ': '–',
  }
}
