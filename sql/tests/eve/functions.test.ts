import { type Db, type Person, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'
import { call } from './answers.ts'
import { callsOf, type Fn, functionsOf } from './arguments.ts'
import { rowsAbout, secret, tablesOf, type World, world } from './world.ts'

/*
 * Eve walks the catalogue: every function that is there or will be, with everything she can think of. A function whose
 * arguments she does not know how to fill fails.
 */

const patience = 120_000

/** Whoever calls, as the Data API tells the database. */
type Caller = [
  role: 'anon' | 'authenticated' | 'service_role',
  claims: { sub?: string; session_id?: string; aal?: string },
]

async function speakAs(db: Db, ...[role, claims]: Caller) {
  await db.asOwner()
  await db.client.query(
    `select set_config('request.jwt.claims', $1, true), set_config('request.headers', $2, true)`,
    [
      JSON.stringify({ role, ...claims }),
      JSON.stringify({ 'x-forwarded-for': "'; --", 'user-agent': 'x'.repeat(9_000), 'x-request-id': '../x' }),
    ],
  )
  await db.client.query(`set local role ${role}`)
}
const claimsOf = ({ id, session }: Person) => ({ sub: id, session_id: session, aal: 'aal2' })

/** Calls everything there is and hands each answer to `judge`, until it is enough; what was done is undone. */
async function walk(
  db: Db,
  there: World,
  become: () => Promise<void>,
  judge: (fn: Fn, asked: string, answer: { status: number; text: string }) => Promise<void>,
  isEnough: (fn: Fn, calls: number) => boolean = () => false,
) {
  await db.asOwner()
  for (const fn of await functionsOf(db)) {
    await db.asOwner()
    const calls = await callsOf(db, fn, there)
    await become()
    for (const [made, values] of calls.entries()) {
      await db.client.query('savepoint attempt')
      const answer = await call(db, fn, values)
      if (answer.status >= 400) await db.client.query('rollback to attempt')
      const asked = `${fn.name}(${values.map((value) => value?.slice(0, 60) ?? 'null').join(', ')})`
      await judge(fn, asked, answer)
      if (answer.status < 400) await db.client.query('rollback to attempt')
      if (isEnough(fn, made + 1)) break
    }
  }
}

/** Lines that the walker's own deeds leave behind, about whoever they were tried on. */
const journals = ['public.audit_events', 'private.audit_origins', 'private.rate_limits']

describe('a stranger', () => {
  const strangers = {
    'of another company': 'bob',
    'who is a moderator': 'mo',
    'who is a platform admin without a second factor': 'pat',
  } as const
  for (const [who, name] of Object.entries(strangers)) {
    test(`${who} reads no secret, changes nothing of Ada’s, and breaks nothing`, {
      timeout: patience,
    }, async ({ db }) => {
      const there = await world(db)
      const { ada, abe, dan } = there.people
      const hers = [ada.id, abe.id, dan.id, ada.organization, ...there.hers]
      const tables = (await tablesOf(db)).filter((table) => !journals.includes(table))
      const before = await rowsAbout(db, hers, tables)
      const become = () => speakAs(db, 'authenticated', claimsOf(there.people[name]))
      const offences: string[] = []
      await walk(db, there, become, async (fn, asked, { status, text }) => {
        if (status >= 500) offences.push(`${asked} → ${status} ${text.slice(0, 200)}`)
        if (text.includes(secret) && !asked.includes(secret))
          offences.push(`${asked} tells ${text.slice(0, 200)}`)
        if (status >= 400 || !fn.isWriting) return
        await db.asOwner()
        const after = await rowsAbout(db, hers, tables)
        const changed = changes(before, after, [ada.id, abe.id, dan.id, ada.organization])
        if (changed) offences.push(`${asked} changes ${changed}`)
      })
      expect(offences).toEqual([])
    })
  }
})

/**
 * What became of rows: those that are gone or otherwise, and new ones that belong to one of `owners`. A row of the
 * caller's own may well repeat an id of Ada's in its text, or take it for its own.
 */
function changes(before: string[], after: string[], owners: string[]): string {
  const gone = before.filter((row) => !after.includes(row))
  const come = after.filter((row) => !before.includes(row) && belongsTo(row, owners))
  return gone.length + come.length > 0 ? JSON.stringify({ gone, come }).slice(0, 600) : ''
}

test('who guesses an id learns no more of what is Ada’s than of what is not there', {
  timeout: patience,
}, async ({ db }) => {
  const there = await world(db)
  const { ada, abe, bob } = there.people
  const known = [ada.id, abe.id, ada.organization]
  const guesses = there.hers.filter((id) => !known.includes(id))
  expect(guesses.length).toBeGreaterThan(2)
  const absent = 'ffffffff-ffff-4fff-bfff-ffffffffffff'
  const offences: string[] = []
  for (const fn of await functionsOf(db)) {
    await db.asOwner()
    const [ordinary = []] = await callsOf(db, fn, there)
    await speakAs(db, 'authenticated', claimsOf(bob))
    const ask = async (place: number, id: string) => {
      await db.client.query('savepoint attempt')
      const { status, text } = await call(db, fn, ordinary.with(place, id))
      await db.client.query('rollback to attempt')
      return `${status} ${text.replaceAll(id, '<id>')}`
    }
    for (const [place, { name, type }] of fn.args.entries()) {
      // An id that the caller makes stands for nothing yet: that it is taken must be said.
      if (type !== 'uuid' || name === 'id') continue
      const nothing = await ask(place, absent)
      for (const id of guesses) {
        const answer = await ask(place, id)
        if (answer !== nothing) offences.push(`${fn.name}(${name}) answers ${answer}, and else ${nothing}`)
      }
    }
  }
  expect(offences).toEqual([])
})

/** By its own columns: what somebody writes into a text or a document of theirs makes it nobody else's. */
const belongsTo = (row: string, owners: string[]) =>
  Object.entries(JSON.parse(row.slice(row.indexOf(' ')))).some(
    ([column, value]) =>
      /^(?!topic|post|parent)[a-z_]+_(id|by)$/.test(column) && owners.includes(String(value)),
  )

/** What only admins of the company decide; its people write in the rest, and are told of it. */
const administered = (table: string) =>
  !journals.includes(table) &&
  !/^(public[.](topics|posts|organization_statistics|notifications|notification_events)|private[.](cases|notification_mails|search_entries))$/.test(
    table,
  )

test('a plain member decides nothing for others', { timeout: patience }, async ({ db }) => {
  const there = await world(db)
  const { ada, abe, dan } = there.people
  const hers = [ada.id, dan.id, ada.organization]
  const tables = (await tablesOf(db)).filter(administered)
  const notAbout = (rows: string[]) => rows.filter((row) => !row.includes(abe.id))
  const before = notAbout(await rowsAbout(db, hers, tables))
  const become = () => speakAs(db, 'authenticated', claimsOf(abe))
  const offences: string[] = []
  await walk(db, there, become, async (fn, asked, { status, text }) => {
    if (status >= 500) offences.push(`${asked} → ${status} ${text.slice(0, 200)}`)
    if (status >= 400 || !fn.isWriting) return
    await db.asOwner()
    const after = notAbout(await rowsAbout(db, hers, tables))
    const changed = changes(before, after, [ada.id, dan.id, ada.organization])
    if (changed) offences.push(`${asked} changes ${changed}`)
  })
  expect(offences).toEqual([])
})

const claims: Record<string, (people: World['people']) => Caller> = {
  'has not signed in': () => ['anon', {}],
  'has a token without a session': ({ ada }) => ['authenticated', { sub: ada.id }],
  'has a token of somebody else’s session': ({ ada, bob }) => [
    'authenticated',
    { sub: ada.id, session_id: bob.session },
  ],
  'has a token whose session has ended': ({ ada }) => [
    'authenticated',
    { sub: ada.id, session_id: crypto.randomUUID() },
  ],
  'has a token whose session is no id': ({ ada }) => [
    'authenticated',
    { sub: ada.id, session_id: "' or true --" },
  ],
  'was removed': ({ rae }) => ['authenticated', claimsOf(rae)],
  'is deactivated': ({ dan }) => ['authenticated', claimsOf(dan)],
  'is of a suspended company': ({ sue }) => ['authenticated', claimsOf(sue)],
  'is not verified': ({ pia }) => ['authenticated', claimsOf(pia)],
}

/** What a person may ask and do about themselves with a session that lives, whatever their state. */
const ofOneself = [
  'me',
  'why_paused',
  'list_sessions',
  'end_session',
  'end_other_sessions',
  'end_all_sessions',
  'my_privacy',
  'request_data_export',
  'request_erasure',
]

describe('whoever may not act', () => {
  for (const [who, claim] of Object.entries(claims)) {
    test(`since the caller ${who}: nothing is read, changed or broken`, { timeout: patience }, async ({
      db,
    }) => {
      const there = await world(db)
      const tables = (await tablesOf(db)).filter((table) => !journals.includes(table))
      const [role, given] = claim(there.people)
      // Whose own things may be told: somebody who has a session, whatever else they have not.
      const mine = given.sub !== there.people.ada.id ? given.sub : undefined
      const others = Object.values(there.people).flatMap(({ id }) => (id === mine ? [] : [id]))
      const rows = () => rowsAbout(db, others, tables)
      const before = await rows()
      const offences: string[] = []
      await walk(
        db,
        there,
        () => speakAs(db, role, given),
        async (fn, asked, { status, text }) => {
          if (status >= 500) offences.push(`${asked} → ${status} ${text.slice(0, 200)}`)
          if (status >= 400) return
          if (fn.isWriting) {
            await db.asOwner()
            const after = await rows()
            const changed = changes(before, after, others)
            if (changed) offences.push(`${asked} changes ${changed}`)
          }
          const isTold = text !== '' && text !== 'null'
          if (isTold && !(mine && ofOneself.includes(fn.name)))
            offences.push(`${asked} tells ${text.slice(0, 200)}`)
        },
        // Who is there is asked before anything that was filled in is looked at.
        (_fn, made) => made === 12,
      )
      expect(offences).toEqual([])
    })
  }
})

describe('the walk can fail', () => {
  test('every function is reached: what Eve fills in is answered to who may call it', {
    timeout: patience,
  }, async ({ db }) => {
    const there = await world(db)
    await db.secondFactor(there.people.pat)
    const reached = new Set<string>()
    const telling = new Set<string>()
    const rightful: Caller[] = [
      ['authenticated', claimsOf(there.people.ada)],
      ['authenticated', claimsOf(there.people.abe)],
      ['authenticated', claimsOf(there.people.pat)],
      ['service_role', {}],
    ]
    for (const caller of rightful) {
      await walk(
        db,
        there,
        () => speakAs(db, ...caller),
        async (fn, asked, { status, text }) => {
          if (status < 300) reached.add(fn.name)
          if (text.includes(secret) && !asked.includes(secret)) telling.add(fn.name)
        },
        (fn) => reached.has(fn.name),
      )
    }
    const names = (await functionsOf(db)).map(({ name }) => name)
    // Its token is known to a mail alone (sql/tests/invitations.test.ts).
    expect(names.filter((name) => !reached.has(name))).toEqual(['accept_invitation'])
    expect([...telling]).toEqual(expect.arrayContaining(['me', 'topic_page', 'list_topics']))
  })

  test('Ada has something in every table that could hold something of hers', async ({ db }) => {
    const there = await world(db)
    const hers = [...there.hers, there.people.ada.id, there.people.abe.id, there.people.ada.organization]
    const found = (await rowsAbout(db, hers, await tablesOf(db))).map((row) => row.split(' ')[0])
    const { rows } = await db.client.query<{ name: string }>(`
      select format('%s.%I', relnamespace::regnamespace, relname) as name from pg_class
      where relkind in ('r', 'p') and relnamespace in ('public'::regnamespace, 'private'::regnamespace)
        and exists (select from pg_attribute where attrelid = pg_class.oid and atttypid = 'uuid'::regtype and attname <> 'id')`)
    const without = rows.map(({ name }) => name).filter((name) => !found.includes(name))
    expect(without).toEqual(['public.platform_roles'])
  })
})
