import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, onTestFinished, test, vi } from 'vitest'
import { freePort } from '../testing/postgres.ts'
import {
  allow,
  client,
  createWorld,
  eventually,
  join,
  person,
  rawSocket,
  type World,
} from './realtime-world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.stop())

const say = (event: string, payload: object = {}) => ({ type: 'broadcast' as const, event, payload })
const joinMessage = (topic: string, ref = '1') => ({
  topic: `realtime:${topic}`,
  event: 'phx_join',
  payload: { config: {} },
  ref,
  join_ref: ref,
})

test.for([
  ['1.0.0', ['{', '', 'null', '[]', '{"topic":1}', '"x"', '{"topic":"a","event":"b","ref":{}}']],
  [
    '2.0.0',
    [
      '{}',
      '[1,2]',
      '[null,null,"phoenix"]',
      '[null,null,{"a":1},"phx_join",{}]',
      Buffer.from([3, 9]),
      Buffer.alloc(0),
    ],
  ],
] as const)('rubbish over version %s harms neither its connection nor another', async ([vsn, rubbish]) => {
  const bob = await join((await client(world.url)).channel('calm', { config: { broadcast: { ack: true } } }))
  const { ws, received, send } = await rawSocket(world.url, vsn)
  for (const frame of rubbish) ws.send(frame)
  ws.send(Buffer.from('not binary at all'))
  const heartbeat = { topic: 'phoenix', event: 'heartbeat', payload: {}, ref: '9' }
  send(vsn === '1.0.0' ? heartbeat : [null, '9', 'phoenix', 'heartbeat', {}])
  await eventually(() => JSON.stringify(received)).toContain('"ok"')
  expect(received).toHaveLength(1)
  expect(await bob.send(say('still here'))).toBe('ok')
})

test('a join full of nonsense is a plain join', async () => {
  const { received, send } = await rawSocket(world.url)
  const config = { private: 'maybe', broadcast: 7, presence: [], postgres_changes: 'all' }
  send({ ...joinMessage('odd'), payload: { config, access_token: 12 } })
  send({ ...joinMessage('odder', '2'), payload: { config: { postgres_changes: [null] } } })
  send({ topic: 'realtime:odd', event: 'made_up', payload: {}, ref: '3', join_ref: '1' })
  send({
    topic: 'realtime:odd',
    event: 'access_token',
    payload: { access_token: {} },
    ref: '4',
    join_ref: '1',
  })
  send({ topic: 'realtime:odd', event: 'phx_leave', payload: {}, ref: '5', join_ref: '1' })
  await eventually(() => received.at(-1)).toMatchObject({ event: 'phx_close' })
  expect(received).toMatchObject([
    { ref: '1', payload: { status: 'ok' } },
    { ref: '2', payload: { status: 'ok' } },
    { ref: '5', payload: { status: 'ok' } },
    { event: 'phx_close' },
  ])
})

test('what is nested a hundred thousand deep harms nobody, wherever it is put', async () => {
  const bob = (await client(world.url)).channel('deep')
  const events: string[] = []
  bob.on('broadcast', { event: '*' }, ({ event }) => events.push(event))
  bob.on('presence', { event: 'sync' }, () => {})
  await join(bob)
  const { ws, send } = await rawSocket(world.url)
  send(joinMessage('deep'))
  const deep = `${'[{"a":'.repeat(100_000)}1${'}]'.repeat(100_000)}`
  const to = '"topic":"realtime:deep","join_ref":"1","ref":"2"'
  ws.send(`{${to},"event":"presence","payload":{"event":"track","payload":{"a":${deep}}}}`)
  ws.send(`{${to},"event":"broadcast","payload":{"event":"deep","payload":${deep}}}`)
  ws.send(`{${to},"event":"phx_join","payload":{"config":{"postgres_changes":${deep}}}}`)
  const post = (path: string, body: string) =>
    fetch(`${world.url}/realtime/v1/api/broadcast${path}`, {
      method: 'POST',
      headers: { apikey: 'sb_publishable_test', 'content-type': 'application/json' },
      body,
    })
  const message = `{"topic":"deep","event":"deep","payload":{"a":${deep}}}`
  expect((await post('', `{"messages":[${message}]}`)).status).toBe(400)
  expect((await post('/deep/events/deep', deep)).status).toBe(400)
  expect((await post('/deep/events/after', '{}')).status).toBe(202)
  await eventually(() => events).toEqual(['after'])
})

