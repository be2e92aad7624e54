import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  allow,
  client,
  createWorld,
  eventually,
  heard,
  join,
  person,
  rawSocket,
  service,
  type World,
} from './realtime-world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.stop())

const isPrivate = { config: { private: true } }
const say = (event: string, payload: object = {}) => ({ type: 'broadcast' as const, event, payload })

test.for([
  ['1.0.0', '1.0.0'],
  ['2.0.0', '2.0.0'],
  ['1.0.0', '2.0.0'],
  ['2.0.0', '1.0.0'],
])('what Ada says over version %s Bob hears over version %s', async ([adas, bobs]) => {
  const ada = (await client(world.url, undefined, { vsn: adas })).channel('hall')
  const bob = (await client(world.url, undefined, { vsn: bobs })).channel('hall')
  const hears = heard(bob, 'said')
  await Promise.all([join(ada), join(bob)])
  await ada.send(say('said', { words: 'السلام عليكم' }))
  expect(await hears).toEqual({ type: 'broadcast', event: 'said', payload: { words: 'السلام عليكم' } })
})

test('one hears oneself only when one asks to', async () => {
  for (const self of [true, false]) {
    const received: string[] = []
    const ada = (await client(world.url)).channel('echo', { config: { broadcast: { self } } })
    const bob = (await client(world.url)).channel('echo')
    ada.on('broadcast', { event: '*' }, ({ event }) => received.push(event))
    await Promise.all([join(ada), join(bob)])
    await ada.send(say('from ada'))
    await bob.send(say('from bob'))
    await eventually(() => received).toContain('from bob')
    expect(received.includes('from ada')).toBe(self)
    await Promise.all([ada.unsubscribe(), bob.unsubscribe()])
  }
})

test('an acknowledged broadcast has been passed on when the answer comes', async () => {
  const ada = (await client(world.url)).channel('ack', { config: { broadcast: { ack: true } } })
  const { received, send } = await rawSocket(world.url)
  send({ topic: 'realtime:ack', event: 'phx_join', payload: { config: {} }, ref: '1', join_ref: '1' })
  await join(ada)
  await eventually(() => received).toHaveLength(1)
  expect(await ada.send(say('said'))).toBe('ok')
  await eventually(() => received.at(-1)).toMatchObject({ event: 'broadcast', payload: { event: 'said' } })
})

test('a broadcast that is too large is refused, and the next one passes', async () => {
  const small = await world.start({ payloadBytes: 1000 })
  try {
    const url = `http://127.0.0.1:${small.port}`
    const ada = (await client(url)).channel('large', { config: { broadcast: { ack: true } } })
    await join(ada)
    expect(await ada.send(say('said', { words: 'x'.repeat(2000) }))).toBe('error')
    expect(await ada.send(say('said', { words: 'x' }))).toBe('ok')
  } finally {
    await small.stop()
  }
})

test('a message beyond the limit of a frame ends the connection', async () => {
  const { ws, closed } = await rawSocket(world.url)
  ws.send('x'.repeat(5_000_001))
  expect(await closed).toBe(1009)
})

test('bytes arrive as bytes, and not at all where the version cannot carry them', async () => {
  const payload = new Uint8Array([0, 255, 128, 7]).buffer
  const [ada, bob] = [(await client(world.url)).channel('raw'), (await client(world.url)).channel('raw')]
  const old = (await client(world.url, undefined, { vsn: '1.0.0' })).channel('raw')
  const received: string[] = []
  old.on('broadcast', { event: '*' }, ({ event }) => received.push(event))
  const hears = heard<ArrayBuffer>(bob, 'bytes')
  await Promise.all([join(ada), join(bob), join(old)])
  await ada.send({ type: 'broadcast', event: 'bytes', payload })
  await ada.send(say('words'))
  expect(new Uint8Array((await hears).payload)).toEqual(new Uint8Array(payload))
  await eventually(() => received).toEqual(['words'])
})

test('topics do not hear each other, nor a private one its public namesake', async () => {
  const ada = await person()
  await allow(world, ada, 'room')
  const supabase = await client(world.url, ada)
  const received: Record<string, string[]> = { private: [], public: [], other: [] }
  const channels = {
    private: supabase.channel('room', isPrivate),
    public: (await client(world.url)).channel('room'),
    other: (await client(world.url)).channel('room:2'),
  }
  for (const [name, channel] of Object.entries(channels)) {
    channel.on('broadcast', { event: '*' }, ({ event }) => received[name]?.push(event))
    await join(channel)
  }
  const speakers = {
    private: (await client(world.url, ada)).channel('room', isPrivate),
    public: (await client(world.url)).channel('room'),
    other: (await client(world.url)).channel('room:2'),
  }
  for (const [name, channel] of Object.entries(speakers)) await (await join(channel)).send(say(`to ${name}`))
  await eventually(() => received).toEqual({
    private: ['to private'],
    public: ['to public'],
    other: ['to other'],
  })
})

test('whoever may only read is heard by nobody', async () => {
  const [ada, eve] = [await person(), await person()]
  await allow(world, ada, 'room:w')
  await allow(world, eve, 'room:w', { write: false })
  const received: string[] = []
  const listener = (await client(world.url, ada)).channel('room:w', isPrivate)
  listener.on('broadcast', { event: '*' }, ({ event }) => received.push(event))
  const [adas, eves] = await Promise.all([
    join((await client(world.url, ada)).channel('room:w', isPrivate)),
    join((await client(world.url, eve)).channel('room:w', isPrivate)),
    join(listener),
  ])
  await eves.send(say('from eve'))
  await eves.httpSend('from eve', {}).catch((error: Error) => expect(error.message).toBe('Unauthorized'))
  await adas.send(say('from ada'))
  await eventually(() => received).toEqual(['from ada'])
})

