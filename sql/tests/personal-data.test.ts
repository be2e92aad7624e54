import { readFile } from 'node:fs/promises'
import { type Db, type Person, paragraphs, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

const refusal = (code: string) => expect.objectContaining({ detail: code })

const privacyOf = async (db: Db, person: Person) => {
  await db.as(person)
  const [row] = await db.sql`select my_privacy() as privacy`
  return row!.privacy
}

const ask = async (db: Db, person: Person, choice = 'remove', dissolve = true) => {
  await db.as(person)
  const [row] = await db.sql`select request_erasure(${choice}::erasure_choice, ${dissolve}) as answer`
  return row!.answer
}

describe('a copy of one’s data', () => {
  test('is asked for once at a time, and promised to the worker', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    const [first] = await db.sql`select request_data_export() as export`
    const [second] = await db.sql`select request_data_export() as export`
    expect(second).toEqual(first)
    expect(first!.export).toMatchObject({
      state: 'waiting',
      progress: 0,
      path: `${ada.id}/${first!.export.id}.zip`,
    })
    await db.asOwner()
    expect(
      await db.sql`select data ->> 'exportId' as id from pgboss.job where name = 'personal-data.build-export'`,
    ).toEqual([{ id: first!.export.id }])
  })

  test('is had twice a day, then in so many seconds', async ({ db }) => {
    const ada = await db.person('ada')
    for (let time = 0; time < 2; time += 1) {
      await db.as(ada)
      await db.sql`select request_data_export()`
      await db.asOwner()
      await db.sql`update private.data_exports set state = 'failed'`
    }
    await db.as(ada)
    await expect(db.sql`select request_data_export()`).rejects.toMatchObject({ code: 'PGRST' })
  })

  test('can be fetched by its person alone, until the minute it expires', async ({ db }) => {
    const ada = await db.person('ada')
    const bob = await db.person('bob')
    await db.as(ada)
    const [row] = await db.sql`select request_data_export() as export`
    await db.asOwner()
    await db.sql`insert into storage.buckets (id, name) values ('exports', 'exports') on conflict do nothing`
    await db.sql`insert into storage.objects (bucket_id, name) values ('exports', ${row!.export.path})`
    const seen = async (person: Person | null) => {
      await db.as(person)
      return (await db.sql`select from storage.objects where bucket_id = 'exports'`).length
    }
    expect(await seen(ada)).toBe(0)
    await db.asOwner()
    await db.sql`update private.data_exports
      set state = 'ready', bytes = 1, ready_at = now(), expires_at = now() + interval '1 hour'`
    expect([await seen(ada), await seen(bob), await seen(null)]).toEqual([1, 0, 0])
    await db.asOwner()
    await db.sql`update private.data_exports set expires_at = now()`
    expect(await seen(ada)).toBe(0)
    expect((await privacyOf(db, ada)).export.state).toBe('expired')
  })
})

