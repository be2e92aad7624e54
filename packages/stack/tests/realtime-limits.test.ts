import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import WebSocket from 'ws'
import { limitsOf, readEnv } from '../src/realtime/env.ts'
import type { Limits } from '../src/realtime/limits.ts'
import { client, createWorld, eventually, join, rawSocket, type World } from './realtime-world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.stop())

/** A server beside the world's own, as strict as a test wants it. Returns its address. */
async function strict(limits: Partial<Limits>): Promise<string> {
  const server = await world.start(limits)
  onTestFinished(() => server.stop())
  return `http://127.0.0.1:${server.port}`
}

const joining = (topic: string, ref: string, config: object = {}) => [
  ref,
  ref,
  `realtime:${topic}`,
  'phx_join',
  { config },
]
const broadcast = (topic: string, ref: string) => [
  '1',
  ref,
  `realtime:${topic}`,
  'broadcast',
  { type: 'broadcast', event: 'said', payload: {} },
]
const refused = (reason: string) => ({ 4: { status: 'error', response: { reason } } })

/** What a server says instead of opening a socket. */
const refusal = (url: string) =>
  new Promise((done) => {
    const ws = new WebSocket(
      `${url.replace('http', 'ws')}/realtime/v1/websocket?apikey=sb_publishable_test&vsn=2.0.0`,
    )
    ws.once('error', () => {})
    ws.once('open', () => done('opened'))
    ws.once('unexpected-response', (_request, response) => {
      response.on('data', (body) => done([response.statusCode, JSON.parse(String(body))]))
    })
    onTestFinished(() => ws.terminate())
  })

test('beyond the most connections nobody joins, and then nobody connects, until somebody leaves', async () => {
  const url = await strict({ users: 1 })
  const [ada, bob] = [await rawSocket(url, '2.0.0'), await rawSocket(url, '2.0.0')]
  ada.send(joining('a', '1'))
  await eventually(() => ada.received).toMatchObject([{ 4: { status: 'ok' } }])
  ada.send(joining('b', '2'))
  await eventually(() => ada.received.at(-1)).toMatchObject({ 4: { status: 'ok' } })
  bob.send(joining('a', '1'))
  await eventually(() => bob.received).toMatchObject([
    refused('ConnectionRateLimitReached: Too many connected users'),
  ])
  expect(await refusal(url)).toEqual([429, { error: 'Too many connected users' }])
  ada.ws.terminate()
  await eventually(() => {
    bob.send(joining('a', '2'))
    return bob.received.at(-1)
  }).toMatchObject({ 4: { status: 'ok' } })
})

test('whoever joins too often is told so and hung up on, and nobody connects meanwhile', async () => {
  const url = await strict({ joinsPerSecond: 2 })
  const { received, closed, send } = await rawSocket(url, '2.0.0')
  for (let i = 0; i < 30; i++) send(joining(`t${i}`, String(i)))
  await eventually(() => refusal(url)).toEqual([429, { error: 'Too many joins per second' }])
  expect(received).toHaveLength(30)
  send(joining('late', 'late'))
  expect(await closed).toBe(1001)
  expect(received.at(-1)).toMatchObject(refused('ClientJoinRateLimitReached: Too many joins per second'))
})

test('whoever says too much loses the channel, and over HTTP nothing is taken', async () => {
  const url = await strict({ eventsPerSecond: 2 })
  const { received, send } = await rawSocket(url, '2.0.0')
  send(joining('loud', '1'))
  for (let i = 0; i < 30; i++) send(broadcast('loud', String(i)))
  await eventually(() => {
    send(broadcast('loud', 'more'))
    return received.filter((message) => JSON.stringify(message).includes('"system"'))
  }).toEqual([
    [
      '1',
      null,
      'realtime:loud',
      'system',
      { extension: 'system', status: 'error', message: 'Too many messages per second', channel: 'loud' },
    ],
  ])
  expect(received).toContainEqual(['1', '1', 'realtime:loud', 'phx_close', {}])
  const response = await fetch(`${url}/realtime/v1/api/broadcast`, {
    method: 'POST',
    headers: { apikey: 'sb_publishable_test', 'content-type': 'application/json' },
    body: '{}',
  })
  expect([response.status, await response.json()]).toEqual([429, { message: 'Too many requests' }])
})

test('more presences than a second may have end the channels that tell and ask', async () => {
  const url = await strict({ presencesPerSecond: 1, presenceCalls: 1000 })
  const { received, send } = await rawSocket(url, '2.0.0')
  send(joining('crowd', '1'))
  let n = 0
  const track = () => send(['1', '2', 'realtime:crowd', 'presence', { event: 'track', payload: { n: n++ } }])
  for (let i = 0; i < 30; i++) track()
  const tooMany = { 4: { message: 'Too many presence messages per second' } }
  await eventually(() => {
    track()
    return received.filter((message) => JSON.stringify(message).includes('"system"'))
  }).toMatchObject([tooMany])
  send(joining('crowd', '3', { presence: { enabled: true } }))
  await eventually(() => received.slice(-2)).toMatchObject([tooMany, { 3: 'phx_close' }])
})

test('where only private channels are allowed, a public one is refused', async () => {
  const server = await world.start({}, 0, { privateOnly: true })
  onTestFinished(() => server.stop())
  const channel = (await client(`http://127.0.0.1:${server.port}`)).channel('lobby')
  await expect(join(channel)).rejects.toThrow('PrivateOnly: This project only allows private channels')
})

test('the limits can be set under the names of the real server', () => {
  const env = readEnv({
    REALTIME_PORT: '1',
    DATABASE_URL: 'postgres://a',
    JWT_SECRET: 'x'.repeat(32),
    TENANT_MAX_EVENTS_PER_SECOND: '7',
    CLIENT_PRESENCE_MAX_CALLS: '8',
    TENANT_MAX_JOINS_PER_SECOND: '',
    REALTIME_PRIVATE_ONLY: 'true',
  })
  expect(limitsOf(env)).toEqual({ eventsPerSecond: 7, presenceCalls: 8 })
  expect(env.REALTIME_PRIVATE_ONLY).toBe(true)
  const wrong = { ...process.env, JWT_JWKS: '{', TENANT_MAX_CONCURRENT_USERS: '0' }
  for (const name of ['JWT_JWKS', 'TENANT_MAX_CONCURRENT_USERS']) expect(() => readEnv(wrong)).toThrow(name)
})

test('a thousand clients on one topic all hear what is said', async () => {
  const heard = new Set<number>()
  const sockets = await Promise.all(
    Array.from({ length: 1000 }, async (_, i) => {
      const socket = await rawSocket(world.url, '2.0.0')
      socket.ws.on('message', (data: Buffer) => {
        if (data.includes('to all of you')) heard.add(i)
      })
      socket.send(joining('stadium', '1'))
      return socket
    }),
  )
  await eventually(() => sockets.filter(({ received }) => received.length === 1).length).toBe(1000)
  const speaker = (await client(world.url)).channel('stadium')
  await join(speaker)
  await speaker.send({ type: 'broadcast', event: 'said', payload: { words: 'to all of you' } })
  await eventually(() => heard.size).toBe(1000)
})
