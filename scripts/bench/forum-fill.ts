import type pg from 'pg'
import { withClient } from '../../packages/database/testing/database.ts'

const vocabulary = 20_000
const texts = 5_000
const postsOfTopic = 20

/** The nth most used word; words are used as in a language, the nth about as often as one over n. */
export const wordAt = (nth: number) => `word${nth.toString(36).padStart(3, 'q')}x`
/** In one post of all. */
export const rareWord = 'supercalender'

/** Who reads, a few thousand topics with a page of posts each, and where page 200 of the list begins. */
export type Reader = { id: string; topics: string[]; deep: string; deepAt: string }

/** How often somebody acts is counted as ever, but never found too often: that is not what is measured. */
export const neverTooOften = `
  create function private.forget_hits() returns trigger language plpgsql as 'begin new.hits := 1; return new; end';
  create trigger before_update_forget before update on private.rate_limits
    for each row execute function private.forget_hits()`

/** Fills an empty forum past its triggers, and keeps by hand what they would have kept. */
export async function fillForum(adminUrl: string, posts: number): Promise<Reader> {
  return withClient(adminUrl, async (client) => {
    const reader = await signUp(client)
    await client.query('set session_replication_role = replica')
    // It is true of these, and asking would take longer than the filling.
    await client.query('alter table public.posts drop constraint body_is_a_document')
    await client.query(
      'create temporary table vocabulary as select * from unnest($1::text[]) with ordinality as words (word, n)',
      [Array.from({ length: vocabulary }, (_, place) => wordAt(place + 1))],
    )
    for (const statement of statements(posts)) await client.query(statement)
    await client.query('set session_replication_role = origin')
    await client.query(neverTooOften)
    await client.query(
      'alter table public.posts add constraint body_is_a_document check (body is null or private.is_document(body)) not valid',
    )
    await client.query('vacuum analyze')
    const { rows } = await client.query(
      `select id from public.topics where visibility = 'community' order by last_post_at desc limit 2000`,
    )
    return { id: reader, topics: rows.map(({ id }) => id), ...(await pageOf(client, reader, 200)) }
  })
}

async function signUp(client: pg.Client): Promise<string> {
  const { rows } = await client.query(
    `insert into auth.users (id, email, raw_user_meta_data) values (gen_random_uuid(), 'reader@bench.example',
       '{"first_name": "Omar", "last_name": "Reader", "organization_name": "Bench", "locale": "en"}') returning id`,
  )
  const id = rows[0].id
  await client.query('update auth.users set email_confirmed_at = now() where id = $1', [id])
  await client.query(`insert into auth.sessions (id, user_id, aal) values ($1, $1, 'aal1')`, [id])
  return id
}

type List = { topics: { last_post_at: string }[]; next: string | null }

/** Where a page of the list begins, as a cursor and as the time of the last topic before it. */
async function pageOf(client: pg.Client, reader: string, page: number) {
  await client.query(`select set_config('request.jwt.claims', $1, false)`, [
    JSON.stringify({ sub: reader, session_id: reader, role: 'authenticated' }),
  ])
  let after: string | null = null
  let at = ''
  for (let nth = 0; nth < page / 5; nth++) {
    const list: List = await client
      .query('select public.list_topics(after => $1, size => 100) as list', [after])
      .then(({ rows }) => rows[0].list)
    // A small forum ends before: its last page stands for it.
    if (!list.next) break
    after = list.next
    at = list.topics.at(-1)?.last_post_at ?? at
  }
  if (!after) throw new Error('The list has no second page.')
  return { deep: after, deepAt: at }
}

