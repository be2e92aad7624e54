import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import pg from 'pg'
import WebSocket from 'ws'
import type { Config } from '../../packages/stack/src/index.ts'
import { type Load, now, startLoad } from './realtime-load.ts'
import { ended, freePort, resident, script, started, startServer } from './realtime-server.ts'
import { percentile, rounded } from './table.ts'

type Place = { name: string; url: string }
type Say = (line: string) => void

const topic = 'realtime:bench'
const joinOf = (config: object) => JSON.stringify(['1', '1', topic, 'phx_join', { config }])
const plain = { join: joinOf({}), joined: '"phx_reply"' }
const changes = {
  join: joinOf({ postgres_changes: [{ event: 'INSERT', schema: 'public', table: 'bench_notes' }] }),
  joined: 'Subscribed to PostgreSQL',
}
const note = 'insert into public.bench_notes (n) values ($1)'
const send = `select realtime.send(jsonb_build_object('n', $1::bigint), 'note', 'bench', false)`

/** Rows of a table that announces itself in three ways; undone at the end. */
const schema = `
  drop table if exists public.bench_notes;
  create table public.bench_notes (n bigint primary key);
  grant select on public.bench_notes to anon;
  alter publication supabase_realtime add table public.bench_notes;
  create or replace function public.bench_notes_notify() returns trigger language plpgsql as
    $$ begin perform pg_notify('bench_notes', json_build_object('n', new.n)::text); return null; end $$;
  create trigger notify after insert on public.bench_notes for each row execute function public.bench_notes_notify()`
const undo = 'drop table public.bench_notes; drop function public.bench_notes_notify()'

/**
 * Broadcasts of clients, broadcasts from the database and changes of a table, to one client and to many: through a
 * server of its own without and with the gateway before it, beside the least that could do it.
 */
export async function measureRealtime({ urls, keys }: Config, say: Say, counts = [1, 20, 100, 1000]) {
  const ports = { server: await freePort(), bare: await freePort() }
  const server = await startServer(ports.server, urls.databaseAdmin, keys)
  const query = `apikey=${keys.publishable}&vsn=2.0.0`
  const direct: Place = { name: 'realtime', url: `ws://127.0.0.1:${ports.server}/websocket?${query}` }
  const whole: Place = {
    name: 'gateway + realtime',
    url: `${urls.api.replace('http', 'ws')}/realtime/v1/websocket?${query}`,
  }
  const db = new pg.Client({ connectionString: urls.database })
  await db.connect()
  await db.query(schema)
  const bare = await started(fork(script('realtime-bare.ts'), [String(ports.bare), urls.databaseAdmin]))
  const nobody = { join: '', joined: '' }
  const commit = (text: string) => async (n: number) => void (await db.query(text, [n]))
  const rows = []
  try {
    const memory = await memoryOf(server, direct)
    for (const count of counts) {
      for (const place of [direct, whole]) {
        say(`broadcast to ${count}, ${place.name}`)
        rows.push({ what: 'broadcast', through: place.name, clients: count, ...(await spoken(place, count)) })
      }
      const ways = [
        ['bare NOTIFY', { name: 'bare', url: `ws://127.0.0.1:${ports.bare}` }, nobody, note],
        ['database broadcast', direct, plain, send],
        ['database broadcast', whole, plain, send],
        ['postgres change', direct, changes, note],
        ['postgres change', whole, changes, note],
      ] as const
      for (const [what, place, how, text] of ways) {
        say(`${what} to ${count}, ${place.name}`)
        const load = await startLoad({ url: place.url, count, ...how })
        rows.push({
          what,
          through: place.name,
          clients: count,
          ...(await one(load, commit(text))),
          'messages/s': '-',
        })
        await load.stop()
      }
    }
    return { latency: rows, memory }
  } finally {
    await db.query(undo)
    await db.end()
    for (const child of [server, bare]) await ended(child)
  }
}

let used = 0

/** One message after the other, each when the last has reached everybody: milliseconds to the first and last client. */
async function one(load: Load, speak: (n: number) => Promise<void>, times = 60) {
  const firsts: number[] = []
  const lasts: number[] = []
  for (let i = 0; i < times + 5; i++) {
    const n = ++used
    const begun = now()
    const [reached] = await Promise.all([load.reached(n), speak(n)])
    // What is still cold is not counted.
    if (i < 5) continue
    firsts.push(reached.first - begun)
    lasts.push(reached.last - begun)
  }
  return {
    'first p50 ms': rounded(percentile(firsts, 0.5)),
    'last p50 ms': rounded(percentile(lasts, 0.5)),
    'last p95 ms': rounded(percentile(lasts, 0.95)),
  }
}

/** A client that broadcasts to the others: one message at a time, then as many as there is room for. */
async function spoken(place: Place, count: number) {
  const load = await startLoad({ url: place.url, count, ...plain })
  const ws = new WebSocket(place.url, { perMessageDeflate: false })
  await once(ws, 'open')
  ws.send(plain.join)
  await once(ws, 'message')
  const speak = async (n: number) => {
    ws.send(
      JSON.stringify([
        '1',
        String(n),
        topic,
        'broadcast',
        { type: 'broadcast', event: 'note', payload: { n } },
      ]),
    )
  }
  const alone = await one(load, speak)
  const perSecond = await together(load, speak, Math.min(10_000, Math.ceil(50_000 / count)))
  ws.terminate()
  await load.stop()
  return { ...alone, 'messages/s': perSecond }
}

async function together(load: Load, speak: (n: number) => Promise<void>, times: number): Promise<number> {
  const begun = now()
  const inFlight = new Set<Promise<unknown>>()
  for (let i = 0; i < times; i++) {
    const n = ++used
    const reached: Promise<unknown> = load.reached(n).then(() => inFlight.delete(reached))
    inFlight.add(reached)
    await speak(n)
    if (inFlight.size >= 100) await Promise.race(inFlight)
  }
  await Promise.all(inFlight)
  return rounded((times / (now() - begun)) * 1000, 0)
}

/** Bytes of the server's memory that each of a thousand joined clients costs while nobody speaks. */
async function memoryOf(server: ChildProcess, { url }: Place) {
  const before = await resident(server)
  const load = await startLoad({ url, count: 1000, ...plain })
  const after = await resident(server)
  await load.stop()
  return [{ connections: 1000, 'kB each': rounded((after - before) / 1000, 1) }]
}
