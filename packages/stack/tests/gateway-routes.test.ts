import { request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { startTestStack, type TestStack } from '../testing/stack.ts'

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
