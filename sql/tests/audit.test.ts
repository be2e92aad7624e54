import { type Db, type Person, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'
import ar from '../../web/src/locales/ar/audit.json' with { type: 'json' }
import en from '../../web/src/locales/en/audit.json' with { type: 'json' }

type Line = {
  id: number
  action: string
  outcome: string
  code: string | null
  actor: { first_name: string } | null
  actor_id: string | null
  subject: { first_name?: string; name?: string } | null
  organization: string | null
  origin: { ip: string | null; user_agent: string | null } | null
  before: object | null
  after: object | null
}
type Page = { events: Line[]; next: number | null }

const page = async (db: Db, filters: Record<string, unknown>): Promise<Page> => {
  const names = Object.keys(filters)
  const call = names.map((name, i) => `${name} => $${i + 1}`).join(', ')
  const { rows } = await db.client.query(`select list_audit_events(${call}) as page`, Object.values(filters))
  return rows[0].page
}

/** A deed in somebody's name, as a function of ours would write it. */
async function deed(db: Db, by: Person, action: string, organization: string | null, subject: Person) {
  await db.asOwner()
  const claims = { sub: by.id, session_id: by.session }
  await db.sql`select set_config('request.jwt.claims', ${JSON.stringify(claims)}, true),
    set_config('request.headers', '{"x-forwarded-for": "203.0.113.9", "user-agent": "Firefox", "x-request-id": "req-12345678"}', true)`
  await db.sql`select private.audit(${action}, ${organization}::uuid, 'person', ${subject.id},
    '{"role": "member"}', '{"role": "admin"}')`
}

async function platformAdmin(db: Db) {
  const pat = await db.person('pat')
  await db.sql`insert into platform_roles (user_id, role) values (${pat.id}, 'admin')`
  await db.secondFactor(pat)
  return pat
}

describe('reading the log', () => {
  test('Ada reads what was done in her company: who, to whom, before and after, from where', async ({
    db,
  }) => {
    const ada = await db.person('ada')
    const abe = await db.colleague(ada, 'abe')
    await deed(db, ada, 'members.change_role', ada.organization, abe)
    await db.as(ada)
    const { events, next } = await page(db, { organization: ada.organization, action: 'members.change_role' })
    expect(events).toMatchObject([
      {
        action: 'members.change_role',
        outcome: 'done',
        actor: { first_name: 'ada' },
        subject: { first_name: 'abe' },
        organization: "ada's works",
        before: { role: 'member' },
        after: { role: 'admin' },
        origin: { ip: '203.0.113.9', user_agent: 'Firefox' },
        request_id: 'req-12345678',
      },
    ])
    expect(next).toBeNull()
  })

  test('she is not told where somebody outside of her company was; a platform admin is', async ({ db }) => {
    const ada = await db.person('ada')
    const pat = await platformAdmin(db)
    await deed(db, pat, 'organizations.suspend', ada.organization, ada)
    await db.as(ada)
    const asked = { organization: ada.organization, action: 'organizations.suspend' }
    expect((await page(db, asked)).events).toMatchObject([{ actor: { first_name: 'pat' }, origin: null }])
    await db.as(pat)
    expect((await page(db, asked)).events).toMatchObject([{ origin: { ip: '203.0.113.9' } }])
  })

  test('another company is answered as if it did not exist, in the table and in the function', async ({
    db,
  }) => {
    const ada = await db.person('ada')
    const eve = await db.person('eve')
    await deed(db, ada, 'members.change_role', ada.organization, ada)
    await db.as(eve)
    const lines = await db.sql`select from audit_events where organization_id = ${ada.organization}`
    expect(lines).toEqual([])
    for (const organization of [ada.organization, crypto.randomUUID()]) {
      await db.sql`savepoint s`
      await expect(page(db, { organization })).rejects.toMatchObject({ code: 'PT404', detail: 'not_found' })
      await db.sql`rollback to s`
    }
  })

  test('a member reads none of it, and everybody’s log is for platform admins with a second factor', async ({
    db,
  }) => {
    const ada = await db.person('ada')
    const abe = await db.colleague(ada, 'abe')
    const pat = await db.person('pat')
    await db.sql`insert into platform_roles (user_id, role) values (${pat.id}, 'admin')`
    await deed(db, ada, 'members.change_role', ada.organization, abe)
    const refused = async (who: Person, organization: string | null, detail: string) => {
      await db.as(who)
      await db.sql`savepoint s`
      await expect(page(db, { organization })).rejects.toMatchObject({ detail })
      await db.sql`rollback to s`
    }
    await refused(abe, ada.organization, 'not_allowed')
    await refused(ada, null, 'not_allowed')
    await refused(pat, null, 'second_factor_required')
    await refused(pat, ada.organization, 'not_found')
    await db.secondFactor(pat)
    await db.as(pat)
    const { events } = await page(db, { organization: null })
    expect(events.map(({ action }) => action)).toContain('members.change_role')
  })

  test('whoever is gone is named by nobody, and the line stays', async ({ db }) => {
    const ada = await db.person('ada')
    const abe = await db.colleague(ada, 'abe')
    await deed(db, ada, 'members.remove', ada.organization, abe)
    await db.asOwner()
    await db.sql`delete from auth.users where id = ${abe.id}`
    await db.as(ada)
    const { events } = await page(db, { organization: ada.organization, action: 'members.remove' })
    expect(events).toMatchObject([{ subject: null, subject_kind: 'person', subject_id: abe.id }])
  })

  test('pages follow one another without gap or double, and every filter holds', async ({ db }) => {
    const ada = await db.person('ada')
    const abe = await db.colleague(ada, 'abe')
    const organization = ada.organization
    for (let i = 0; i < 7; i++)
      await deed(db, i % 2 ? ada : abe, 'test.walk', organization, i < 3 ? ada : abe)
    await db.as(ada)
    const found: number[] = []
    let after: number | null = null
    do {
      const { events, next } = await page(db, { organization, action: 'test.walk', size: 3, after })
      found.push(...events.map(({ id }) => id))
      after = next
    } while (after)
    expect(found).toHaveLength(7)
    expect(found).toEqual(found.toSorted((a, b) => b - a))

    const count = async (filters: Record<string, unknown>) =>
      (await page(db, { organization, action: 'test.walk', ...filters })).events.length
    expect(await count({ actor: ada.id })).toBe(3)
    expect(await count({ subject: ada.id })).toBe(3)
    expect(await count({ outcome: 'refused' })).toBe(0)
    expect(await count({ since: new Date(Date.now() + 60_000).toISOString() })).toBe(0)
    expect(await count({ until: new Date(Date.now() + 60_000).toISOString() })).toBe(7)
    expect(await count({ until: new Date(Date.now() - 3_600_000).toISOString() })).toBe(0)
  })
})

describe('the log only grows', () => {
  const changes = [
    `update public.audit_events set action = 'a.b'`,
    'delete from public.audit_events',
    'truncate public.audit_events cascade',
    'alter table public.audit_events disable trigger before_change_stand',
    'alter table public.audit_events disable row level security',
    'alter table public.audit_events owner to postgres',
    'drop trigger before_change_stand on public.audit_events',
    `create or replace function private.audit_events_stand() returns trigger language plpgsql as 'begin return new; end'`,
    'grant delete on public.audit_events to postgres',
    'set local role audit_keeper',
    `set local session_replication_role = 'replica'`,
    'create rule quietly as on update to public.audit_events do instead nothing',
  ]

  for (const change of changes) {
    test(`${change}: refused to the owner of everything else, to our services and to people`, async ({
      db,
    }) => {
      const ada = await db.person('ada')
      await deed(db, ada, 'members.change_role', ada.organization, ada)
      for (const become of [() => db.asOwner(), () => db.asService(), () => db.as(ada)]) {
        await become()
        await db.sql`savepoint s`
        // A grant of what one does not have is no error in Postgres, and gives nothing.
        await db.client.query(change).catch((error) => expect(error).toMatchObject({ code: '42501' }))
        await db.sql`rollback to s`
      }
    })
  }

  test('a grant by the owner of everything else gives nothing', async ({ db }) => {
    await db.asOwner()
    await db.client.query('grant update, delete, truncate on public.audit_events to postgres, service_role')
    const [may] = await db.sql`select has_table_privilege('postgres', 'audit_events', 'update') as u,
      has_table_privilege('postgres', 'audit_events', 'delete') as d,
      has_table_privilege('service_role', 'audit_events', 'truncate') as t`
    expect(may).toEqual({ u: false, d: false, t: false })
  })

  test('nobody but our functions writes a line', async ({ db }) => {
    const ada = await db.person('ada')
    for (const become of [() => db.asService(), () => db.as(ada), () => db.as(null)]) {
      await become()
      await db.sql`savepoint s`
      await expect(db.sql`insert into audit_events (action) values ('a.b')`).rejects.toMatchObject({
        code: '42501',
      })
      await db.sql`rollback to s`
    }
  })

  test('who is nobody keeps it: no role can act as its owner', async ({ db }) => {
    const members = await db.sql`
      select member::regrole::text as member, set_option, inherit_option from pg_auth_members
      where roleid = 'audit_keeper'::regrole and (set_option or inherit_option)`
    expect(members).toEqual([])
    const [keeper] = await db.sql`select rolcanlogin, rolsuper from pg_roles where rolname = 'audit_keeper'`
    expect(keeper).toEqual({ rolcanlogin: false, rolsuper: false })
  })
})

test('sixty refusals an hour of one person are remembered: knocking does not fill the log', async ({
  db,
}) => {
  const eve = await db.person('eve')
  await db.as(eve)
  const [answer] = await db.sql<{ answer: { details: string } }>`
    select suspend_organization(${eve.organization}, 'because I can do it') as answer
    from generate_series(1, 70) offset 69`
  expect(answer?.answer.details).toBe('not_allowed')
  await db.asOwner()
  const [kept] =
    await db.sql`select count(*)::int as lines from audit_events where actor_id = ${eve.id} and outcome = 'refused'`
  expect(kept).toEqual({ lines: 60 })
})

test('every act that is audited has words in both languages', async ({ db }) => {
  // Where a function writes a line, the action is the word with a dot that is neither a limit's nor a setting's name.
  const rows = await db.sql<{ action: string }>`
    select distinct hit[1] as action
    from pg_proc, regexp_matches(
      regexp_replace(prosrc, '(limit_rate|set_config|current_setting|enqueue)[(][^,;]*', '', 'g'),
      '''([a-z_]+[.][a-z_]+)''', 'g') as hit
    where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
      and prosrc ~ 'private[.](audit|deny|write_audit|audit_security|[a-z_]*denial|platform_admin_refusal|decide_[a-z]+|set_platform_role)[(]'
      and hit[1] <> 'audit.refused'`
  const named = (words: object) =>
    new Set(
      Object.entries(words).flatMap(([feature, acts]) => Object.keys(acts).map((act) => `${feature}.${act}`)),
    )
  const actions = rows.map(({ action }) => action)
  expect(actions.length).toBeGreaterThan(30)
  for (const words of [en.actions, ar.actions]) {
    expect(actions.filter((action) => !named(words).has(action))).toEqual([])
  }
})