test('one who does not read is cut off, and the others miss nothing', async () => {
  const ada = await join((await client(world.url)).channel('busy', { config: { broadcast: { ack: true } } }))
  const bob = (await client(world.url)).channel('busy')
  const numbers: number[] = []
  bob.on('broadcast', { event: 'said' }, ({ payload }) => numbers.push(payload.n))
  await join(bob)
  const slow = await rawSocket(world.url)
  slow.send(joinMessage('busy'))
  await eventually(() => slow.received).toHaveLength(1)
  slow.ws.pause()
  const words = 'x'.repeat(500_000)
  for (let n = 0; n < 60; n++) expect(await ada.send(say('said', { n, words }))).toBe('ok')
  await eventually(() => numbers).toEqual(Array.from({ length: 60 }, (_, n) => n))
  expect(world.lines.filter((line) => line.includes('a slow reader was cut off'))).toHaveLength(1)
  slow.ws.resume()
  await slow.closed
})

test('a connection that has gone silent is closed, and its owner is no longer present', async () => {
  const watchful = await world.start({ silenceMs: 500 })
  try {
    const url = `http://127.0.0.1:${watchful.port}`
    const bob = (await client(url, undefined, { heartbeatIntervalMs: 100 })).channel('silence')
    const told: string[] = []
    bob
      .on('presence', { event: 'join' }, ({ key }) => told.push(`join ${key}`))
      .on('presence', { event: 'leave' }, ({ key }) => told.push(`leave ${key}`))
    await join(bob)
    const { send, closed } = await rawSocket(url)
    const to = { topic: 'realtime:silence', join_ref: '1' }
    send({ ...joinMessage('silence'), payload: { config: { presence: { key: 'ada' } } } })
    send({ ...to, event: 'presence', payload: { event: 'track', payload: {} }, ref: '2' })
    expect(await closed).toBe(1000)
    await eventually(() => told).toEqual(['join ada', 'leave ada'])
    expect(bob.state).toBe('joined')
  } finally {
    await watchful.stop()
  }
})

test('a connection without channels is closed after a while', async () => {
  const tidy = await world.start({ idleMs: 50, silenceMs: 200 })
  try {
    const { closed } = await rawSocket(`http://127.0.0.1:${tidy.port}`)
    expect(await closed).toBe(1006)
  } finally {
    await tidy.stop()
  }
})

test('one who sends faster than the policies can be asked is slowed down, and loses nothing', async () => {
  const narrow = await world.start({ unservedMessages: 10 })
  try {
    const url = `http://127.0.0.1:${narrow.port}`
    const [ada, bob] = [await person(), await person()]
    for (const who of [ada, bob]) await allow(world, who, 'room:flood')
    const config = { private: true }
    const listener = await rawSocket(url)
    listener.send({ ...joinMessage('room:flood'), payload: { config, access_token: bob.token } })
    await eventually(() => listener.received).toHaveLength(1)
    const { send } = await rawSocket(url)
    send({ ...joinMessage('room:flood'), payload: { config, access_token: ada.token } })
    const message = { topic: 'realtime:room:flood', event: 'broadcast', join_ref: '1', ref: '2' }
    for (let n = 0; n < 2000; n++) send({ ...message, payload: say(String(n)) })
    await eventually(() => listener.received).toHaveLength(2001)
    expect(listener.received.at(-1)).toMatchObject({ payload: { event: '1999' } })
  } finally {
    await narrow.stop()
  }
})

test('when the server restarts, clients come back by themselves', async () => {
  const port = await freePort()
  const first = await world.start({}, port)
  const url = `http://127.0.0.1:${port}`
  const ada = await person()
  await allow(world, ada, 'room:back')
  const supabase = await client(url, ada, { reconnectAfterMs: () => 20 })
  const statuses: string[] = []
  const events: string[] = []
  const channel = supabase
    .channel('room:back', { config: { private: true } })
    .on('broadcast', { event: '*' }, ({ event }) => events.push(event))
    .subscribe((status) => statuses.push(status))
  await eventually(() => statuses).toEqual(['SUBSCRIBED'])
  await first.stop()
  await eventually(() => statuses).toEqual(['SUBSCRIBED', 'CHANNEL_ERROR'])
  const second = await world.start({}, port)
  try {
    await eventually(() => statuses.at(-1)).toBe('SUBSCRIBED')
    await second.replicated
    await world.db.query(`select realtime.send('{}', 'welcome back', 'room:back')`)
    await eventually(() => events).toEqual(['welcome back'])
    await channel.unsubscribe()
  } finally {
    await second.stop()
  }
})

test('a server that stops closes every connection with 1012, even one whose owner does not answer', async () => {
  const server = await world.start()
  const url = `http://127.0.0.1:${server.port}`
  const [polite, rude] = [await rawSocket(url), await rawSocket(url)]
  rude.ws.pause()
  await server.stop()
  expect(await polite.closed).toBe(1012)
  await expect(rawSocket(url)).rejects.toThrow('ECONNREFUSED')
})

