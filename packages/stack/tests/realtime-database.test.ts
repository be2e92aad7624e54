import { afterAll, beforeAll, expect, test } from 'vitest'
import { keepDays } from '../src/realtime/partitions.ts'
import {
  allow,
  client,
  createWorld,
  eventually,
  heard,
  join,
  type Person,
  person,
  type World,
} from './realtime-world.ts'

let world: World
let ada: Person
beforeAll(async () => {
  world = await createWorld()
  ada = await person()
  await allow(world, ada, 'room')
  await world.realtime.replicated
})
afterAll(() => world.stop())

/** A private channel of Ada's, with the names of the events it has heard. */
async function listening(topic = 'room', config: object = {}, vsn = '2.0.0') {
  await allow(world, ada, topic)
  const supabase = await client(world.url, ada, { vsn })
  const channel = supabase.channel(topic, { config: { private: true, ...config } })
  const events: string[] = []
  channel.on('broadcast', { event: '*' }, ({ event }) => events.push(event))
  return { channel, events }
}

test.for(['1.0.0', '2.0.0'])(
  'what a transaction sends arrives once it is committed, over version %s',
  async (vsn) => {
    const { channel } = await listening('room', {}, vsn)
    const hears = heard(channel, 'said')
    await join(channel)
    await world.db.query(`select realtime.send('{"words": "مرحبا", "n": 9007199254740993}', 'said', 'room')`)
    const { meta, ...message } = await hears
    expect(message).toMatchObject({
      type: 'broadcast',
      event: 'said',
      payload: { words: 'مرحبا', id: meta?.id },
    })
  },
)

test('channels end with the session of their token, whichever way it ends, and after what was told before', async () => {
  const [session, other] = [crypto.randomUUID(), crypto.randomUUID()]
  const bob = await person(3600, { session_id: session })
  await world.admin.query('insert into auth.users (id) values ($1)', [bob.id])
  for (const id of [session, other]) {
    await world.admin.query('insert into auth.sessions (id, user_id) values ($1, $2)', [id, bob.id])
  }
  await allow(world, bob, 'of-bob')
  const supabase = await client(world.url, bob)
  const channel = supabase.channel('of-bob', { config: { private: true } })
  const told: string[] = []
  channel.on('broadcast', { event: '*' }, ({ event }) => told.push(event))
  await join(channel)
  channel.on('system', {}, ({ message }) => told.push(message))

  await world.db.query('delete from auth.sessions where id = $1', [other])
  await world.db.query(`select realtime.send('{}', 'still here', 'of-bob')`)
  await eventually(() => told).toEqual(['still here'])
  await world.db.query(
    `with said as (select realtime.send('{}', 'access_changed', 'of-bob'))
     delete from auth.sessions using said where id = '${session}'`,
  )
  await eventually(() => told).toEqual(['still here', 'access_changed', 'Session has ended'])
  await eventually(() => channel.state).toBe('closed')
})

test('what is rolled back is never heard', async () => {
  const { channel, events } = await listening()
  await join(channel)
  const db = await world.db.connect()
  await db.query('begin')
  await db.query(`select realtime.send('{}', 'unsaid', 'room')`)
  await db.query('rollback')
  await db.query(`select realtime.send('{}', 'said', 'room')`)
  db.release()
  await eventually(() => events).toEqual(['said'])
})

test('messages arrive in the order of their transaction', async () => {
  const { channel, events } = await listening('room:order')
  await join(channel)
  await world.db.query(`select realtime.send('{}', 'n' || n, 'room:order') from generate_series(1, 200) n`)
  await eventually(() => events).toEqual(Array.from({ length: 200 }, (_, i) => `n${i + 1}`))
})

test('a public message reaches the public topic, a private one only its namesake', async () => {
  const visitor = (await client(world.url)).channel('room')
  const heardByVisitor: string[] = []
  visitor.on('broadcast', { event: '*' }, ({ event }) => heardByVisitor.push(event))
  const { channel, events } = await listening()
  await Promise.all([join(visitor), join(channel)])
  await world.db.query(`select realtime.send('{}', 'private', 'room'), realtime.send('{}', 'public', 'room', false),
    realtime.send('{}', 'private too', 'room', true)`)
  await eventually(() => events).toEqual(['private', 'private too'])
  await eventually(() => heardByVisitor).toEqual(['public'])
})