describe('what is held', () => {
  /** Tables that speak of people and are in no copy, each for a reason. */
  const apart: Record<string, string> = {
    'auth.refresh_tokens': 'opens a door; its session is told',
    'auth.one_time_tokens': 'opens a door; lives for an hour',
    'auth.flow_state': 'opens a door; lives for minutes',
    'auth.mfa_recovery_code_sets': 'opens a door',
    'auth.webauthn_credentials': 'not in use here',
    'auth.webauthn_challenges': 'not in use here',
    'auth.oauth_authorizations': 'not in use here',
    'auth.oauth_consents': 'not in use here',
    'auth.saml_relay_states': 'not in use here',
    'auth.scim_users': 'not in use here',
    'auth.scim_external_ids': 'not in use here',
    'auth.custom_oauth_providers': 'names no person',
    'storage.buckets': 'belong to nobody',
    'storage.s3_multipart_uploads': 'an upload under way; the file is told once it is there',
    'storage.s3_multipart_uploads_parts': 'an upload under way',
  }

  test('every table that speaks of a person is in the copy, or stands apart for a reason', async ({ db }) => {
    await db.asOwner()
    const tables = await db.sql<{ name: string }>`
      select distinct format('%s.%s', relnamespace::regnamespace, relname) as name
      from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where relkind in ('r', 'p') and relnamespace::regnamespace::text in ('public', 'private', 'auth', 'storage')
        and (attname ~ '^(user|person|author|actor|owner|member|profile)(_id)?$' or attname ~ '(_by|email|_author_id)$'
          or exists (select from pg_constraint k where k.conrelid = c.oid and contype = 'f'
            and confrelid in ('auth.users'::regclass, 'public.profiles'::regclass)))
        and not exists (select from pg_inherits where inhrelid = c.oid)`
    const [source] = await db.sql<{ text: string }>`
      select string_agg(prosrc, ' ') as text from pg_proc
      where oid in ('private.personal_data'::regproc, 'private.personal_objects'::regproc)`
    const missing = tables
      .map(({ name }) => name)
      .filter((name) => !source!.text.includes(name) && !apart[name])
    expect(missing).toEqual([])
  })

  test('is told whole: an entry for every row, and no secret', async ({ db }) => {
    const ada = await db.person('ada')
    await everywhere(db, ada)
    await db.asOwner()
    const rows = await db.sql<{ subject: string; entry: object }>`
      select subject, entry from private.personal_data(${ada.id})`
    const subjects = new Set(rows.map(({ subject }) => subject))
    expect([...subjects].toSorted()).toEqual([
      'account',
      'audit_log',
      'consents',
      'decisions',
      'digest_times',
      'erasure',
      'exports',
      'files',
      'held_posts',
      'invitations_received',
      'invitations_sent',
      'join_requests',
      'last_seen',
      'mails',
      'membership',
      'moderation',
      'notification_mails',
      'notification_preferences',
      'notifications',
      'platform_role',
      'posts',
      'profile',
      'profile_details',
      'reports',
      'reputation',
      'second_factors',
      'sessions',
      'shut_out',
      'sign_in_log',
      'sign_in_methods',
      'topics',
      'topics_read',
      'unsubscribe_links',
    ])
    const posts = rows.filter(({ subject }) => subject === 'posts').map(({ entry }) => entry)
    expect(posts).toContainEqual(expect.objectContaining({ text: 'taken back zebrawords' }))
    expect(JSON.stringify(rows)).not.toMatch(/secret-hash|totp-secret/)
  })
})

