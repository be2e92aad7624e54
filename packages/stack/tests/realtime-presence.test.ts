import { afterAll, beforeAll, expect, test } from 'vitest'
import { Presence } from '../src/realtime/presence.ts'
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

const asKey = (key: string, more: object = {}) => ({ config: { presence: { key }, ...more } })

type Happening = { event: string; key: string }

/** A channel that shows its presence, with what it was told in order. */
async function present(topic: string, key: string, vsn = '2.0.0') {
  const supabase = await client(world.url, undefined, { vsn })
  const told: string[] = []
  const channel = supabase.channel(topic, asKey(key))
  const keep = ({ event, key }: Happening) => told.push(`${event} ${key}`)
  channel.on('presence', { event: 'join' }, keep).on('presence', { event: 'leave' }, keep)
  await join(channel)
  const here = () =>
    Object.entries(channel.presenceState())
      .map(([name, metas]) => `${name}:${metas.length}`)
      .sort()
  return { supabase, channel, told, here }
}

test.for(['1.0.0', '2.0.0'])('Ada and Bob see each other come and go over version %s', async (vsn) => {
  const topic = `room ${vsn}`
  const ada = await present(topic, 'ada', vsn)
  expect(await ada.channel.track({ mood: 'glad' })).toBe('ok')
  await eventually(ada.here).toEqual(['ada:1'])
  const bob = await present(topic, 'bob', vsn)
  await eventually(bob.here).toEqual(['ada:1'])
  await bob.channel.track({})
  await eventually(ada.here).toEqual(['ada:1', 'bob:1'])
  expect(await bob.channel.untrack()).toBe('ok')
  await eventually(ada.here).toEqual(['ada:1'])
  expect(ada.told).toEqual(['join ada', 'join bob', 'leave bob'])
})

test('what somebody says of themselves can be replaced', async () => {
  const [ada, bob] = [await present('change', 'ada'), await present('change', 'bob')]
  await ada.channel.track({ writing: false })
  await eventually(bob.here).toEqual(['ada:1'])
  await ada.channel.track({ writing: true })
  await eventually(() => bob.channel.presenceState()).toMatchObject({ ada: [{ writing: true }] })
  expect(bob.here()).toEqual(['ada:1'])
})

test('two windows of one person are one key with two entries, and closing one leaves the other', async () => {
  const bob = await present('windows', 'bob')
  const [first, second] = [await present('windows', 'ada'), await present('windows', 'ada')]
  await first.channel.track({ window: 1 })
  await second.channel.track({ window: 2 })
  await eventually(bob.here).toEqual(['ada:2'])
  await first.channel.unsubscribe()
  await eventually(bob.here).toEqual(['ada:1'])
  expect(bob.channel.presenceState()).toMatchObject({ ada: [{ window: 2 }] })
})

test('whoever’s connection breaks is gone', async () => {
  const bob = await present('broken', 'bob')
  const { ws, send } = await rawSocket(world.url)
  const to = { topic: 'realtime:broken', join_ref: '1' }
  send({ ...to, event: 'phx_join', payload: asKey('ada'), ref: '1' })
  send({ ...to, event: 'presence', payload: { type: 'presence', event: 'track', payload: {} }, ref: '2' })
  await eventually(bob.here).toEqual(['ada:1'])
  ws.terminate()
  await eventually(bob.here).toEqual([])
  expect(bob.told).toEqual(['join ada', 'leave ada'])
})

test('whoever’s connection breaks while the policies are asked is not present ever after', async () => {
  const [ada, bob, carl] = [await person(), await person(), await person()]
  for (const who of [ada, bob, carl]) await allow(world, who, 'room:late')
  const told: string[] = []
  const options = (key: string) => asKey(key, { private: true })
  const watching = (await client(world.url, bob)).channel('room:late', options('bob'))
  await join(watching.on('presence', { event: 'join' }, ({ key }) => told.push(key)))

  const { ws, received, send } = await rawSocket(world.url)
  const to = { topic: 'realtime:room:late', join_ref: '1' }
  const config = { ...options('ada').config, private: true }
  send({ ...to, event: 'phx_join', payload: { config, access_token: ada.token }, ref: '1' })
  await eventually(() => received).toHaveLength(1)
  const sockets = async () =>
    (await (await fetch(`${world.url}/realtime/v1/api/health`)).json()).data.connected_cluster
  const before = await sockets()
  const lock = await world.db.connect()
  try {
    await lock.query('begin')
    await lock.query('lock table public.rights in access exclusive mode')
    send({ ...to, event: 'presence', payload: { event: 'track', payload: {} }, ref: '2' })
    const asked = `select from pg_stat_activity where application_name = 'realtime' and wait_event_type = 'Lock'
      and datname = current_database()`
    await eventually(async () => (await lock.query(asked)).rowCount).toBe(1)
    ws.terminate()
    await eventually(sockets).toBe(before - 1)
  } finally {
    await lock.query('commit')
    lock.release()
  }

  const late = await join((await client(world.url, carl)).channel('room:late', options('carl')))
  await late.track({})
  await eventually(() => told).toContain('carl')
  expect(told).toEqual(['carl'])
})

