import { request } from 'node:http'
import { type AddressInfo, connect, createServer } from 'node:net'
import { pipeline } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { WebSocket } from 'ws'
import { readinessOf } from '../src/gateway/admin.ts'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { childrenOf, partOf } from './faults-world.ts'

const scratch = (name: string) => ({
  verify_jwt: false,
  entrypoint: fileURLToPath(new URL(`functions/${name}`, import.meta.url)),
})

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack({
    apiProcesses: 2,
    settings: {
      functions: {
        socket: scratch('socket.js'),
        headers: scratch('headers.ts'),
        guarded: { entrypoint: scratch('headers.ts').entrypoint },
      },
    },
  })
})
afterAll(() => stack?.stop())

const call = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
  fetch(stack.urls.api + path, { redirect: 'manual', ...init, headers })

describe('the gateway', () => {
  test('answers a preflight for each service but functions, which answer their own', async () => {
    const asked = {
      origin: 'https://example.org',
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'apikey,x-anything',
    }
    const paths = [
      '/rest/v1/x',
      '/auth/v1/user',
      '/storage/v1/object/x',
      '/realtime/v1/api/broadcast',
      '/graphql/v1',
    ]
    for (const path of paths) {
      const { status, headers } = await call(path, asked, { method: 'OPTIONS' })
      expect([path, status]).toEqual([path, 200])
      expect(headers.get('access-control-allow-origin')).toBe('*')
      expect(headers.get('access-control-allow-headers')).toBe('apikey,x-anything')
      expect(headers.get('access-control-allow-methods')).toMatch(/PATCH.*DELETE/)
    }
    for (const name of ['headers', 'guarded']) {
      const own = await call(`/functions/v1/${name}`, asked, { method: 'OPTIONS' })
      expect(own.headers.get('access-control-allow-headers')).toBe('of-its-own')
    }
  })

  test('gives each answer an id, the caller’s own where it looks like one', async () => {
    const given = { 'x-request-id': 'given-by-ada-1' }
    for (const path of [
      '/rest/v1/',
      '/auth/v1/health',
      '/storage/v1/status',
      '/functions/v1/headers',
      '/nothing',
    ]) {
      expect((await call(path, given)).headers.get('sb-request-id')).toBe('given-by-ada-1')
      const { headers } = await call(path, { 'x-request-id': 'no id; at all' })
      expect([path, headers.get('sb-request-id')]).toEqual([path, expect.stringMatching(/^[0-9a-f-]{36}$/)])
      expect(headers.get('x-request-id')).toBe(headers.get('sb-request-id'))
    }
  })

  test('tells a function where a call came from, whatever the caller claims', async () => {
    const claimed = {
      'x-forwarded-for': '203.0.113.7',
      'x-real-ip': '203.0.113.7',
      'x-forwarded-proto': 'https',
    }
    const told = await (await call('/functions/v1/headers', claimed)).json()
    expect(told).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-real-ip': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': '127.0.0.1',
      'x-forwarded-port': String(stack.config.port),
      'sb-request-id': told['x-request-id'],
    })
  })

  test('opens a WebSocket to a function, and to nothing that has none', async () => {
    const at = (path: string) => new WebSocket(stack.urls.api.replace('http', 'ws') + path)
    const socket = at('/functions/v1/socket')
    const heard = new Promise((hear) => socket.once('message', (data: Buffer) => hear(data.toString())))
    socket.once('open', () => socket.send('hello'))
    expect(await heard).toBe('heard hello')
    socket.close()
    for (const [path, status] of [
      ['/rest/v1/x', 404],
      ['/functions/v1/nothing', 404],
      ['/functions/v1/guarded', 401],
      ['/functions/v1/headers', 200],
    ]) {
      const refused = new Promise((told) => at(String(path)).once('error', ({ message }) => told(message)))
      expect([path, await refused]).toEqual([path, expect.stringContaining(String(status))])
    }
  })

  /** Asks to speak WebSocket where nobody does. */
  const ask = () => {
    const socket = connect({ port: stack.config.port, host: '127.0.0.1', allowHalfOpen: true })
    socket.write('GET /nowhere HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n')
    return socket
  }

  test('outlives whoever asks for a WebSocket and breaks off', async () => {
    const gateway = (await partOf(stack, 'gateway'))?.pid
    const answering = await childrenOf(gateway, 'gateway/main.ts')
    for (let time = 0; time < 10; time += 1) {
      const socket = ask()
      await new Promise((answered) => socket.once('data', answered))
      socket.resetAndDestroy()
    }
    for (let time = 0; time < 10; time += 1) expect((await call('/auth/v1/health')).status).toBe(200)
    expect(await childrenOf(gateway, 'gateway/main.ts')).toEqual(answering)
  })

  test('keeps no connection of whoever was refused a WebSocket', async () => {
    const socket = ask()
    const broken = new Promise((told) => socket.once('error', ({ message }) => told(message)))
    await new Promise((ended) => socket.resume().once('end', ended))
    const speaking = setInterval(() => socket.write('still there?'), 20)
    expect(await broken).toMatch(/EPIPE|ECONNRESET/)
    clearInterval(speaking)
  })

  test('says that GraphQL is not enabled, as a project does that has it switched off', async () => {
    const key = { apikey: stack.keys.publishable, 'content-type': 'application/json' }
    const answer = await call('/graphql/v1', key, { method: 'POST', body: '{"query":"{ __typename }"}' })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({ errors: [{ message: 'pg_graphql extension is not enabled.' }] })
    expect((await call('/graphql/v1', {}, { method: 'POST', body: '{}' })).status).toBe(401)
  })

  test('says whether the Data API is there and ready', async () => {
    for (const [path, status] of [
      ['live', 200],
      ['ready', 200],
      ['nothing', 404],
    ])
      expect([path, (await call(`/rest-admin/v1/${path}`)).status]).toEqual([path, status])
  })

  test('asks the database once, however many ask whether the Data API is ready', async () => {
    const { port } = new URL(inject('adminUrl'))
    let opened = 0
    const counting = createServer((caller) => {
      opened += 1
      const onward = connect(Number(port), '127.0.0.1')
      pipeline(caller, onward, caller, () => {})
    })
    await new Promise<void>((listening) => counting.listen(0, '127.0.0.1', listening))
    const url = new URL(inject('adminUrl'))
    url.port = String((counting.address() as AddressInfo).port)
    const ready = readinessOf(url.href)
    expect(await Promise.all(Array.from({ length: 20 }, ready))).toEqual(Array(20).fill(200))
    expect([await ready(), opened]).toEqual([200, 1])
    await new Promise((closed) => counting.close(closed))
    await expect.poll(ready).toBe(503)
  })

  test('says that it is not ready where the database takes the call and says nothing', async () => {
    const silent = createServer((caller) => caller.on('error', () => {}).resume())
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening))
    const { port } = silent.address() as AddressInfo
    expect(await readinessOf(`postgresql://nobody@127.0.0.1:${port}/postgres`)()).toBe(503)
    await new Promise((closed) => silent.close(closed))
  })

  test('answers HEAD without a body, and unknown addresses as hosted does', async () => {
    const head = await call('/rest/v1/', { apikey: stack.keys.secret }, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    for (const path of ['/', '/nothing', '/rest', '/functions', '/graphql/v2']) {
      const answer = await call(path)
      expect([path, answer.status]).toEqual([path, 404])
      expect(await answer.json()).toEqual({ message: 'no Route matched with those values' })
    }
  })

  test('refuses headers without end, and does not wait for ever on a request that never ends', async () => {
    const large = await new Promise<number | undefined>((told, failed) =>
      request(`${stack.urls.api}/auth/v1/health`, { headers: { cookie: 'x'.repeat(20_000) } }, (answer) => {
        answer.resume()
        told(answer.statusCode)
      })
        .on('error', failed)
        .end(),
    )
    expect(large).toBe(431)
    const rubbish = connect(stack.config.port, '127.0.0.1')
    rubbish.end('GET / HTTP/1.1\r\nno colon\r\n\r\n')
    expect(await text(rubbish)).toContain('400 Bad Request')
  })
})