/** Leaves a mark of this person in every table that can hold one. */
async function everywhere(db: Db, ada: Person): Promise<{ topic: string; own: string; quiet: string }> {
  const bob = await db.person('bob')
  await db.as(ada)
  await db.sql`select set_config('request.headers', '{"x-forwarded-for": "203.0.113.7", "user-agent": "zebra-browser"}', true)`
  await db.sql`select accept_documents(array(select id from legal_documents))`
  await db.sql`select request_data_export()`
  const open = async (title: string) =>
    (
      await db.sql<{ id: string }>`select open_topic('quality', ${title}, ${paragraphs('zebrawords')}) as id`
    )[0]!.id
  const own = await open('zebratitle, answered')
  const quiet = await open('zebratitle, quiet')
  const [gone] = await db.sql`select reply(${own}, ${paragraphs('taken back zebrawords')}) as post`
  await db.sql`select delete_post(${gone!.post.id})`
  await db.as(bob)
  await db.sql`select reply(${own}, ${paragraphs('an answer of Bob')})`
  const [topic] = await db.sql<{
    id: string
  }>`select open_topic('quality', 'A topic of Bob', ${paragraphs('Hello')}) as id`
  await db.as(ada)
  await db.sql`select reply(${topic!.id}, ${paragraphs('zebrawords for Bob')})`
  await db.sql`select request_erasure('remove', true)`
  await db.sql`select set_config('request.headers', '', true)`
  await db.asOwner()
  await db.sql`update auth.users set encrypted_password = 'secret-hash' where id = ${ada.id}`
  await db.sql`update profiles set first_name = 'Zebraname', job_title = 'Zebra keeper' where id = ${ada.id}`
  await db.sql`insert into profile_details (person_id, about) values (${ada.id}, 'zebrawords about')`
  await db.sql`insert into platform_roles (user_id, role) values (${ada.id}, 'moderator')`
  await db.sql`insert into private.shut_out (user_id) values (${ada.id})`
  await db.sql`insert into private.decisions (kind, person_id, reason, decided_by)
    values ('deactivate_person', ${ada.id}, 'zebrawords as a reason', ${bob.id})`
  await db.sql`insert into private.cases (author_id, state, decision, note, decided_at, appeal)
    values (${ada.id}, 'appealed', 'warn', 'Said by a moderator.', now(), 'zebrawords as an appeal')`
  await db.sql`insert into private.held_posts (id, author_id, opens_topic, input)
    values (gen_random_uuid(), ${ada.id}, false, '{"body": "zebrawords waiting"}')`
  await db.sql`insert into reports (case_id, post_id, reporter_id, reason, note)
    select (select id from private.cases limit 1), id, ${ada.id}, 'wrong', 'zebrawords in a report' from posts limit 1`
  await db.sql`insert into private.sent_mails (id, kind, user_id) values (gen_random_uuid(), 'welcome', ${ada.id})`
  await db.sql`insert into notification_preferences (user_id, kind, in_app, email) values (${ada.id}, 'reply', true, 'none')`
  await db.sql`insert into digest_times (user_id, hour, weekday) values (${ada.id}, 7, 0)`
  await db.sql`insert into private.unsubscribe_tokens (token_hash, user_id, kinds)
    values (sha256('of a mail'), ${ada.id}, '{reply}')`
  await db.sql`insert into files (owner_id, organization_id, purpose, size, content_type)
    values (${ada.id}, ${ada.organization}, 'avatar', 10, 'image/png')`
  await db.sql`insert into invitations (organization_id, email, role, locale, message, invited_by, name)
    values (${ada.organization}, 'new@new.example', 'member', 'en', 'zebrawords to a friend', ${ada.id}, 'New')`
  await db.sql`insert into invitations (organization_id, email, role, locale, name)
    values (${bob.organization}, ${ada.email}, 'member', 'en', 'Zebraname')`
  await db.sql`insert into join_requests (organization_id, email, first_name, last_name, locale)
    values (${bob.organization}, ${ada.email}, 'Zebraname', 'Tester', 'en')`
  await db.sql`insert into auth.identities (id, provider, provider_id, user_id, identity_data, created_at, updated_at)
    values (gen_random_uuid(), 'email', ${ada.id}, ${ada.id}, ${{ sub: ada.id, email: ada.email }}, now(), now())`
  await db.sql`insert into auth.mfa_factors (id, user_id, factor_type, status, secret, created_at, updated_at)
    values (gen_random_uuid(), ${ada.id}, 'totp', 'unverified', 'totp-secret', now(), now())`
  await db.sql`insert into auth.audit_log_entries (id, payload, created_at, ip_address)
    values (gen_random_uuid(), ${{ action: 'login', actor_id: ada.id, actor_username: ada.email }}, now(), '')`
  await db.sql`insert into private.rate_limits (bucket, subject, window_start, hits) values
    ('signup.address', encode(sha256(convert_to(${ada.email}, 'utf8')), 'hex'), now(), 1)`
  return { topic: topic!.id, own, quiet }
}