const statements = (posts: number) => {
  const topics = posts / postsOfTopic
  return [
    'create unique index on vocabulary (n)',
    // Thirty words each, drawn so that their logarithms are even: as often as words of a language.
    `create temporary table texts as
     select draws.n, string_agg(word, ' ') as text from (
       select n, floor(${vocabulary} ^ random())::int as drawn from generate_series(1, ${texts}) as n, generate_series(1, 30) as word) as draws
     join vocabulary on vocabulary.n = least(greatest(drawn, 1), ${vocabulary}) group by draws.n`,
    `alter table texts add body jsonb, add words tsvector`,
    `update texts set body = jsonb_build_object('type', 'doc', 'content', jsonb_build_array(jsonb_build_object(
       'type', 'paragraph', 'content', jsonb_build_array(jsonb_build_object('type', 'text', 'text', text))))),
       words = private.search_vector(text)`,
    'create unique index on texts (n)',
    `create temporary table writers as select gen_random_uuid() as id, n from generate_series(1, 500) as n`,
    `insert into public.organizations (id, name, domain, status)
     select id, 'Works ' || n, 'works-' || n || '.example', 'active' from writers where n <= 100`,
    `insert into auth.users (id, email, email_confirmed_at, created_at, updated_at)
     select id, 'writer-' || n || '@works.example', now(), now(), now() from writers`,
    `insert into public.profiles (id, first_name, last_name, job_title, status)
     select id, 'Writer', 'No ' || n, 'Engineer', 'active' from writers`,
    `insert into public.reputations (person_id) select id from writers`,
    `insert into public.memberships (user_id, organization_id)
     select writers.id, companies.id from writers join writers as companies on companies.n = 1 + writers.n % 100`,
    `create temporary table opened as
     select gen_random_uuid() as id, made.n, writers.id as author_id, companies.id as organization_id,
       case when made.n % 10 = 0 then 'organization' else 'community' end::public.visibility as visibility,
       now() - (${topics} - made.n) * interval '5 minutes' as at, categories.id as category_id
     from generate_series(1, ${topics}) as made (n)
     join writers on writers.n = 1 + made.n % 500
     join writers as companies on companies.n = 1 + writers.n % 100
     join (select id, row_number() over (order by position) as place, count(*) over () as all from public.categories) as categories
       on categories.place = 1 + made.n % categories.all`,
    `insert into public.topics (id, category_id, organization_id, author_id, last_author_id, visibility, title, numbered_to,
       last_number, reply_count, trend, created_at, last_post_at)
     select opened.id, category_id, organization_id, author_id, author_id, visibility,
       initcap(array_to_string((string_to_array(text, ' '))[1:4], ' ')), ${postsOfTopic}, ${postsOfTopic}, ${postsOfTopic} - 1,
       private.topic_trend(0, ${postsOfTopic} - 1, at), at, at + interval '4 minutes'
     from opened join texts on texts.n = 1 + opened.n % ${texts}`,
    `insert into public.posts (topic_id, number, depth, path, author_id, visibility, organization_id, body, created_at)
     select opened.id, number, (number > 1)::int, case when number > 1 then lpad(to_hex(number), 6, '0') else '' end,
       writers.id, visibility, organization_id, body, at + number * interval '10 seconds'
     from opened cross join generate_series(1, ${postsOfTopic}) as number
     join texts on texts.n = 1 + (opened.n * 31 + number * 17) % ${texts}
     join writers on writers.n = 1 + (opened.n + number) % 500`,
    `insert into private.search_entries (id, kind, topic_id, visibility, organization_id, words, written_at)
     select topics.id, 'topic', topics.id, visibility, organization_id, private.search_vector(title), created_at from public.topics`,
    `insert into private.search_entries (id, kind, topic_id, visibility, organization_id, words, written_at)
     select posts.id, 'post', topic_id, posts.visibility, posts.organization_id, words, posts.created_at
     from public.posts join texts on texts.text = posts.body_text`,
    `update private.search_entries set words = words || private.search_vector('${rareWord}')
     where id = (select id from public.posts where number = 2 order by created_at limit 1)`,
    `insert into private.known_words select word, 10 from vocabulary where length(word) between 3 and 40 on conflict do nothing`,
    `insert into public.topic_readers (user_id, topic_id, level, read_number, read_at)
     select users.id, opened.id, 'following', ${postsOfTopic} - 5, now()
     from auth.users, opened where email = 'reader@bench.example' and n % greatest(1, ${topics} / 300) = 0 and visibility = 'community'`,
  ]
}
