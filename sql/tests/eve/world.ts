import { type Db, type Person, paragraphs } from '@p2p/database/testing'

/** What nobody outside of Ada's company may ever read, wherever it is written. */
export const secret = 'adas-secret'

export type World = {
  people: Record<'ada' | 'abe' | 'bob' | 'rae' | 'dan' | 'sue' | 'pia' | 'mo' | 'pat', Person>
  /** One id of each kind of thing there is, by table; Ada's where she has one. */
  ids: Record<string, string>
  /** A topic of Bob's that everybody can read. */
  open: string
  /** All categories there are. */
  categories: string[]
  /** Those of them that are hers alone. */
  hers: string[]
}

/**
 * Ada has something of everything, hers or her company's alone. Her colleagues: Abe, Rae who was removed, Dan who is
 * deactivated. Of other companies: Bob, Sue (suspended), Pia (not verified), the moderator Mo, and Pat, an admin of the
 * platform who has not confirmed a second factor.
 */
export async function world(db: Db): Promise<World> {
  const ada = await db.person('ada')
  const people = {
    ada,
    abe: await db.colleague(ada, 'abe'),
    rae: await db.colleague(ada, 'rae'),
    dan: await db.colleague(ada, 'dan'),
    bob: await db.person('bob'),
    sue: await db.person('sue'),
    pia: await db.person('pia', { verified: false }),
    mo: await db.person('mo'),
    pat: await db.person('pat'),
  }
  await db.sql`update profiles set status = 'deactivated' where id = ${people.dan.id}`
  await db.sql`update organizations set status = 'suspended' where id = ${people.sue.organization}`
  await db.sql`delete from memberships where user_id = ${people.rae.id}`
  await db.sql`insert into platform_roles (user_id, role) values (${people.mo.id}, 'moderator'), (${people.pat.id}, 'admin')`
  await db.sql`update auth.users set email = ${`${secret}@ada.example`} where id = ${ada.id}`
  for (const give of Object.values(hers)) await give(db, ada)
  await db.as(people.bob)
  const [{ open }] = await db.sql`
    select open_topic('quality', 'Open to all', ${paragraphs('Of no secret')}) as open`
  await db.asOwner()
  await db.sql`insert into tags (slug, name_en, name_ar) values ('casting', 'Casting', 'سباكة'), ('pumps', 'Pumps', 'مضخات')`
  const [{ categories }] = await db.sql`select array_agg(id::text) as categories from categories`
  return { people, open, categories, ...(await idsOf(db, people)) }
}