test('nothing is kept of a topic where somebody came and went before anybody was told', async () => {
  const told: string[] = []
  const presence = new Presence((topic) => told.push(topic))
  const ada = {}
  for (let i = 0; i < 3; i++) {
    presence.track(`room ${i}`, ada, 'ada', {})
    presence.untrack(`room ${i}`, ada)
  }
  presence.track('kept', ada, 'ada', {})
  await eventually(() => presence.topics).toBe(1)
  expect(told).toEqual(['kept'])
  presence.untrack('kept', ada)
  await eventually(() => presence.topics).toBe(0)
})

test('many who come at once are told together, and nobody is missing', async () => {
  const bob = await present('crowd', 'bob')
  const crowd = await Promise.all(Array.from({ length: 20 }, () => rawSocket(world.url)))
  const to = { topic: 'realtime:crowd', join_ref: '1' }
  crowd.forEach(({ send }, i) => {
    send({ ...to, event: 'phx_join', payload: asKey(`guest ${i}`), ref: '1' })
    send({
      ...to,
      event: 'presence',
      payload: { type: 'presence', event: 'TRACK', payload: { i } },
      ref: '2',
    })
  })
  await eventually(bob.here).toHaveLength(20)
  expect(bob.told).toHaveLength(20)
  for (const { ws } of crowd) ws.terminate()
  await eventually(bob.here).toEqual([])
})

test('a newcomer is given everybody, and hears of nobody twice', async () => {
  const ada = await present('newcomer', 'ada')
  await ada.channel.track({})
  const bob = await present('newcomer', 'bob')
  await bob.channel.track({})
  await eventually(bob.here).toEqual(['ada:1', 'bob:1'])
  expect(bob.told).toEqual(['join ada', 'join bob'])
})

test('a key may be any text', async () => {
  const { received, send } = await rawSocket(world.url)
  const to = { topic: 'realtime:keys', join_ref: '1' }
  send({ ...to, event: 'phx_join', payload: asKey('__proto__'), ref: '1' })
  send({ ...to, event: 'presence', payload: { event: 'track', payload: { a: 1 } }, ref: '2' })
  await eventually(() => received.at(-1)).toMatchObject({
    event: 'presence_diff',
    payload: { joins: JSON.parse('{"__proto__": {"metas": [{"a": 1}]}}') },
  })
  const bob = await present('keys', 'constructor')
  await bob.channel.track({ b: 1 })
  await eventually(bob.here).toContain('constructor:1')
})

test('more than five changes within thirty seconds end the channel, as on hosted', async () => {
  const { channel } = await present('hasty', 'ada')
  const said: unknown[] = []
  channel.on('system', {}, (message) => said.push(message))
  for (let i = 0; i < 5; i++) expect(await channel.track({ i })).toBe('ok')
  void channel.track({ i: 5 })
  await eventually(() => said).toMatchObject([{ message: 'Client presence rate limit exceeded' }])
  await eventually(() => channel.state).toBe('closed')
})

test('on a private topic presence has rights of its own, to see and to be seen', async () => {
  const [ada, eve, dan] = [await person(), await person(), await person()]
  await allow(world, ada, 'room:p')
  await allow(world, eve, 'room:p', { extensions: ['broadcast'] })
  await allow(world, dan, 'room:p', { write: false })
  const options = (key: string) => asKey(key, { private: true })
  const channels = {
    ada: (await client(world.url, ada)).channel('room:p', options('ada')),
    eve: (await client(world.url, eve)).channel('room:p', options('eve')),
    dan: (await client(world.url, dan)).channel('room:p', options('dan')),
  }
  for (const channel of Object.values(channels)) {
    channel.on('presence', { event: 'sync' }, () => {})
    await join(channel)
  }
  expect(await channels.ada.track({})).toBe('ok')
  expect(await channels.eve.track({})).toBe('error')
  expect(await channels.dan.track({})).toBe('error')
  await eventually(() => Object.keys(channels.dan.presenceState())).toEqual(['ada'])
  expect(Object.keys(channels.ada.presenceState())).toEqual(['ada'])
  expect(channels.eve.presenceState()).toEqual({})
})

test('what is no object, and what is no known act, is refused', async () => {
  const { received, send } = await rawSocket(world.url)
  const to = { topic: 'realtime:odd', join_ref: '1' }
  send({ ...to, event: 'phx_join', payload: { config: {} }, ref: '1' })
  send({ ...to, event: 'presence', payload: { event: 'track', payload: [1] }, ref: '2' })
  send({ ...to, event: 'presence', payload: { event: 'dance' }, ref: '3' })
  await eventually(() => received).toMatchObject([
    { ref: '1' },
    {
      ref: '2',
      payload: { status: 'error', response: { reason: 'Presence track payload must be a map' } },
    },
    { ref: '3', payload: { status: 'error', response: {} } },
  ])
})
