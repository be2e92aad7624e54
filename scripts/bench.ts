// How fast it is, as ratios against a baseline in the same run: `npm run bench [-- --json results.json]`.
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { measureForum } from './bench/forum.ts'
import { measureForumAtSize } from './bench/forum-at-size.ts'
import { measureGateway } from './bench/gateway.ts'
import { measureLive } from './bench/live.ts'
import { measurePeople } from './bench/people.ts'
import { measureRealtime } from './bench/realtime.ts'
import { table } from './bench/table.ts'
import { startWorld } from './bench/world.ts'

const { values } = parseArgs({
  options: { json: { type: 'string' }, seconds: { type: 'string', default: '4' } },
})
const say = (line = '') => process.stdout.write(`${line}\n`)

const { world, starts } = await startWorld(say)
try {
  const forum = await measureForum(world, Number(values.seconds), say)
  const live = await measureLive(world, 60)
  const realtime = await measureRealtime(world.config, say)
  const gateway = await measureGateway(world, Number(values.seconds), say)
  const sizes = await measureForumAtSize(world.config.urls.databaseAdmin, Number(values.seconds), say)
  const people = await measurePeople(world, Number(values.seconds), say)

  say('\nStart of the whole platform, seconds')
  say(table(starts))
  say('The same call on Postgres as the owner (bare), under row level security (policies), over HTTP (stack)')
  say(table(forum))
  say('The forum with ten thousand and with a million posts, one caller at a time; growth of p95')
  say(table(sizes))
  say('From the commit of a reply to its arrival in an open page, milliseconds')
  say(table(live))
  say('Realtime: milliseconds to the first and to the last client, and how many messages fit in a second')
  say(table(realtime.latency))
  say('Memory of the Realtime server')
  say(table(realtime.memory))
  say('People: bare SQL for the same rows, the function as a member calls it, and over HTTP')
  say(table(people))
  say('The Data API behind the gateway beside its library alone, which checks neither key nor token')
  say(table(gateway))
  if (values.json)
    await writeFile(
      values.json,
      `${JSON.stringify({ starts, forum, sizes, live, gateway, realtime, people }, null, 2)}\n`,
    )
} finally {
  await world.stop()
}