/** How Ada comes to have a row in a table, where signing up does not give her one. */
const hers: Record<string, (db: Db, ada: Person) => Promise<unknown>> = {
  async posts(db, ada) {
    await db.as(ada)
    const [topic] = await db.sql`
      select open_topic('quality', ${secret}, ${paragraphs(secret)}, 'organization') as id`
    await db.sql`select reply(${topic.id}, ${paragraphs(secret)})`
    const [post] = await db.sql`select reply(${topic.id}, ${paragraphs(secret)}) as answer`
    await db.sql`select delete_post((${post.answer}::jsonb ->> 'id')::uuid)`
    await db.asOwner()
  },
  drafts: (db, ada) =>
    db.sql`insert into drafts (user_id, key, content) values (${ada.id}, 'edit:' || gen_random_uuid(), ${{ title: secret }})`,
  async invitations(db, ada) {
    await db.as(ada)
    await db.sql`select invite_people(${JSON.stringify([{ email: `${secret}@invited.example` }])}, 'member', 'en', ${secret})`
    await db.asOwner()
    await db.sql`insert into private.invitation_secrets (token_hash, invitation_id, sending)
      select sha256('a token'), id, sending from invitations where organization_id = ${ada.organization}`
    await db.sql`insert into join_requests (organization_id, email, first_name, last_name, locale, message)
      values (${ada.organization}, ${`${secret}@ada.example`}, 'Noura', 'Asks', 'en', ${secret})`
  },
  decisions: (db, ada) =>
    db.sql`insert into private.decisions (kind, organization_id, reason)
      values ('suspend_organization', ${ada.organization}, ${`Because of ${secret}`})`,
  async attachments(db) {
    await db.sql`insert into files (id, purpose, size, content_type, status, settled_at, renditions, stored_bytes, attached_at)
      select id, 'attachment', 1, 'model/step', 'ready', now(), '[]', 1, now() from posts where number = 1`
    await db.sql`insert into post_files (file_id, post_id, topic_id, content_type, size, renditions)
      select id, id, topic_id, 'model/step', 1, '[]' from posts where number = 1`
  },
  async votes(db) {
    const [{ abe }] = await db.sql`select id as abe from auth.users where email = 'abe@abe.example'`
    await db.sql`insert into votes (post_id, user_id)
      select posts.id, ${abe} from posts join topics on topics.id = topic_id where title = ${secret} and number = 2`
    await db.sql`insert into private.topic_nudges (topic_id) select id from topics where title = ${secret}`
  },
  revisions: (db) =>
    db.sql`insert into post_revisions (post_id, revision, body, written_at, editor_id, visibility)
      select posts.id, 9, body, now(), posts.author_id, topics.visibility from posts join topics on topics.id = topic_id
      where title = ${secret} and number = 1`,
  registrations: (db, ada) =>
    db.sql`insert into registrations (organization_id, number, registry_name) values (${ada.organization}, '1010123456', ${secret})`,
  async personal_data(db) {
    const [{ abe }] = await db.sql`select id as abe from auth.users where email = 'abe@abe.example'`
    await db.sql`insert into private.data_exports (user_id) values (${abe})`
    await db.sql`insert into private.erasures (user_id, choice, due_at) values (${abe}, 'remove', now() + interval '14 days')`
  },
  sent_mails: (db, ada) =>
    db.sql`insert into private.sent_mails (id, kind, user_id) values (gen_random_uuid(), ${secret}, ${ada.id})`,
  shut_out: (db, ada) => db.sql`insert into private.shut_out (user_id) values (${ada.id})`,
  notifications: async (db, ada) => {
    await db.sql`select private.notify(array[${ada.id}]::uuid[], 'reply', 'topic:' || id, id, 1, null)
      from topics where title = ${secret}`
    // What she has read stays as it is, whoever answers her.
    await db.sql`update notifications set read_at = now()`
    await db.sql`insert into notification_preferences (user_id, kind, in_app, email) values (${ada.id}, 'reply', true, 'daily')`
    await db.sql`insert into digest_times (user_id, hour, weekday) values (${ada.id}, 8, 0)`
    await db.sql`insert into private.unsubscribe_tokens (token_hash, user_id, kinds) values (sha256('of a mail'), ${ada.id}, '{reply}')`
  },
  // Of a moderator's, which he cannot decide, one that he may, and one of hers that is over.
  async moderation(db, ada) {
    const [{ mo, pat, bob }] = await db.sql`select
      (select id from auth.users where email = 'mo@mo.example') as mo,
      (select id from auth.users where email = 'pat@pat.example') as pat,
      (select id from auth.users where email = 'bob@bob.example') as bob`
    await db.sql`insert into private.cases (id, author_id) values ('00000000-0000-4000-8000-0000000000c1', ${mo})`
    await db.sql`insert into private.cases (id, author_id, state, decision, note, decided_at) values
      ('00000000-0000-4000-8000-0000000000c2', ${pat}, 'decided', 'warn', 'For a good reason.', now()),
      ('00000000-0000-4000-8000-0000000000c3', ${bob}, 'decided', 'warn', 'For a good reason.', now())`
    await db.sql`insert into private.cases (author_id, state, decision, note, decided_at, outcome)
      values (${ada.id}, 'closed', 'warn', 'For a good reason.', now(), 'upheld')`
    await db.sql`insert into reports (case_id, post_id, reporter_id, reason, note)
      select '00000000-0000-4000-8000-0000000000c1', id, ${ada.id}, 'spam', 'For a good reason.' from posts limit 1`
  },
  // Hers, which is decided, and one of Bob's that moderators may decide.
  async held_posts(db, ada) {
    const [{ bob }] = await db.sql`select id as bob from auth.users where email = 'bob@bob.example'`
    const written = { title: 'A first topic', tags: [], template_answers: {}, body: paragraphs('Hello') }
    await db.sql`insert into posting_rules (held_first_posts) values (0)`
    await db.sql`insert into private.held_posts (id, author_id, opens_topic, input, state, note, decided_at)
      values ('00000000-0000-4000-8000-0000000000d1', ${ada.id}, true, ${written}, 'refused', 'For a good reason.', now())`
    await db.sql`insert into private.held_posts (id, author_id, opens_topic, category_id, input)
      select '00000000-0000-4000-8000-0000000000d2', ${bob}, true, id, ${written} from categories where slug = 'quality'`
    await db.sql`insert into private.waiting_files (file_id, waits_in)
      select file_id, '00000000-0000-4000-8000-0000000000d1' from post_files limit 1`
  },
  consents: (db, ada) =>
    db.sql`insert into consents (user_id, document_id, ip) select ${ada.id}, id, '203.0.113.7' from legal_documents`,
  async profile_details(db, ada) {
    await db.as(ada)
    await db.sql`select update_profile(${{ audience: 'organization', about: secret, expertise: [secret] }})`
    await db.asOwner()
  },
  async files(db, ada) {
    await db.as(ada)
    await db.sql`select create_upload('avatar', 20, 'image/png')`
    await db.asOwner()
  },
}