/** Erases as the worker does, but for Storage and the mail. */
async function erase(db: Db, person: Person): Promise<string> {
  await db.asOwner()
  await db.sql`update private.erasures set due_at = now() where user_id = ${person.id}`
  const [row] = await db.sql<{ id: string }>`select id from private.erasures where user_id = ${person.id}`
  const { id } = row!
  const [begun] = await db.sql`select private.begin_erasure(${id}) as begun`
  expect(begun).toEqual({ begun: true })
  for (let twice = 0; twice < 2; twice += 1) {
    await db.sql`update private.erasures set step = 'rows' where id = ${id} and step = 'files'`
    await db.sql`select private.erase_rows(${id})`
  }
  await db.sql`delete from auth.users where id = ${person.id}`
  await db.sql`update private.erasures set step = 'traces' where id = ${id}`
  await db.sql`select private.finish_erasure(${id})`
  await db.sql`select private.finish_erasure(${id})`
  return id
}

/** Every table in which one of the words still stands. */
async function whereIs(db: Db, ...words: string[]): Promise<string[]> {
  const tables = await db.sql<{ name: string }>`
    select format('%I.%I', relnamespace::regnamespace, relname) as name from pg_class
    where relkind in ('r', 'p') and not relispartition
      and relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1`
  const found: string[] = []
  for (const { name } of tables) {
    const { rows } = await db.client.query(
      `select from ${name} as entry where entry::text ilike any ($1) limit 1`,
      [words.map((word) => `%${word}%`)],
    )
    if (rows.length) found.push(name)
  }
  return found
}

/** A file that the worker has looked at, of which nothing is written yet. */
async function readyFile(db: Db, person: Person, type: 'model/step' | 'image/png'): Promise<string> {
  await db.as(person)
  const [row] = await db.sql<{ id: string }>`select create_upload('attachment', 9, ${type}) ->> 'id' as id`
  const made = [480, 1280].flatMap((size) => ['avif', 'webp'].map((format) => ({ size, format, bytes: 7 })))
  await db.asOwner()
  await db.sql`select private.settle_file(${row!.id}, ${'0'.repeat(64)},
    ${JSON.stringify(type === 'image/png' ? made : [])}, ${type === 'image/png' ? 'hash' : null})`
  await db.as(person)
  return row!.id
}

const withFiles = (...content: object[]) => ({
  type: 'doc',
  content: [...paragraphs('See').content, ...content],
})
const drawing = (file: string, name: string) => ({
  type: 'attachment',
  attrs: { file, name, size: 9, type: 'model/step' },
})
const picture = (file: string) => ({ type: 'image', attrs: { file, alt: '', width: 9, height: 9 } })

/** Ada's files, by where they stand; Bob answers her topic, so that its place outlives her. */
async function filesOf(db: Db, ada: Person): Promise<Record<string, string>> {
  const bob = await db.person('bob')
  const stands: Record<string, string> = {}
  for (const place of ['standing', 'deleted', 'replaced', 'begun', 'unused'])
    stands[place] = await readyFile(db, ada, 'model/step')
  stands.picture = await readyFile(db, ada, 'image/png')
  const [topic] = await db.sql<{ id: string }>`select open_topic('quality', 'With her files',
    ${withFiles(drawing(stands.standing!, 'مضخة.step'), picture(stands.picture!))}) as id`
  const answer = async (body: object) =>
    (await db.sql<{ post: { id: string } }>`select reply(${topic!.id}, ${body}) as post`)[0]!.post.id
  const gone = await answer(withFiles(drawing(stands.deleted!, 'gone.step')))
  await db.sql`select delete_post(${gone})`
  const changed = await answer(withFiles(drawing(stands.replaced!, 'first try.step')))
  await db.sql`select edit_post(${changed}, ${paragraphs('Without it')})`
  await db.sql`select save_draft('topic', ${{ body: withFiles(drawing(stands.begun!, 'begun.step')) }})`
  await db.as(bob)
  await db.sql`select reply(${topic!.id}, ${paragraphs('Thank you')})`
  return stands
}

