import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inspect, inspectPretty, Tuple } from '../src/realtime/changes/inspect.ts'
import { phash2 } from '../src/realtime/changes/phash2.ts'
import { createWorld, eventually, person, rawSocket, type World } from './realtime-world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
  await world.db.query(`create table public.notes (id int primary key, title text);
    grant select on public.notes to anon, authenticated;
    alter publication supabase_realtime add table public.notes`)
})
afterAll(() => world.stop())

let written = 0
async function write(): Promise<number> {
  written += 1
  await world.db.query('insert into public.notes values ($1)', [written])
  return written
}

type Received = Awaited<ReturnType<typeof rawSocket>>['received']
const about = (received: Received, event: string) =>
  received.filter(
    (message) => (Array.isArray(message) ? message[3] : Reflect.get(Object(message), 'event')) === event,
  )

const asked = { event: 'INSERT', schema: 'public', table: 'notes' }

describe('on the wire', () => {
  test('version 1.0.0: the reply, the system message, the change', async () => {
    const { send, received } = await rawSocket(world.url)
    const config = { postgres_changes: [asked] }
    send({ topic: 'realtime:any', event: 'phx_join', payload: { config }, ref: '1', join_ref: '1' })
    const id = phash2(asked)
    await eventually(() => about(received, 'system')).toEqual([
      {
        topic: 'realtime:any',
        event: 'system',
        payload: {
          channel: 'any',
          extension: 'postgres_changes',
          message: 'Subscribed to PostgreSQL',
          status: 'ok',
        },
        ref: null,
      },
    ])
    expect(received[0]).toMatchObject({
      event: 'phx_reply',
      payload: { status: 'ok', response: { postgres_changes: [{ ...asked, id }] } },
      ref: '1',
    })
    const row = await write()
    await eventually(() => about(received, 'postgres_changes')).toEqual([
      {
        topic: 'realtime:any',
        event: 'postgres_changes',
        payload: {
          ids: [id],
          data: {
            schema: 'public',
            table: 'notes',
            type: 'INSERT',
            commit_timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/),
            errors: null,
            columns: [
              { name: 'id', type: 'int4' },
              { name: 'title', type: 'text' },
            ],
            record: { id: row, title: null },
          },
        },
        ref: null,
      },
    ])
  })

  test('version 2.0.0: the same as arrays; the last that was asked for is named first', async () => {
    const { send, received } = await rawSocket(world.url, '2.0.0')
    const all = { event: '*', schema: 'public', table: 'notes', filter: 'id=gt.0' }
    send(['1', '1', 'realtime:any', 'phx_join', { config: { postgres_changes: [asked, null, all] } }])
    await eventually(() => about(received, 'system')).toHaveLength(1)
    expect(received[0]).toMatchObject(['1', '1', 'realtime:any', 'phx_reply', { status: 'ok' }])
    const row = await write()
    await eventually(() => about(received, 'postgres_changes')).toMatchObject([
      [
        null,
        null,
        'realtime:any',
        'postgres_changes',
        { ids: [phash2(all), phash2(asked)], data: { record: { id: row } } },
      ],
    ])
  })

  test('a client without a configuration asks by the name of its topic, and is told the bare change', async () => {
    const { send, received } = await rawSocket(world.url)
    const topic = 'realtime:public:notes:title=is.null'
    send({ topic, event: 'phx_join', payload: {}, ref: '1', join_ref: '1' })
    await eventually(() => about(received, 'system')).toMatchObject([{ payload: { status: 'ok' } }])
    const question = { schema: 'public', table: 'notes', filter: 'title=is.null' }
    expect(received[0]).toMatchObject({
      payload: { response: { postgres_changes: [{ ...question, id: phash2(question) }] } },
    })
    const row = await write()
    await eventually(() => about(received, 'INSERT')).toMatchObject([
      { topic, payload: { type: 'INSERT', table: 'notes', record: { id: row } } },
    ])
  })

  test('a role that the Data API could not take hears nothing', async () => {
    const { token } = await person(60, { role: 'supabase_admin' })
    const { send, received } = await rawSocket(world.url)
    const payload = { config: { postgres_changes: [asked] }, access_token: token }
    send({ topic: 'realtime:any', event: 'phx_join', payload, ref: '1', join_ref: '1' })
    await eventually(() => about(received, 'system')).toMatchObject([{ payload: { status: 'error' } }])
  })

  test('a token that runs out ends the channel, and its subscription', async () => {
    const { token } = await person(2)
    const { send, received } = await rawSocket(world.url)
    const payload = { config: { postgres_changes: [asked] }, access_token: token }
    send({ topic: 'realtime:any', event: 'phx_join', payload, ref: '1', join_ref: '1' })
    await eventually(() => about(received, 'phx_close')).toHaveLength(1)
    await write()
    const mine = `select from realtime.subscription where claims ? 'sub'`
    await eventually(async () => (await world.admin.query(mine)).rowCount).toBe(0)
    expect(about(received, 'postgres_changes')).toEqual([])
  })

  test('a wait that is too short for the database is answered', async () => {
    const lock = await world.admin.connect()
    await lock.query('begin; lock table realtime.subscription in exclusive mode')
    const { send, received } = await rawSocket(world.url)
    const config = { postgres_changes: [asked], postgres_changes_options: { wait: true, timeout: 100 } }
    send({ topic: 'realtime:any', event: 'phx_join', payload: { config }, ref: '1', join_ref: '1' })
    const reason =
      'PostgresChangesSubscribeTimeout: Timed out after 100ms waiting for the postgres_changes subscription'
    await eventually(() => received).toMatchObject([{ payload: { status: 'error', response: { reason } } }])
    await lock.query('rollback')
    lock.release()
  })
})