test('a trigger of a table tells what has changed', async () => {
  await world.db.query(`
    create table public.machines (id int primary key, state text);
    create function public.machines_tell() returns trigger language plpgsql security definer set search_path = '' as $$
    begin
      perform realtime.broadcast_changes('room', tg_op, tg_op, tg_table_name, tg_table_schema, new, old);
      return null;
    end $$;
    create trigger tell after insert or update or delete on public.machines
      for each row execute function public.machines_tell()`)
  const { channel } = await listening()
  const hears = (['INSERT', 'UPDATE', 'DELETE'] as const).map((event) => heard(channel, event))
  await join(channel)
  await world.db.query(`insert into machines values (1, 'on')`)
  await world.db.query(`update machines set state = 'off'`)
  await world.db.query('delete from machines')
  const table = { schema: 'public', table: 'machines' }
  expect((await Promise.all(hears)).map(({ payload }) => payload)).toMatchObject([
    { ...table, operation: 'INSERT', record: { id: 1, state: 'on' }, old_record: null },
    { ...table, operation: 'UPDATE', record: { id: 1, state: 'off' }, old_record: { id: 1, state: 'on' } },
    { ...table, operation: 'DELETE', record: null, old_record: { id: 1, state: 'off' } },
  ])
})

test('bytes can be sent too', async () => {
  const { channel } = await listening()
  const hears = heard<ArrayBuffer>(channel, 'bytes')
  await join(channel)
  await world.db.query(`select realtime.send_binary('\\x00ff07', 'bytes', 'room')`)
  expect(new Uint8Array((await hears).payload)).toEqual(new Uint8Array([0, 255, 7]))
})

test('a message that cannot be stored is a warning, and the transaction goes on', async () => {
  const db = await world.db.connect()
  const warnings: string[] = []
  db.on('notice', ({ message }) => warnings.push(message ?? ''))
  await db.query('begin')
  await db.query(`select realtime.send('{}', 'said', null)`)
  await db.query(`select realtime.send('"no object"', 'said', 'room')`)
  await db.query('create table public.survived ()')
  await db.query('commit')
  db.release()
  expect(warnings).toEqual([
    expect.stringContaining('WarnSendingBroadcastMessage: null value in column "topic"'),
    expect.stringContaining('WarnSendingBroadcastMessage: cannot set path in scalar'),
  ])
  await world.db.query('select from public.survived')
})

test('a person may send from SQL only where the policies let them write', async () => {
  const db = await world.db.connect()
  const notices: string[] = []
  db.on('notice', ({ message }) => notices.push(message ?? ''))
  const sendAs = async (who: Person, topic: string) => {
    await db.query('begin')
    await db.query(`select set_config('request.jwt.claims', $1, true)`, [JSON.stringify({ sub: who.id })])
    await db.query('set local role authenticated')
    await db.query(`select realtime.send('{}', 'from sql', $1)`, [topic])
    await db.query('commit')
  }
  const { channel, events } = await listening()
  await join(channel)
  await sendAs(await person(), 'room')
  await sendAs(ada, 'room')
  db.release()
  await eventually(() => events).toEqual(['from sql'])
  expect(notices).toEqual([expect.stringContaining('violates row-level security policy')])
})

test('nobody but the owner can read or write the table beside the policies', async () => {
  const { rows } = await world.db.query(`
    select c.relname, r.rolname from pg_class c cross join pg_roles r
    where c.relnamespace = 'realtime'::regnamespace and c.relispartition and r.rolname in ('anon', 'authenticated')
      and has_table_privilege(r.oid, c.oid, 'select, insert, update, delete')`)
  expect(rows).toEqual([])
})

test('who joins again is told what was said meanwhile, oldest first, and nothing twice', async () => {
  const first = await listening('room:again')
  await join(first.channel)
  for (const n of [1, 2, 3]) {
    await world.db.query(`select realtime.send('{}', 'old ' || $1::int, 'room:again')`, [n])
  }
  await eventually(() => first.events).toEqual(['old 1', 'old 2', 'old 3'])
  const replay = { since: Date.now() - 60_000, limit: 2 }
  const { channel, events } = await listening('room:again', { broadcast: { replay } })
  const hears = heard(channel, 'old 3')
  await join(channel)
  await world.db.query(`select realtime.send('{}', 'new', 'room:again')`)
  await eventually(() => events).toEqual(['old 2', 'old 3', 'new'])
  expect((await hears).meta).toEqual({ replayed: true, id: expect.any(String) })
})

test('a replay asked for wrongly is refused', async () => {
  await allow(world, ada, 'room')
  for (const replay of [{}, { since: 'yesterday' }]) {
    const config = { private: true, broadcast: { replay } } as object
    const channel = (await client(world.url, ada)).channel('room', { config })
    await expect(join(channel)).rejects.toThrow('UnableToReplayMessages: Replay params are not valid')
  }
})