describe('the files of what one wrote', () => {
  test('are in the copy: a document by its name wherever it stands, of a picture the largest', async ({
    db,
  }) => {
    const ada = await db.person('ada')
    const stands = await filesOf(db, ada)
    await db.asOwner()
    const kept = await db.sql`select file, path, name from private.personal_attachments(${ada.id})`
    const original = (place: string, name: string | null) => ({
      file: stands[place],
      path: `${stands[place]}/original`,
      name,
    })
    expect(new Set(kept)).toEqual(
      new Set([
        original('standing', 'مضخة.step'),
        original('deleted', 'gone.step'),
        original('replaced', 'first try.step'),
        original('begun', 'begun.step'),
        original('unused', null),
        { file: stands.picture, path: `${stands.picture}/1280.webp`, name: null },
      ]),
    )
    const [told] = await db.sql<{ entry: object }>`select entry from private.personal_data(${ada.id})
      where subject = 'files' and entry ->> 'id' = ${stands.standing!}`
    expect(told!.entry).toMatchObject({ name: 'مضخة.step', post: expect.any(String), size: 9 })
    const eve = await db.person('eve')
    expect(await db.sql`select from private.personal_attachments(${eve.id})`).toEqual([])
  })

  test.for<[choice: string, stay: string[]]>([
    ['keep_without_name', ['picture', 'standing']],
    ['remove', []],
  ])('go with them, but for what stands in words that stay (%s)', async ([choice, stay], { db }) => {
    const ada = await db.person('ada')
    const stands = await filesOf(db, ada)
    await ask(db, ada, choice)
    await erase(db, ada)
    const left = await db.sql<{ id: string; owner_id: null }>`select id, owner_id from files order by id`
    expect(left).toEqual(
      stay
        .map((place) => ({ id: stands[place]!, owner_id: null }))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    )
    const removed = await db.sql<{ file: string }>`select data ->> 'file' as file from pgboss.job
      where name = 'media.remove-objects' and data ->> 'bucket' = 'attachments'`
    const places = Object.keys(stands).filter((place) => !stay.includes(place))
    expect(new Set(removed.map(({ file }) => file))).toEqual(new Set(places.map((place) => stands[place])))
  })
})

describe('asking to be forgotten', () => {
  test('takes a session that has just been signed in', async ({ db }) => {
    const ada = await db.person('ada')
    await db.asOwner()
    await db.sql`update auth.sessions set created_at = now() - interval '6 minutes' where id = ${ada.session}`
    await expect(ask(db, ada)).rejects.toEqual(refusal('reauthentication_required'))
  })

  test('is done in 14 days, told by mail, and asking again changes the choice and not the day', async ({
    db,
  }) => {
    const ada = await db.person('ada')
    const first = await ask(db, ada, 'remove')
    expect(first).toMatchObject({ choice: 'remove' })
    expect(Date.parse(first.due_at) - Date.parse(first.requested_at)).toBe(14 * 24 * 60 * 60 * 1000)
    expect(await ask(db, ada, 'keep_without_name')).toEqual({ ...first, choice: 'keep_without_name' })
    expect((await privacyOf(db, ada)).erasure).toMatchObject({ choice: 'keep_without_name' })
    await db.asOwner()
    expect(
      await db.sql`select distinct data ->> 'notice' as notice from pgboss.job where name = 'personal-data.send-erasure-notice'`,
    ).toEqual([{ notice: 'requested' }])
  })

  test('is taken back as long as it has not begun', async ({ db }) => {
    const ada = await db.person('ada')
    await ask(db, ada)
    await db.sql`select cancel_erasure()`
    await db.sql`select cancel_erasure()`
    expect((await privacyOf(db, ada)).erasure).toBeNull()
    await ask(db, ada)
    await db.asOwner()
    await db.sql`update private.erasures set step = 'files'`
    await db.as(ada)
    await expect(db.sql`select cancel_erasure()`).rejects.toEqual(refusal('erasure_begun'))
  })

  test('of a company’s last admin waits for another, and the refusal is remembered', async ({ db }) => {
    const ada = await db.person('ada')
    const abe = await db.colleague(ada, 'abe')
    expect((await privacyOf(db, ada)).company).toBe('hand_over')
    expect(await ask(db, ada)).toMatchObject({ details: 'last_admin' })
    await db.asOwner()
    expect(
      await db.sql`select code from audit_events where action = 'personal_data.request_erasure'`,
    ).toEqual([{ code: 'last_admin' }])
    expect((await privacyOf(db, abe)).company).toBe('stays')
  })

  test('by somebody who is alone in their company says that it goes too', async ({ db }) => {
    const ada = await db.person('ada')
    expect((await privacyOf(db, ada)).company).toBe('goes')
    await expect(ask(db, ada, 'remove', false)).rejects.toEqual(refusal('company_goes_too'))
  })

  test('by the only platform admin waits for another', async ({ db }) => {
    const pat = await db.person('pat')
    await db.asOwner()
    await db.sql`insert into platform_roles (user_id, role) values (${pat.id}, 'admin')`
    await db.secondFactor(pat)
    expect(await ask(db, pat)).toMatchObject({ details: 'last_platform_admin' })
  })

  test('without a choice is refused', async ({ db }) => {
    await db.as(await db.person('ada'))
    await expect(db.sql`select request_erasure(null)`).rejects.toEqual(refusal('invalid_input'))
  })

  test('is open to whoever has lost their place here', async ({ db }) => {
    const ada = await db.person('ada')
    await db.asOwner()
    await db.sql`delete from memberships where user_id = ${ada.id}`
    expect(await ask(db, ada, 'keep_without_name', false)).toMatchObject({ choice: 'keep_without_name' })
  })
})