describe('the numbers of subscriptions', () => {
  test('are those of Erlang', () => {
    const hashes: [unknown, number][] = [
      [true, 506293],
      [null, 29948],
      [[], 113427502],
      ['', 13708901],
      ['a', 112802447],
      [5, 5878562],
      [-5, 115015680],
      [300000000, 48168524],
      [-300000000, 60465576],
      [1.5, 10380315],
      [9007199254740991, 118213783],
      [[1, 2, 3], 25788620],
      [[1, 2, 3, 4, 5], 66056394],
      [[1, 'a', 2], 125017124],
      [[300, 1], 12314199],
      [['id', 'details'], 15202842],
      [{}, 39679005],
      [{ a: null, b: [true, false, null], c: { x: 1.25 } }, 6842854],
      [{ schema: 'public', event: 'INSERT' }, 100468891],
      [{ event: '*', schema: 'public', table: 'messages', filter: 'room_id=eq.200' }, 82727183],
      ['صناعة', 100006460],
    ]
    expect(hashes.map(([value]) => phash2(value))).toEqual(hashes.map(([, hash]) => hash))
  })
})

describe('what was asked for', () => {
  test('is quoted as Elixir does', () => {
    expect(inspect({ b: ['x', 1, null, true], a: 'say "#{hey}"\n' })).toBe(
      '%{"a" => "say \\"\\#{hey}\\"\\n", "b" => ["x", 1, nil, true]}',
    )
    const filters = ['one', 'two', 'three'].map((name) => new Tuple([name, 'eq', 'a value', false]))
    expect(inspectPretty(filters)).toBe(
      '[\n  {"one", "eq", "a value", false},\n  {"two", "eq", "a value", false},\n  {"three", "eq", "a value", false}\n]',
    )
  })
})

describe('in the database', () => {
  test('subscriptions, types and rights are those of a hosted project', async () => {
    const { rows: columns } = await world.db.query(
      `select attname as name, format_type(atttypid, atttypmod) as type, attnotnull as required
       from pg_attribute where attrelid = 'realtime.subscription'::regclass and attnum > 0 order by attname`,
    )
    expect(
      columns.map(({ name, type, required }) => `${name} ${type}${required ? ' not null' : ''}`),
    ).toEqual([
      'action_filter text',
      'claims jsonb not null',
      'claims_role regrole not null',
      'created_at timestamp without time zone not null',
      'entity regclass not null',
      'filters realtime.user_defined_filter[] not null',
      'id bigint not null',
      'selected_columns text[]',
      'subscription_id uuid not null',
    ])
    const { rows: rights } = await world.db.query(
      `select grantee || ' ' || string_agg(privilege_type, ', ' order by privilege_type) as may
       from information_schema.role_table_grants
       where table_name = 'subscription' and grantee in ('anon', 'authenticated', 'service_role') group by grantee order by 1`,
    )
    expect(rights.map(({ may }) => may)).toEqual([
      'anon SELECT',
      'authenticated SELECT',
      'service_role SELECT',
    ])
    const { rows: labels } = await world.db.query(
      `select array_to_string(enum_range(null::realtime.equality_op), ' ') as ops,
         array_to_string(enum_range(null::realtime.action), ' ') as actions`,
    )
    expect(labels).toEqual([
      {
        ops: 'eq neq lt lte gt gte in like ilike is match imatch isdistinct',
        actions: 'INSERT UPDATE DELETE TRUNCATE ERROR',
      },
    ])
  })

  test.each([
    [`realtime.cast('5', 'int')`, 5],
    [`realtime.cast('0102', 'bytea')`, '0102'],
    [`realtime.check_equality_op('lt', 'int', '9', '10')`, true],
    [`realtime.check_equality_op('in', 'text', 'a', '{a,b}', true)`, false],
    [`realtime.check_equality_op('eq', 'text', null, 'a', true)`, null],
    [`realtime.quote_wal2json('public.notes')`, 'public.notes'],
    [`realtime.wal2json_escape_identifier('a b.c,d\\e')`, 'a\\ b\\.c\\,d\\\\e'],
    [`realtime.to_regrole('anon')::text`, 'anon'],
    [
      `realtime.build_prepared_statement_sql('look', 'public.notes', array[('id', 'int4', 23, '5', true, true)]::realtime.wal_column[])`,
      `prepare look as select exists (select from public.notes where id = '5')`,
    ],
  ])('%s', async (call, result) => {
    // As a migration sees names: nothing on the path.
    const { rows } = await world.admin.query(`select ${call} as result`)
    expect(String(rows[0]?.result).replace('from notes', 'from public.notes')).toBe(String(result))
  })

  test('list_changes answers with the columns of hosted', async () => {
    const { rows } = await world.admin.query(
      `select pg_get_function_result('realtime.list_changes(name,name,integer,integer)'::regprocedure) as result`,
    )
    expect(rows[0]?.result).toBe(
      'TABLE(wal jsonb, is_rls_enabled boolean, subscription_ids uuid[], errors text[], slot_changes_count bigint)',
    )
  })
})
