import pg from 'pg'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { client, createWorld, eventually, join, person, type World } from './realtime-world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.stop())

let made = 0

async function table(policy?: string): Promise<string> {
  made += 1
  const name = `notes_${made}`
  await world.db.query(`create table public.${name} (id int primary key, title text);
    grant select on public.${name} to anon, authenticated;
    ${policy ? `alter table public.${name} enable row level security; create policy seen on public.${name} for select using (${policy});` : ''}
    alter publication supabase_realtime add table public.${name}`)
  return name
}

type Row = { id: number }
type Said = { status: string; message: string }

/** Somebody who follows a table, the ids heard of, and what was said of the subscription. */
async function follower(name: string) {
  const supabase = await client(world.url, await person())
  const ids: number[] = []
  const said: Said[] = []
  const channel = supabase
    .channel(`follows ${name}`)
    .on<Row>('postgres_changes', { event: 'INSERT', schema: 'public', table: name }, (event) => {
      ids.push(event.new.id)
    })
    .on('system', {}, (message: Said) => void said.push(message))
  await join(channel)
  await eventually(() => said.length).toBe(1)
  return { ids, said, channel, supabase }
}

const write = (name: string, from: number, to = from) =>
  world.db.query(`insert into public.${name} select n from generate_series(${from}, ${to}) as n`)

const end = (application: string) =>
  world.admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name = $1 and datname = current_database()`,
    [application],
  )

const counted = (to: number) => Array.from({ length: to }, (_, n) => n + 1)
const ofChanges = `database = current_database() and slot_name like 'supabase_realtime_replication_slot%'`

test('what is committed while the stream is cut is heard when it is back, once and in order', async () => {
  const name = await table()
  const { ids } = await follower(name)
  for (let round = 0; round < 3; round++) {
    await write(name, round * 10 + 1)
    await end('realtime_changes_replication')
    await write(name, round * 10 + 2, round * 10 + 10)
  }
  await eventually(() => ids).toEqual(counted(30))
})

test('what is committed while the database takes no connections is heard when it does', async () => {
  const name = await table()
  const { ids } = await follower(name)
  const database = new URL(world.databaseUrl).pathname.slice(1)
  const cluster = new pg.Client(inject('adminUrl'))
  await cluster.connect()
  onTestFinished(() => cluster.end())
  await write(name, 1)
  await eventually(() => ids).toEqual([1])
  await cluster.query(`alter database ${database} with allow_connections false`)
  for (const part of ['realtime_rls', 'realtime_schema_watch', 'realtime_changes_replication'])
    await end(part)
  await write(name, 2, 3)
  await eventually(
    () => world.lines.filter((line) => line.includes('not currently accepting')).length,
  ).toBeGreaterThan(0)
  await cluster.query(`alter database ${database} with allow_connections true`)
  await write(name, 4)
  await eventually(() => ids).toEqual([1, 2, 3, 4])
})

test('a connection that is lost while it judges costs no change', async () => {
  const name = await table(`pg_sleep(0.3) is not null`)
  const { ids } = await follower(name)
  await write(name, 1)
  await eventually(async () => {
    const { rowCount } = await world.admin.query(
      `select from pg_stat_activity where application_name = 'realtime_rls' and wait_event = 'PgSleep'`,
    )
    return rowCount
  }).toBe(1)
  await end('realtime_rls')
  await write(name, 2)
  await eventually(() => ids).toEqual([1, 2])
})

test('a slot that is gone is made again, and later changes are heard', async () => {
  const name = await table()
  const { ids } = await follower(name)
  const drop = `select pg_drop_replication_slot(slot_name) from pg_replication_slots where ${ofChanges} and not active`
  await eventually(async () => {
    await end('realtime_changes_replication')
    return (await world.admin.query(drop).catch(() => undefined))?.rowCount
  }).toBe(1)
  await eventually(async () => {
    await write(name, ids.length + 1000 + Math.floor(Math.random() * 1e6)).catch(() => {})
    return ids.length
  }).toBeGreaterThan(0)
})

test('slots of a server that was killed go when the next one starts', async () => {
  await world.admin.query(
    `select pg_create_logical_replication_slot('supabase_realtime_replication_slot_left', 'pgoutput')`,
  )
  const next = await world.start()
  onTestFinished(() => next.stop())
  await eventually(async () => {
    const { rows } = await world.admin.query(`select slot_name from pg_replication_slots where ${ofChanges}`)
    return rows.map((row) => row.slot_name)
  }).not.toContain('supabase_realtime_replication_slot_left')
})

test('nobody who has gone stays in the register, and the slot goes with its server', async () => {
  const name = await table()
  const slots = async () =>
    (await world.admin.query(`select from pg_replication_slots where ${ofChanges}`)).rowCount
  const other = await world.start()
  await eventually(slots).toBe(2)
  const supabase = await client(`http://127.0.0.1:${other.port}`)
  const channel = supabase
    .channel('room')
    .on('postgres_changes', { event: '*', schema: 'public', table: name }, () => {})
  await join(channel)
  const registered = async () =>
    (await world.admin.query(`select from realtime.subscription where entity = 'public.${name}'::regclass`))
      .rowCount
  await eventually(registered).toBe(1)
  await supabase.realtime.disconnect()
  await eventually(registered).toBe(0)
  await other.stop()
  await eventually(slots).toBe(1)
})