describe('being forgotten', () => {
  test('does not begin before its day, and shuts the door when it does', async ({ db }) => {
    const ada = await db.person('ada')
    await ask(db, ada)
    await db.asOwner()
    const [row] = await db.sql<{ id: string }>`select id from private.erasures`
    expect(await db.sql`select private.begin_erasure(${row!.id}) as begun`).toEqual([{ begun: false }])
    await db.sql`update private.erasures set due_at = now()`
    expect(await db.sql`select private.begin_erasure(${row!.id}) as begun`).toEqual([{ begun: true }])
    expect(await db.sql`select private.begin_erasure(${row!.id}) as begun`).toEqual([{ begun: true }])
    await db.as(ada)
    await expect(db.sql`select cancel_erasure()`).rejects.toEqual(refusal('session_ended'))
  })

  test('with all one wrote: nobody finds a word, a name, an address or an id, but the id in the log', async ({
    db,
  }) => {
    const ada = await db.person('ada')
    const { own, quiet, topic } = await everywhere(db, ada)
    expect((await whereIs(db, ada.id, ada.email, 'zebra')).length).toBeGreaterThan(20)
    await erase(db, ada)

    expect(await whereIs(db, ada.email, 'zebra')).toEqual([])
    expect(await whereIs(db, ada.id)).toEqual(['public.audit_events'])
    expect(await whereIs(db, "ada's works")).toEqual([])
    expect(await db.sql`select from topics where id = ${quiet}`).toEqual([])
    // Bob's answer keeps its place under a topic that tells nothing.
    expect(await db.sql`select title, author_id, reply_count from topics where id = ${own}`).toEqual([
      { title: 'Removed · محذوف', author_id: null, reply_count: 1 },
    ])
    expect(await db.sql`select reply_count from topics where id = ${topic}`).toEqual([{ reply_count: 0 }])
    expect(await db.sql`select body_text from posts where body is not null order by 1`).toEqual([
      { body_text: 'an answer of Bob' },
      { body_text: 'Hello' },
    ])
  })

  test('but for what one wrote: it stays without a name, and what was taken back does not', async ({
    db,
  }) => {
    const ada = await db.person('ada')
    const { own } = await everywhere(db, ada)
    await ask(db, ada, 'keep_without_name')
    await erase(db, ada)

    expect(await whereIs(db, ada.email, 'zebraname', 'zebra keeper', 'zebra-browser', 'taken back')).toEqual(
      [],
    )
    expect(await whereIs(db, ada.id)).toEqual(['public.audit_events'])
    expect(await whereIs(db, 'zebra')).toEqual([
      'private.search_entries',
      'private.topic_titles',
      'public.posts',
      'public.topics',
    ])
    expect(
      await db.sql`select title, author_id, last_author_id is null as bob_is_gone from topics where id = ${own}`,
    ).toEqual([{ title: 'zebratitle, answered', author_id: null, bob_is_gone: false }])
  })

  test('leaves the counts of a category true', async ({ db }) => {
    const counts = () => db.sql`select topic_count, (
      select count(*)::int from topics where category_id = categories.id and visibility = 'community' and deleted_at is null) as counted
      from categories where slug = 'quality'`
    const ada = await db.person('ada')
    await everywhere(db, ada)
    await erase(db, ada)
    const [row] = await counts()
    expect(row!.topic_count).toBe(row!.counted)
    expect(row!.counted).toBe(2)
  })

  test('hands the company on where its people have been left without an admin since', async ({ db }) => {
    const ada = await db.person('ada')
    const abe = await db.colleague(ada, 'abe')
    await db.asOwner()
    await db.sql`update memberships set role = 'admin' where user_id = ${abe.id}`
    await ask(db, ada)
    await db.asOwner()
    await db.sql`update memberships set role = 'member' where user_id = ${abe.id}`
    await erase(db, ada)
    expect(await db.sql`select role from memberships where user_id = ${abe.id}`).toEqual([{ role: 'admin' }])
  })

  test('is known afterwards only as having been done', async ({ db }) => {
    const ada = await db.person('ada')
    await ask(db, ada)
    const id = await erase(db, ada)
    expect(await db.sql`select id, user_id, step from private.erasures`).toEqual([
      { id, user_id: null, step: 'done' },
    ])
    expect(
      await db.sql`select actor_id, subject_id from audit_events where action = 'personal_data.erase'`,
    ).toEqual([{ actor_id: null, subject_id: ada.id }])
  })
})

