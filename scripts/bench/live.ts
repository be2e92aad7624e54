import { joinTopic } from '../../packages/client/src/index.ts'
import { withClient } from '../../packages/database/testing/database.ts'
import { percentile, rounded } from './table.ts'
import type { World } from './world.ts'

const document = {
  type: 'doc',
  content: [{ type: 'paragraph', content: [{ type: 'text', text: 'Are you there?' }] }],
}

/** Commits replies one by one and waits for each in an open page. */
export async function measureLive({ config, supabase, topic, person, claims }: World, count: number) {
  let arrived = (_id: string) => {}
  const joined = Promise.withResolvers<void>()
  const room = joinTopic(supabase, {
    topic,
    me: person,
    onPost: ({ post_id }) => arrived(post_id),
    onConnection: (connection) =>
      connection === 'joined' ? joined.resolve() : joined.reject(new Error(connection)),
  })
  await joined.promise

  const times: number[] = []
  await withClient(config.urls.database, async (client) => {
    await client.query(`select set_config('request.jwt.claims', $1, false)`, [JSON.stringify(claims)])
    for (let i = 0; i < count; i++) {
      const id = crypto.randomUUID()
      const arrival = new Promise<number>((resolve) => {
        arrived = (post) => post === id && resolve(performance.now())
      })
      await client.query('select public.reply($1, $2, null, $3)', [topic, document, id])
      const committed = performance.now()
      times.push((await arrival) - committed)
    }
  })
  await room.leave()
  return [
    {
      replies: count,
      p50: rounded(percentile(times, 0.5)),
      p95: rounded(percentile(times, 0.95)),
      slowest: rounded(Math.max(...times)),
    },
  ]
}
