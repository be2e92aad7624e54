import pg from 'pg'
import { type Figures, figures, load } from './load.ts'
import { rounded } from './table.ts'
import type { Caller, World } from './world.ts'

const connections = [1, 10, 50]

export type Act = { name: string; path: string; sql: string } & Turn & {
    /** Where several people do it, each on a connection of their own: who, and with what. */
    turns?: (Caller & Turn)[]
  }
type Turn = { body: object; values: unknown[] }

const document = {
  type: 'doc',
  content: [{ type: 'paragraph', content: [{ type: 'text', text: 'We measured it again this morning.' }] }],
}

const acts = ({ topic, writers }: World): Act[] => [
  { name: 'topic list', path: 'list_topics', body: {}, sql: 'select public.list_topics()', values: [] },
  {
    name: 'topic page (20 branches)',
    path: 'topic_page',
    body: { topic },
    sql: 'select public.topic_page($1)',
    values: [topic],
  },
  { ...reply, name: 'reply, all in one topic', ...replyIn(topic) },
  {
    ...reply,
    name: 'reply, each in a topic',
    ...replyIn(topic),
    turns: writers.map((writer) => ({ ...writer, ...replyIn(writer.topic) })),
  },
]

const reply = { path: 'reply', sql: 'select public.reply($1, $2)' }
const replyIn = (topic: string) => ({ body: { topic, body: document }, values: [topic, document] })

/** Each act at each number of connections: straight on the database without and with policies, and through the stack. */
export async function measureForum(world: World, seconds: number, say: (line: string) => void) {
  const rows = []
  for (const act of acts(world)) {
    for (const count of connections) {
      say(`${act.name}, ${count} connections`)
      const bare = await straight(world, act, count, seconds, 'postgres')
      const policies = await straight(world, act, count, seconds, 'authenticated')
      const stack = await throughStack(world, act, count, seconds)
      rows.push({
        act: act.name,
        connections: count,
        'bare/s': rounded(bare.perSecond, 0),
        'p50 ms': rounded(bare.p50),
        'p95 ms': rounded(bare.p95),
        'policies/s': rounded(policies.perSecond, 0),
        p50: rounded(policies.p50),
        p95: rounded(policies.p95),
        '÷ bare': rounded(policies.p50 / bare.p50, 2),
        'stack/s': rounded(stack.perSecond, 0),
        'p50 ': rounded(stack.p50),
        'p95 ': rounded(stack.p95),
        '÷ bare ': rounded(stack.p50 / bare.p50, 2),
      })
    }
  }
  return rows
}

export function throughStack(world: World, act: Act, connections: number, seconds: number) {
  const { config } = world
  const [first, ...others] = turnsOf(world, act).map(({ token, body }) => ({
    headers: { apikey: config.keys.publishable, authorization: `Bearer ${token}` },
    body,
  }))
  if (!first) throw new Error(`Nobody does this: ${act.name}.`)
  const url = `${config.urls.api}/rest/v1/rpc/${act.path}`
  return load({ url, method: 'POST', calls: [first, ...others], connections, seconds })
}

const turnsOf = ({ token, claims }: World, { body, values, turns }: Act) =>
  turns ?? [{ token, claims, body, values }]

/** On connections of its own: as the owner of the tables, for whom no policy is asked, or as the person. */
export async function straight(
  world: World,
  act: Act,
  count: number,
  seconds: number,
  role: 'postgres' | 'authenticated',
): Promise<Figures> {
  const times: number[] = []
  const until = performance.now() + seconds * 1000
  const turns = turnsOf(world, act)
  const caller = async (nth: number) => {
    const { claims, values } = turns[nth % turns.length] ?? { ...world, ...act }
    const client = new pg.Client({ connectionString: world.config.urls.database })
    await client.connect()
    await client.query(`select set_config('request.jwt.claims', $1, false)`, [JSON.stringify(claims)])
    await client.query(`set role ${role}`)
    while (performance.now() < until) {
      const begun = performance.now()
      await client.query(act.sql, values)
      times.push(performance.now() - begun)
    }
    await client.end()
  }
  await Promise.all(Array.from({ length: count }, (_, nth) => caller(nth)))
  return figures(times, seconds)
}