/** Of each table the id of a row of Ada's that is not deleted, or of any row where rows are nobody's. */
async function idsOf(db: Db, { ada, abe, pia }: World['people']): Promise<Pick<World, 'ids' | 'hers'>> {
  const ids: Record<string, string> = {
    ada: ada.id,
    colleague: abe.id,
    unverified: pia.id,
    session: ada.session,
  }
  const hers: string[] = []
  for (const table of await tablesOf(db)) {
    const { rows } = await db.client.query<{ id: string; hers: boolean }>(
      `select row ->> 'id' as id, row::text ~ $1 as hers from ${table} as t, to_jsonb(t) as row where row ? 'id'
       order by 2 desc, row ->> 'deleted_at' nulls first, row ->> 'number' desc nulls last limit 1`,
      [[ada.id, abe.id, ada.organization].join('|')],
    )
    if (rows[0]) ids[table] = rows[0].id
    if (rows[0]?.hers) hers.push(rows[0].id)
  }
  return { ids, hers: hers.filter((id) => id.length > 20) }
}

/** All tables of ours, and Auth's that hold people. */
export async function tablesOf(db: Db): Promise<string[]> {
  const { rows } = await db.client.query<{ name: string }>(`
    select format('%s.%I', relnamespace::regnamespace, relname) as name from pg_class
    where relkind in ('r', 'p') and (relnamespace in ('public'::regnamespace, 'private'::regnamespace)
      or oid in ('auth.users'::regclass, 'auth.identities'::regclass, 'auth.mfa_factors'::regclass,
        'storage.objects'::regclass))
    order by 1`)
  return rows.map(({ name }) => name)
}

/** All rows that speak of these ids, as text, by table. */
export async function rowsAbout(db: Db, ids: string[], tables: string[]): Promise<string[]> {
  const each = tables.map(
    (table) =>
      `select '${table} ' || to_jsonb(t)::text as row from ${table} as t where to_jsonb(t)::text ~ $1`,
  )
  const { rows } = await db.client.query<{ row: string }>(each.join(' union all '), [ids.join('|')])
  return rows.map(({ row }) => row).sort()
}