test('the seven days and the fourteen are said alike everywhere', async () => {
  const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8')
  expect(await read('../44_personal_data/1_tables.sql')).toContain("interval '14 days'")
  expect(await read('../../packages/worker/src/jobs/personal-data/build-export.ts')).toContain("'7 days'")
  const texts = await read('../../supabase/migrations/20261121000400_legal_documents.sql')
  expect(texts).toMatch(/14 days.*/)
  expect(texts).toMatch(/seven days/)
})

test('a copy names no topic that its person can’t read any more, but for their own', async ({ db }) => {
  const ada = await db.person('ada')
  const bob = await db.colleague(ada, 'bob')
  await db.as(ada)
  const [{ topic }] = await db.sql`
    select open_topic('quality', 'Between us', ${paragraphs('Ready')}, 'organization') as topic`
  await db.as(bob)
  await db.sql`select reply(${topic}, ${paragraphs('Noted')})`
  const named = async () => {
    await db.asOwner()
    const rows = await db.sql`
      select entry ->> 'topic' as topic from private.personal_data(${bob.id}) where subject = 'posts'`
    return rows.map((row) => row.topic)
  }
  expect(await named()).toEqual(['Between us'])
  await db.sql`delete from memberships where user_id = ${bob.id}`
  await db.sql`update topics set title = 'Sale of plant 2' where id = ${topic}`
  expect(await named()).toEqual([null])
})

test('who is being forgotten gets no copy that was being made', async ({ db }) => {
  const ada = await db.person('ada')
  await db.asOwner()
  await db.sql`insert into private.data_exports (user_id, state) values (${ada.id}, 'building')`
  const [{ id }] = await db.sql`insert into private.erasures (user_id, choice, due_at)
    values (${ada.id}, 'remove', now()) returning id`
  await db.sql`select private.begin_erasure(${id})`
  expect(await db.sql`select state from private.data_exports`).toEqual([{ state: 'failed' }])
})
