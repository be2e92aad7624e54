import { type Db, type Person, paragraphs } from '@p2p/database/testing'

/** What nobody outside of Ada's company may ever read, wherever it is written. */
export const secret = 'adas-secret'

export type World = {
  people: Record<'ada' | 'abe' | 'bob' | 'rae' | 'dan' | 'sue' | 'pia' | 'mo' | 'pat', Person>
  /** One id of each kind of thing there is, by table; Ada's where she has one. */
  ids: Record<string, string>
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
  await db.asOwner()
  return { people, ...(await idsOf(db, people)) }
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