test('a table that leaves the publication is told at once to who listens to it alone', async () => {
  const [gone, kept] = [await table(), await table()]
  const [ada, bob] = [await follower(gone), await follower(kept)]
  await world.db.query(`alter publication supabase_realtime drop table public.${gone}`)
  await eventually(() => ada.said.at(-1)?.status).toBe('error')
  expect(ada.said.at(-1)?.message).toContain(
    'Please check Realtime is enabled for the given connect parameters',
  )
  await write(gone, 1)
  await write(kept, 1)
  await eventually(() => bob.ids).toEqual([1])
  expect(ada.ids).toEqual([])
  expect(bob.said).toHaveLength(1)
})

test('a publication that is made anew is followed again', async () => {
  const name = await table()
  const supabase = await client(world.url)
  const ids: number[] = []
  await world.db.query('drop publication supabase_realtime')
  await write(name, 1)
  await world.db.query(`create publication supabase_realtime for table public.${name}`)
  const channel = supabase
    .channel('anew')
    .on<Row>(
      'postgres_changes',
      { event: 'INSERT', schema: 'public', table: name },
      (event) => void ids.push(event.new.id),
    )
  await join(channel)
  await eventually(async () => {
    await write(name, 2 + Math.floor(Math.random() * 1e6)).catch(() => {})
    return ids.length
  }).toBeGreaterThan(0)
})

test('what the database broadcasts while its stream is cut is heard when it is back, once', async () => {
  const supabase = await client(world.url)
  const heard: number[] = []
  const channel = supabase
    .channel('cut')
    .on<{ n: number }>('broadcast', { event: 'said' }, ({ payload }) => void heard.push(payload.n))
  await join(channel)
  for (let n = 1; n <= 12; n++) {
    if (n % 4 === 0) await end('realtime_replication')
    await world.db.query(`select realtime.send(jsonb_build_object('n', $1::int), 'said', 'cut', false)`, [n])
  }
  await eventually(() => heard).toEqual(counted(12))
})

test('a slow policy delays no broadcast', async () => {
  const name = await table('pg_sleep(2) is not null')
  const { ids, channel } = await follower(name)
  let heard = 0
  channel.on('broadcast', { event: 'quick' }, () => {
    heard += 1
  })
  await write(name, 1)
  await world.db.query(`select realtime.send('{}', 'quick', 'follows ${name}', false)`)
  await eventually(() => heard).toBe(1)
  expect(ids).toEqual([])
  await eventually(() => ids).toEqual([1])
})

test('thousands of changes at once are heard, in order', async () => {
  const name = await table()
  const { ids } = await follower(name)
  await write(name, 1, 3_000)
  await eventually(() => ids.length).toBe(3_000)
  expect(ids).toEqual(counted(3_000))
})

test('a column that is renamed, and a table that is dropped, stop nothing', async () => {
  const [changed, dropped] = [await table(), await table()]
  const { ids } = await follower(changed)
  await follower(dropped)
  await write(dropped, 1)
  await world.db.query(`alter table public.${changed} rename column title to name;
    alter table public.${changed} add column more int; drop table public.${dropped}`)
  await write(changed, 1)
  await eventually(() => ids).toEqual([1])
})