test('a taken port is an error, and nothing stays behind', async () => {
  await expect(world.start({}, world.realtime.port)).rejects.toThrow('EADDRINUSE')
})

test('health says what is well, and that the database is away', async () => {
  const health = async (path = '/realtime/v1/api/health') => {
    const response = await fetch(`${world.url}${path}`)
    return [response.status, await response.json()]
  }
  await world.realtime.replicated
  const impatient = await world.start({ replicationMs: 100 })
  onTestFinished(() => impatient.stop())
  const slots = `select from pg_replication_slots where database = current_database() and active`
  await vi.waitFor(async () => expect((await world.admin.query(slots)).rowCount).toBe(4))
  const data = { healthy: true, db_connected: true, replication_connected: true }
  expect(await health()).toMatchObject([200, { data }])
  expect(await health('/api/tenants/realtime-dev/health')).toMatchObject([200, { data }])
  const name = new URL(world.databaseUrl).pathname.slice(1)
  const cluster = new pg.Client(inject('adminUrl'))
  await cluster.connect()
  onTestFinished(() => cluster.end())
  await cluster.query(`alter database ${name} with allow_connections false`)
  await cluster.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = $1 and application_name like 'realtime%'`,
    [name],
  )
  const away = { healthy: false, db_connected: false, replication_connected: false }
  await eventually(() => health()).toMatchObject([503, { data: away }])
  const refused = (await client(world.url, await person())).channel('room', { config: { private: true } })
  await expect(join(refused)).rejects.toThrow(
    'UnableToConnectToProject: Realtime was unable to connect to the project database',
  )
  const { token } = await person()
  const sent = await fetch(`${world.url}/api/broadcast/room/events/said?private=true`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{}',
  })
  expect([sent.status, await sent.json()]).toEqual([422, { message: 'Tenant database unavailable' }])

  const waits = (await client(`http://127.0.0.1:${impatient.port}`)).channel('waits', {
    config: { broadcast: { replication_ready: true } },
  })
  const said: object[] = []
  waits.on('system', {}, (message) => said.push(message))
  await join(waits)
  await eventually(() => said).toMatchObject([
    { status: 'error', message: 'Replication connection was not established in time' },
  ])
  await eventually(() => waits.state).toBe('closed')

  await cluster.query(`alter database ${name} with allow_connections true`)
  await eventually(() => health()).toMatchObject([200, { data }])
})

test('a connection to the database that breaks while a policy is asked costs that join alone', async () => {
  const ada = await person()
  await allow(world, ada, 'room:slow')
  await world.db.query(`create policy slow on realtime.messages for select to authenticated
    using ((select realtime.topic()) <> 'room:slow' or pg_sleep(5) is null)`)
  onTestFinished(async () => void (await world.db.query('drop policy slow on realtime.messages')))
  const channel = (await client(world.url, ada)).channel('room:slow', { config: { private: true } })
  const refused = expect(join(channel)).rejects.toThrow('UnableToConnectToProject')
  const cut = `select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'realtime' and wait_event = 'PgSleep'`
  await vi.waitFor(async () => expect((await world.admin.query(cut)).rowCount).toBe(1))
  await refused
  await allow(world, ada, 'room:quick')
  await join((await client(world.url, ada)).channel('room:quick', { config: { private: true } }))
})

const main = fileURLToPath(new URL('../src/realtime/main.ts', import.meta.url))

test('as a process it starts from its environment, and ends when it is told to', async () => {
  const port = await freePort()
  const child = spawn(process.execPath, [main], {
    env: {
      REALTIME_PORT: String(port),
      DATABASE_URL: world.databaseUrl,
      JWT_SECRET: 'x'.repeat(40),
      PUBLISHABLE_KEY: 'sb_publishable_test',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise((gone) => child.once('exit', gone))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  expect(JSON.parse((await lines.next()).value ?? '')).toMatchObject({ message: 'realtime is ready', port })
  const { closed } = await rawSocket(`http://127.0.0.1:${port}`)
  child.kill('SIGTERM')
  expect([await closed, await exited]).toEqual([1012, 0])
})

test('a wrong environment is explained whole', async () => {
  const child = spawn(process.execPath, [main], { env: { REALTIME_PORT: 'x', DATABASE_URL: 'http://a' } })
  let said = ''
  child.stderr.on('data', (text) => {
    said += text
  })
  expect(await new Promise((gone) => child.once('exit', gone))).toBe(1)
  for (const name of ['REALTIME_PORT', 'DATABASE_URL', 'JWT_SECRET']) expect(said).toContain(name)
})
