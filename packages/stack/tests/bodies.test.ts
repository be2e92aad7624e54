import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { clientOf } from './people.ts'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.stop())

async function ask(method: string, path: string, body?: string) {
  const headers = { apikey: stack.keys.publishable, 'content-type': 'application/json' }
  const answer = await fetch(stack.urls.api + path, { method, headers, ...(body && { body }) })
  return { status: answer.status, body: await answer.text() }
}

/** Sends a body and, behind it on the same connection, a question that has a good answer. The statuses of both. */
async function askTwice(path: string, body: string, type = 'application/json'): Promise<number[]> {
  const head = (line: string, ...more: string[]) =>
    [`${line} HTTP/1.1`, 'host: 127.0.0.1', `apikey: ${stack.keys.publishable}`, ...more, '', ''].join('\r\n')
  const socket = connect(stack.config.ports.api, '127.0.0.1')
  socket.write(head(`POST ${path}`, `content-type: ${type}`, `content-length: ${body.length}`))
  socket.write(body)
  socket.write(head('GET /auth/v1/health', 'connection: close'))
  return Array.from((await text(socket)).matchAll(/HTTP\/1\.1 (\d{3})/g), ([, status]) => Number(status))
}

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

describe('a body', () => {
  test('that does not say its length is read, and measured', async () => {
    const headers = { apikey: stack.keys.publishable, 'content-type': 'application/json' }
    const post = (path: string, body: string) => {
      const init = { method: 'POST', headers, body: new Blob([body]).stream(), duplex: 'half' }
      return fetch(stack.urls.api + path, init)
    }
    expect((await post('/auth/v1/recover', '{"email":"ada@a.example"}')).status).toBe(200)
    expect((await post('/auth/v1/signup', 'x'.repeat(2_000_000))).status).toBe(413)
    const visitor = clientOf(stack, stack.keys.publishable)
    expect((await visitor.from('profiles').delete().eq('locale', 'en')).status).toBe(401)
  })

  test('that is nested beyond all measure is refused in the words of who was asked', async () => {
    const rest = await ask('POST', '/rest/v1/rpc/me', `{"x":${nested(6000)}}`)
    expect([rest.status, JSON.parse(rest.body).code]).toEqual([400, 'PGRST102'])
    const query = await ask('GET', `/rest/v1/profiles?select=${'a('.repeat(2000)}`)
    expect([query.status, JSON.parse(query.body).code]).toEqual([400, 'PGRST100'])
    for (const path of ['signup', 'otp', 'magiclink', 'recover']) {
      const person = `{"email":"ada@a.example","password":"a long password","data":{"x":${nested(6000)}}}`
      const auth = await ask('POST', `/auth/v1/${path}`, person)
      expect([path, auth.status, JSON.parse(auth.body).error_code]).toEqual([path, 400, 'bad_json'])
      expect(auth.body).not.toContain('RangeError')
    }
  })

  test('that nobody reads to its end is no matter to the next request on the connection', async () => {
    const large = 'x'.repeat(3_000_000)
    const refused: [string, string, number, string?][] = [
      ['/auth/v1/token?grant_type=id_token', large.slice(0, 400_000), 400],
      ['/auth/v1/signup', large, 413],
      ['/rest/v1/rpc/me', large.repeat(4), 413],
      ['/storage/v1/object/nothing/x.png', large, 400, 'image/png'],
      ['/realtime/v1/api/broadcast', large.repeat(3), 413],
      ['/functions/v1/nothing', large, 404],
      ['/functions/v1/signup', large, 413],
      ['/nothing', large, 404],
    ]
    for (const [path, body, status, type] of refused) {
      expect([path, await askTwice(path, body, type)]).toEqual([path, [status, 200]])
    }
  })

  test('too large for a function is no matter to others who call it', async () => {
    const signup = async (body: string, method = 'POST') => {
      const headers = { apikey: stack.keys.publishable, 'content-type': 'application/json' }
      return (await fetch(`${stack.urls.api}/functions/v1/signup`, { method, headers, body })).status
    }
    const rounds = Array.from({ length: 20 }, () => ['x'.repeat(1_000_000), '{}', '{}', '{}']).flat()
    const callers = await Promise.all(
      [1, 2, 3].map(async () => {
        const statuses: number[] = []
        for (const body of rounds) statuses.push(await signup(body))
        return statuses
      }),
    )
    for (const statuses of callers) {
      expect(statuses).toEqual(rounds.map((body) => (body === '{}' ? 422 : 413)))
    }
    // Answered before the body is looked at.
    for (let round = 0; round < 100; round++) expect(await signup('{}', 'PUT')).toBe(405)
  })
})
