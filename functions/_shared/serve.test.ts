import { describe, expect, test } from 'vitest'
import { keptLog } from '../testing/kept-log.ts'
import { readJson } from './body.ts'
import { Refusal } from './refusal.ts'
import { serve } from './serve.ts'

const lines = keptLog()

const post = (body: BodyInit, headers: Record<string, string> = {}) =>
  new Request('http://gateway/functions/v1/echo', { method: 'POST', body, headers })
const echo = serve('echo', 'POST', async (request) => Response.json(await readJson(request, 100)))

describe('a function', () => {
  test('answers a browser’s preflight', async () => {
    const answer = await echo(new Request('http://gateway/', { method: 'OPTIONS' }))
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-allow-methods')).toBe('POST, OPTIONS')
    expect(answer.headers.get('access-control-allow-headers')).toContain('x-request-id')
  })

  test('refuses another method and names the right one', async () => {
    const answer = await echo(new Request('http://gateway/'))
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('POST')
    expect(await answer.json()).toMatchObject({ code: 'method_not_allowed' })
  })

  test('keeps the caller’s request id in answer and log, and makes one where it is missing or strange', async () => {
    const kept = await echo(post('{}', { 'x-request-id': 'req_12345678' }))
    expect(kept.headers.get('x-request-id')).toBe('req_12345678')
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ request_id: 'req_12345678', status: 200 })

    for (const strange of [{}, { 'x-request-id': '"}{' }, { 'x-request-id': 'x'.repeat(65) }]) {
      expect((await echo(post('{}', strange))).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    }
  })

  test('says what it refuses, and can be read by a page of another origin', async () => {
    const refusing = serve('no', 'POST', async () => {
      throw new Refusal(409, 'domain_taken', 'Taken.', { fields: { email: 'domain_taken' } })
    })
    const answer = await refusing(post('{}', { 'x-request-id': 'req_12345678' }))
    expect(answer.status).toBe(409)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(await answer.json()).toEqual({
      code: 'domain_taken',
      message: 'Taken.',
      fields: { email: 'domain_taken' },
      request_id: 'req_12345678',
    })
  })

  test('tells a stranger nothing of an error of its own, and its log all', async () => {
    const breaking = serve('broken', 'POST', async () => {
      throw new Error('password of the database: hunter2')
    })
    const answer = await breaking(post('{}'))
    expect(answer.status).toBe(500)
    expect(await answer.text()).not.toContain('hunter2')
    expect(lines.join('\n')).toContain('hunter2')
  })
})

describe('a body', () => {
  test('that is not JSON is refused', async () => {
    for (const body of ['', '{', 'undefined', '\u0000']) {
      const answer = await echo(post(body))
      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject({ code: 'invalid_input' })
    }
  })

  test('is not read further than it may be long, whatever its header says', async () => {
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>({
      pull(stream) {
        pulled += 1
        stream.enqueue(new Uint8Array(64).fill(32))
      },
    })
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      body: endless,
      headers: { 'content-length': '2' },
      duplex: 'half',
    }
    const request = new Request('http://gateway/', init)
    expect((await echo(request)).status).toBe(413)
    expect(pulled).toBeLessThan(10)
  })

  test('of many bytes in few letters is counted in bytes', async () => {
    expect((await echo(post(JSON.stringify('ش'.repeat(60))))).status).toBe(413)
    expect((await echo(post(JSON.stringify('s'.repeat(60))))).status).toBe(200)
  })
})
