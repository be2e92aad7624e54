import { readFile } from 'node:fs/promises'
import { type Db, dbOn, paragraphs } from '@p2p/database/testing'
import { lawDatabase, type ScratchDatabase } from '@p2p/database/testing/database'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { permissionsPage } from '../../scripts/permissions-page.ts'
import { type Actor, actors, functionRules, tableRules } from './permissions/index.ts'

/** Builds the world of the matrix; the words it is asked with know it whoever asks. */
async function world(db: Db) {
  const ada = await db.person('ada')
  const people = {
    ada,
    abe: await db.colleague(ada, 'abe'),
    bob: await db.person('bob'),
    pia: await db.person('pia', { verified: false }),
    dan: await db.person('dan'),
    sue: await db.person('sue'),
    mo: await db.person('mo'),
    pat: await db.person('pat'),
  }
  await db.sql`update profiles set status = 'deactivated' where id = ${people.dan.id}`
  await db.sql`update organizations set status = 'suspended' where id = ${people.sue.organization}`
  await db.sql`insert into platform_roles (user_id, role) values (${people.mo.id}, 'moderator'), (${people.pat.id}, 'admin')`
  await db.secondFactor(people.pat)

  await db.as(ada)
  await db.sql`select open_topic('quality', 'For the community', ${paragraphs('Hello')})`
  await db.sql`select accept_documents(array(select id from legal_documents))`
  await db.sql`select open_topic('quality', 'For the company', ${paragraphs('Hello')}, 'organization')`
  await db.sql`select update_profile('{"about": "For the community"}')`
  await db.sql`select set_registration_number('4030000002')`
  await db.sql`select create_upload('avatar', 1000, 'image/png')`
  await db.sql`select invite_people('[{"email": "invited@new.example"}]')`
  await db.sql`select save_draft('topic', '{"title": "Half a thought"}')`
  await db.sql`select edit_post(id, ${paragraphs('Hello all')}) from posts where number = 1`
  await db.as(people.abe)
  await db.sql`select update_profile('{"about": "For his company", "audience": "organization"}')`
  await db.sql`select vote(id, true) from posts where number = 1 and visibility = 'community'`
  await db.as(people.bob)
  await db.sql`select report_post(id, 'spam') from posts where number = 1 and visibility = 'community'`
  await db.asOwner()
  await db.sql`insert into files (id, purpose, size, content_type, status, settled_at, renditions, stored_bytes, attached_at)
    select id, 'attachment', 1, 'model/step', 'ready', now(), '[]', 1, now() from posts where number = 1`
  await db.sql`insert into post_files (file_id, post_id, topic_id, content_type, size, renditions)
    select id, id, topic_id, 'model/step', 1, '[]' from posts where number = 1`
  await db.sql`insert into watched_words (word, kind, action) values ('casino', 'word', 'refuse')`
  await db.sql`insert into posting_rules (held_first_posts) values (0)`
  await db.sql`insert into private.held_posts (id, author_id, opens_topic, category_id, input)
    select '00000000-0000-4000-8000-0000000000b1', ${people.bob.id}, true, id,
      ${{ title: 'A first topic', tags: [], template_answers: {}, body: paragraphs('Hello') }}::jsonb
    from categories where slug = 'quality'`
  await db.sql`insert into tags (slug, name_en, name_ar) values ('casting', 'Casting', 'سباكة'), ('pumps', 'Pumps', 'مضخات')`
  await db.sql`select request_to_join('asking@ada.example', 'Asking', 'Person', 'en')`
  await db.sql`update invitations set id = '00000000-0000-4000-8000-0000000000a1'`
  await db.sql`update join_requests set id = '00000000-0000-4000-8000-0000000000a2'`
  await db.sql`select private.audit('members.change_role', ${ada.organization}, 'person', ${ada.id}),
    private.audit('jobs.replay', null, 'queue', 'media.make-renditions')`
  await db.sql`select private.notify(array[${ada.id}]::uuid[], 'reply', 'topic:' || id, id, 1, null)
    from topics where title = 'For the community'`
  await db.sql`insert into notification_preferences (user_id, kind, in_app, email) values (${ada.id}, 'reply', true, 'daily')`
  await db.sql`insert into digest_times (user_id, hour, weekday) values (${ada.id}, 8, 0)`
  await db.client.query(`
    create schema known;
    grant usage on schema known to public;
    create function known.person(name text) returns uuid language sql security definer
      as $$ select id from auth.users where email like name || '@%' $$;
    create function known.company(name text) returns uuid language sql security definer
      as $$ select organization_id from public.memberships where user_id = known.person(name) $$;
    create function known.known_topic(readers text) returns setof public.topics language sql security definer
      as $$ select * from public.topics where visibility::text = readers $$;
    create function known.known_post(readers text) returns setof public.posts language sql security definer
      as $$ select * from public.posts where visibility::text = readers $$;
    create function known.known_case() returns setof private.cases language sql security definer
      as $$ select * from private.cases $$;
    create function known.known_category(slug text) returns setof public.categories language sql security definer
      as $$ select * from public.categories where categories.slug = coalesce(known_category.slug, categories.slug) $$;
    grant execute on all functions in schema known to public;
    set local search_path to public, known`)
  return people
}