test('whoever may only write hears nothing, because the channel does not open', async () => {
  const ada = await person()
  await allow(world, ada, 'room:r', { read: false })
  await expect(join((await client(world.url, ada)).channel('room:r', isPrivate))).rejects.toThrow(
    'Unauthorized',
  )
})

test('the right to write is asked again once the token is renewed', async () => {
  const [ada, bob] = [await person(), await person()]
  for (const who of [ada, bob]) await allow(world, who, 'room:n')
  const supabase = await client(world.url, ada)
  const adas = await join(supabase.channel('room:n', { config: { private: true, broadcast: { ack: true } } }))
  const bobs = (await client(world.url, bob)).channel('room:n', isPrivate)
  const received: string[] = []
  bobs.on('broadcast', { event: '*' }, ({ event }) => received.push(event))
  await join(bobs)
  expect(await adas.send(say('first'))).toBe('ok')
  await allow(world, ada, 'room:n', { write: false })
  const renewed = await person(1800)
  ada.token = renewed.token
  await allow(world, renewed, 'room:n', { write: false })
  await supabase.realtime.setAuth()
  expect(await adas.send(say('second'), { timeout: 200 })).toBe('timed out')
  await (await join((await client(world.url, bob)).channel('room:n', isPrivate))).send(say('third'))
  await eventually(() => received).toEqual(['first', 'third'])
})

test('several messages come in one request, each to its topic', async () => {
  const [one, two] = [
    (await client(world.url)).channel('rest:1'),
    (await client(world.url)).channel('rest:2'),
  ]
  const hears = [heard(one, 'a'), heard(two, 'b')]
  await Promise.all([join(one), join(two)])
  const response = await post('/api/broadcast', {
    messages: [
      { topic: 'rest:1', event: 'a', payload: { n: 1 } },
      { topic: 'rest:2', event: 'b', payload: { n: 2 } },
    ],
  })
  expect(response.status).toBe(202)
  expect(await Promise.all(hears)).toEqual([
    { type: 'broadcast', event: 'a', payload: { n: 1 } },
    { type: 'broadcast', event: 'b', payload: { n: 2 } },
  ])
})

test('over HTTP too a private topic takes messages only from whoever may write there', async () => {
  const [ada, eve] = [await person(), await person()]
  await allow(world, ada, 'room:h')
  const channel = (await client(world.url, ada)).channel('room:h', isPrivate)
  const received: string[] = []
  channel.on('broadcast', { event: '*' }, ({ event }) => received.push(event))
  await join(channel)
  const message = (event: string) => ({ messages: [{ topic: 'room:h', event, payload: {}, private: true }] })
  // Answered alike, as on hosted: who may not write does not learn it.
  expect((await post('/api/broadcast', message('eve'), eve.token)).status).toBe(202)
  expect((await post('/api/broadcast', message('ada'), ada.token)).status).toBe(202)
  await expect(service(world.url).channel('room:h', isPrivate).httpSend('service', {})).resolves.toEqual({
    success: true,
  })
  await eventually(() => received).toEqual(['ada', 'service'])
})

test('a message sent before the channel is joined goes over HTTP and arrives', async () => {
  const channel = (await client(world.url)).channel('early')
  const hears = heard(channel, 'bytes')
  await join(channel)
  const early = (await client(world.url)).channel('early')
  await expect(early.httpSend('bytes', new Uint8Array([1, 2]).buffer)).resolves.toEqual({ success: true })
  expect(new Uint8Array((await hears).payload as unknown as ArrayBuffer)).toEqual(new Uint8Array([1, 2]))
})

test.for([
  ['no list', {}, { messages: ["can't be blank"] }],
  ['something else than a list', { messages: 'x' }, { messages: ['is invalid'] }],
  [
    'a message that lacks everything',
    { messages: [{}, { topic: 'a', event: 'b', payload: {} }] },
    { messages: [{ topic: ["can't be blank"], event: ["can't be blank"], payload: ["can't be blank"] }, {}] },
  ],
  [
    'a payload that is no object',
    { messages: [{ topic: 'a', event: 'b', payload: [] }] },
    { messages: [{ payload: ['is invalid'] }] },
  ],
] as const)('a request with %s is explained', async ([, body, errors]) => {
  const response = await post('/api/broadcast', body)
  expect([response.status, await response.json()]).toEqual([422, { errors }])
})

test('a request without a valid key or token is refused', async () => {
  expect((await post('/api/broadcast', { messages: [] }, 'rubbish')).status).toBe(401)
  expect((await post('/api/broadcast', { messages: [] }, (await person(-1)).token)).status).toBe(401)
})

test('a body that is no JSON, or of a kind nobody knows, is refused', async () => {
  const send = (path: string, type: string) =>
    fetch(`${world.url}/realtime/v1${path}`, {
      method: 'POST',
      headers: { apikey: 'sb_publishable_test', 'content-type': type },
      body: '{',
    })
  expect((await send('/api/broadcast', 'application/json')).status).toBe(400)
  expect((await send('/api/broadcast/a/events/b', 'application/json')).status).toBe(400)
  expect((await send('/api/broadcast/a/events/b', 'text/plain')).status).toBe(415)
})

const post = (path: string, body: unknown, token = 'sb_publishable_test') =>
  fetch(`${world.url}/realtime/v1${path}`, {
    method: 'POST',
    headers: {
      apikey: 'sb_publishable_test',
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  })
