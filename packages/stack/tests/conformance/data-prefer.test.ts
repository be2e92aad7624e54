import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Library, library } from './data-world.ts'
import { target } from './world.ts'

let lib: Library
beforeAll(async () => {
  lib = await library()
})
afterAll(() => lib.drop())

const send = (method: string, query: string, prefer: string, body?: unknown) =>
  fetch(`${target.api}/rest/v1/${query}`, {
    method,
    headers: { apikey: target.secretKey, 'content-type': 'application/json', prefer },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })

describe('rest.from', () => {
  it('says which preferences made a difference', async () => {
    const told: [method: string, query: string, prefer: string, body: unknown, applied: string | null][] = [
      ['GET', lib.books, 'count=exact', undefined, 'count=exact'],
      ['GET', lib.books, 'return=minimal, nothing', undefined, null],
      ['POST', lib.labels, 'return=minimal', { id: 60 }, 'return=minimal'],
      [
        'POST',
        lib.labels,
        'resolution=merge-duplicates,return=representation',
        { id: 60 },
        'resolution=merge-duplicates, return=representation',
      ],
      ['POST', `${lib.labels}?columns=id`, 'missing=default', [{ id: 61 }], 'missing=default'],
      [
        'PATCH',
        `${lib.labels}?id=eq.60`,
        'handling=strict, max-affected=1',
        { name: 'x' },
        'handling=strict, max-affected=1',
      ],
      ['DELETE', `${lib.labels}?id=eq.60`, 'tx=rollback, count=exact', undefined, 'count=exact'],
    ]
    for (const [method, query, prefer, body, applied] of told) {
      const answer = await send(method, query, prefer, body)
      expect([query, prefer, answer.headers.get('preference-applied')]).toEqual([query, prefer, applied])
    }
  })

  it('is strict where that is wanted', async () => {
    const answer = await send('GET', lib.books, 'handling=strict, anything')
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { code: 'PGRST122', details: 'Invalid preferences: anything' },
    ])
  })

  it('tells the time of another place', async () => {
    const query = `${lib.authors}?id=eq.1&select=seen`
    const answer = await send('GET', query, 'timezone=Asia/Muscat')
    expect(await answer.json()).toEqual([{ seen: '2024-01-02T07:04:05.123456+04:00' }])
    const nowhere = await send('GET', query, 'timezone=No/Where')
    expect([nowhere.status, await nowhere.json()]).toMatchObject([400, { code: '22023' }])
  })

  it('says in which schema it looked', async () => {
    const answer = await send('GET', lib.books, '')
    expect(answer.headers.get('content-profile')).toBe('public')
  })
})