type People = Awaited<ReturnType<typeof world>>

const become = async (db: Db, people: People, actor: Actor) => {
  const person = {
    pending: people.pia,
    deactivated: people.dan,
    suspended: people.sue,
    stranger: people.bob,
    member: people.abe,
    admin: people.ada,
    moderator: people.mo,
    'platform admin': people.pat,
  }
  if (actor === 'service') await db.asService()
  else await db.as(actor === 'visitor' ? null : person[actor])
}

/** Runs a statement and forgets it. Its answer: how many rows it touched, or why not. */
async function attempt(db: Db, statement: string): Promise<{ rows: number } | { refused: string }> {
  await db.client.query('savepoint attempt')
  try {
    const { rows, rowCount } = await db.client.query(statement)
    const [said] = await db.sql<{
      status: string | null
    }>`select current_setting('response.status', true) as status`
    // A refusal that is remembered is answered, not raised (private.deny).
    if (said?.status) return { refused: (Object.values(rows[0])[0] as { details: string }).details }
    return { rows: rowCount ?? 0 }
  } catch (error) {
    const { code, detail } = error as { code: string; detail?: string }
    return { refused: code.startsWith('PT') ? (detail ?? code) : code }
  } finally {
    await db.client.query('rollback to attempt')
  }
}

/** What an actor can do to a row, in the letters of the matrix. */
async function powers(
  db: Db,
  people: People,
  actor: Actor,
  rule: (typeof tableRules)[number],
): Promise<string> {
  const statements = {
    r: `select from ${rule.table} where ${rule.where}`,
    c: `insert into ${rule.table} ${rule.values}`,
    u: `update ${rule.table} set ${rule.set} where ${rule.where}`,
    d: `delete from ${rule.table} where ${rule.where}`,
  }
  let letters = ''
  for (const [letter, statement] of Object.entries(statements)) {
    await become(db, people, actor)
    const answer = await attempt(db, statement)
    // A constraint or a trigger that objects has let the actor come that far.
    const passed = 'rows' in answer ? answer.rows > 0 : answer.refused !== '42501'
    if (passed) letters += letter
  }
  return letters
}

// One world for all cells: each attempt is forgotten, and the transaction around them is never committed.
let database: ScratchDatabase
let db: Db
let people: People
beforeAll(async () => {
  database = await lawDatabase(inject('adminUrl'))
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query('begin')
  db = dbOn(client)
  people = await world(db)
})
afterAll(async () => {
  await db.client.end()
  await database.drop()
})

describe('the permissions matrix', () => {
  for (const rule of tableRules) {
    for (const actor of actors) {
      const expected = rule.can[actor] ?? ''
      test(`${rule.table}, ${rule.row}: ${actor} may ${expected || 'do nothing'}`, async () => {
        expect(await powers(db, people, actor, rule)).toBe(expected)
      })
    }
  }

  for (const rule of functionRules) {
    for (const actor of actors) {
      const expected = rule.can[actor] ?? 'denied'
      test(`${rule.name}: ${actor} is answered ${expected}`, async () => {
        await become(db, people, actor)
        const answer = await attempt(db, `select ${rule.call}`)
        const word = 'rows' in answer ? 'yes' : answer.refused === '42501' ? 'denied' : answer.refused
        expect(word).toBe(expected)
      })
    }
  }
})

describe('the matrix is whole', () => {
  test('every table and every public function has a cell', async () => {
    const { rows } = await db.client.query<{ name: string }>(`
      select format('%s.%s', relnamespace::regnamespace, relname) as name from pg_class
        where relnamespace in ('public'::regnamespace, 'private'::regnamespace) and relkind in ('r', 'p')
      union select proname from pg_proc where pronamespace = 'public'::regnamespace`)
    const covered = new Set([
      ...tableRules.map(({ table }) => table),
      ...functionRules.map(({ name }) => name.split(' ')[0]),
    ])
    expect(rows.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([])
  })

  test('the printed page is what the matrix says', async () => {
    const printed = await readFile(new URL('../PERMISSIONS.md', import.meta.url), 'utf8')
    expect(printed).toBe(permissionsPage())
  })
})
