import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type Supabase, signIn } from '../../packages/client/src/index.ts'
import { withClient } from '../../packages/database/testing/database.ts'
import { type Config, stackConfig } from '../../packages/stack/src/index.ts'
import { neverTooOften } from './forum-fill.ts'
import { startPlatform } from './platform.ts'

// Below the ports that systems give to outgoing connections, of which a load test makes many.
const port = 31_000
const password = 'sandbox-demo-2026'
const reader = 'omar@jubail-polymers.example'
const writers = [
  'noura@najd-castings.example',
  'fahad@najd-castings.example',
  'lina@jubail-polymers.example',
  'salman@hijaz-foods.example',
  'priya@eastern-packaging.example',
  'admin@p2p-sandbox.example',
]

/** `claims` is what the token says, for those who speak to Postgres directly. */
export type Caller = { token: string; claims: object }

export type World = Caller & {
  config: Config
  supabase: Supabase
  /** The person who reads and writes, and a topic with 200 posts among 10,000 topics. */
  person: string
  topic: string
  /** Other people, and for each a topic with 10 posts in which nobody else writes. */
  writers: (Caller & { topic: string })[]
  stop(): Promise<void>
}

/** Starts the platform twice, cold and warm, and fills its forum. */
export async function startWorld(say: (line: string) => void) {
  const dir = await mkdtemp(join(tmpdir(), 'p2p-bench-'))
  const config = stackConfig({ STACK_PORT: port, STACK_DIR: dir })
  say('Starting, cold')
  const cold = await startPlatform(port, dir)
  await cold.stop()
  say('Starting, warm')
  const warm = await startPlatform(port, dir)

  say('Filling the forum: 10,000 topics, 100,000 posts')
  await withClient(config.urls.database, fill)
  const enter = async (email: string) => {
    const { url, key } = { url: config.urls.api, key: config.keys.publishable }
    const supabase = connect({ url, key, auth: { persistSession: false } })
    const { access_token: token, user } = await signIn(supabase, { email, password })
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    return { supabase, token, claims, person: user.id }
  }
  const topicNamed = (title: string): Promise<string> =>
    withClient(config.urls.database, async (client) => {
      const { rows } = await client.query('select id from public.topics where title = $1', [title])
      return rows[0].id
    })
  const world: World = {
    config,
    ...(await enter(reader)),
    topic: await topicNamed('Topic 1'),
    writers: await Promise.all(
      writers.map(async (email, place) => ({
        ...(await enter(email)),
        topic: await topicNamed(`Topic ${place + 2}`),
      })),
    ),
    async stop() {
      await warm.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
  const starts = [
    { start: 'cold (empty folder)', seconds: cold.seconds },
    { start: 'warm (data kept)', seconds: warm.seconds },
  ]
  return { world, starts }
}

const fill = async (client: { query(text: string): Promise<unknown> }) => {
  for (const statement of [
    // Nobody listens to these: the announcements would only be waited for.
    'alter table public.posts disable trigger user',
    'alter table public.topics disable trigger user',
    `insert into public.topics (category_id, organization_id, author_id, last_author_id, visibility, title, numbered_to, last_number, reply_count, last_post_at)
     select categories.id, people.organization_id, people.user_id, people.user_id,
       case when i % 10 = 0 then 'organization' else 'community' end::public.visibility,
       'Topic ' || i, case when i = 1 then 200 else 10 end, case when i = 1 then 200 else 10 end, case when i = 1 then 199 else 9 end, now() - i * interval '1 minute'
     from generate_series(1, 10000) as i
     join (select id, row_number() over (order by position) as place from public.categories) as categories on categories.place = 1 + i % 7
     join (select *, row_number() over (order by user_id) as place from public.memberships) as people on people.place = 1 + i % 7`,
    `insert into public.posts (topic_id, number, depth, path, author_id, visibility, organization_id, body)
     select topics.id, number, least(number - 1, 1), case when number > 1 then lpad(to_hex(number), 6, '0') else '' end, topics.author_id, topics.visibility, topics.organization_id, jsonb_build_object('type', 'doc', 'content',
       jsonb_build_array(jsonb_build_object('type', 'paragraph', 'content', jsonb_build_array(
         jsonb_build_object('type', 'text', 'text', repeat('What we measured on the line. ', 8))))))
     from public.topics, generate_series(1, topics.last_number) as number where title like 'Topic %'`,
    'alter table public.posts enable trigger user',
    'alter table public.topics enable trigger user',
    'select private.recount_reputation()',
    neverTooOften,
    'analyze',
  ]) {
    await client.query(statement)
  }
}
