import pg from 'pg'
import { type Figures, figures, load } from './load.ts'
import { rounded } from './table.ts'
import type { World } from './world.ts'

const connections = [1, 10, 50]

export type Act = { name: string; path: string; body: object; sql: string; values: unknown[] }

const document = {
  type: 'doc',
  content: [{ type: 'paragraph', content: [{ type: 'text', text: 'We measured it again this morning.' }] }],
}

const acts = ({ topic }: World): Act[] => [
  { name: 'topic list', path: 'list_topics', body: {}, sql: 'select public.list_topics()', values: [] },
  {
    name: 'topic page (20 posts)',
    path: 'topic_page',
    body: { topic },
    sql: 'select public.topic_page($1)',
    values: [topic],
  },
  {
    name: 'reply',
    path: 'reply',
    body: { topic, body: document },
    sql: 'select public.reply($1, $2)',
    values: [topic, document],
  },
]

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

export const throughStack = ({ config, token }: World, act: Act, connections: number, seconds: number) =>
  load({
    url: `${config.urls.api}/rest/v1/rpc/${act.path}`,
    method: 'POST',
    headers: { apikey: config.keys.publishable, authorization: `Bearer ${token}` },
    body: act.body,
    connections,
    seconds,
  })

/** On connections of its own: as the owner of the tables, for whom no policy is asked, or as the person. */
export async function straight(
  { config, claims }: World,
  act: Act,
  count: number,
  seconds: number,
  role: 'postgres' | 'authenticated',
): Promise<Figures> {
  const times: number[] = []
  const until = performance.now() + seconds * 1000
  const caller = async () => {
    const client = new pg.Client({ connectionString: config.urls.database })
    await client.connect()
    await client.query(`select set_config('request.jwt.claims', $1, false)`, [JSON.stringify(claims)])
    await client.query(`set role ${role}`)
    while (performance.now() < until) {
      const begun = performance.now()
      await client.query(act.sql, act.values)
      times.push(performance.now() - begun)
    }
    await client.end()
  }
  await Promise.all(Array.from({ length: count }, caller))
  return figures(times, seconds)
}