test('the stream says when it runs, to whoever asks', async () => {
  const { channel } = await listening('room', { broadcast: { replication_ready: true } })
  const said: object[] = []
  channel.on('system', {}, (message) => said.push(message))
  await join(channel)
  await eventually(() => said).toEqual([
    { extension: 'system', status: 'ok', message: 'Replication connection established', channel: 'room' },
  ])
})

test('messages arrive again after the stream was cut', async () => {
  const { channel, events } = await listening()
  await join(channel)
  const slots = `select active_pid from pg_replication_slots
    where database = current_database() and slot_name like 'supabase_realtime_messages%'`
  const before = (await world.admin.query(slots)).rows
  expect(before).toHaveLength(1)
  await world.admin.query('select pg_terminate_backend($1)', [before[0].active_pid])
  await eventually(async () => (await world.admin.query(slots)).rows.map((row) => row.active_pid)).toEqual([
    expect.not.toSatisfy((pid) => pid === before[0].active_pid),
  ])
  await eventually(async () => {
    await world.db.query(`select realtime.send('{}', 'again', 'room')`)
    return events
  }).toContain('again')
})

test('each day has its partition, old ones go, and what came early moves without being heard again', async () => {
  const { channel, events } = await listening('room:days')
  await join(channel)
  await world.db.query(`insert into realtime.messages (topic, extension, event, payload, private, inserted_at)
    select 'room:days', 'broadcast', 'day ' || n, '{}', true, date '2031-05-01' + n from generate_series(0, 5) n`)
  await eventually(() => events).toHaveLength(6)
  const days = async () =>
    (
      await world.admin.query(`select tableoid::regclass::text as day, event from realtime.messages
        where topic = 'room:days' order by event`)
    ).rows.map(({ day, event }) => `${event} ${day}`)
  await keepDays(world.admin, new Date('2031-05-03T12:00:00Z'))
  expect(await days()).toEqual([
    'day 0 realtime.messages_default',
    'day 1 realtime.messages_2031_05_02',
    'day 2 realtime.messages_2031_05_03',
    'day 3 realtime.messages_2031_05_04',
    'day 4 realtime.messages_2031_05_05',
    'day 5 realtime.messages_2031_05_06',
  ])
  await keepDays(world.admin, new Date('2031-05-08T12:00:00Z'))
  expect(await days()).toEqual(['day 4 realtime.messages_2031_05_05', 'day 5 realtime.messages_2031_05_06'])
  await world.db.query(`select realtime.send('{}', 'last', 'room:days')`)
  await eventually(() => events.slice(6)).toEqual(['last'])
  await keepDays(world.admin)
})

test('a replication slot does not outlive its server', async () => {
  const second = await world.start()
  await second.replicated
  const slots = async () =>
    (await world.admin.query('select from pg_replication_slots where database = current_database()')).rowCount
  // One for what is broadcast, one for changes of tables.
  await eventually(slots).toBe(4)
  await second.stop()
  await eventually(slots).toBe(2)
})

test('the names, arguments and rights are those of a hosted project', async () => {
  const { rows } = await world.db.query(`
    select p.oid::regprocedure::text as name, r.rolname as owner from pg_proc p join pg_roles r on r.oid = p.proowner
    where p.pronamespace = 'realtime'::regnamespace order by p.proname collate "C"`)
  expect(new Set(rows.map(({ owner }) => owner))).toEqual(new Set(['supabase_realtime_admin']))
  expect(rows.map(({ name }) => name.replace('realtime.', '').replaceAll('realtime.', ''))).toEqual([
    'apply_rls(jsonb,integer)',
    'broadcast_changes(text,text,text,text,text,record,record,text)',
    'build_prepared_statement_sql(text,regclass,wal_column[])',
    '"cast"(text,regtype)',
    expect.stringMatching(/^check_equality_op\(equality_op,regtype,text,text/),
    expect.stringMatching(/^check_equality_op\(equality_op,regtype,text,text/),
    'is_visible_through_filters(wal_column[],user_defined_filter[])',
    'list_changes(name,name,integer,integer)',
    'quote_wal2json(regclass)',
    'send(jsonb,text,text,boolean)',
    'send_binary(bytea,text,text,boolean)',
    'subscription_check_filters()',
    'to_regrole(text)',
    'topic()',
    'wal2json_escape_identifier(text)',
  ])
  const { rows: publications } = await world.db.query('select pubname from pg_publication order by 1')
  expect(publications.map((row) => row.pubname)).toEqual([
    'supabase_realtime',
    'supabase_realtime_messages_publication',
  ])
})
