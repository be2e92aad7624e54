import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test as base, describe, expect } from 'vitest'
import { RegistryRefused, RegistryUnreachable } from './company-registry.ts'
import { wathq } from './wathq.ts'

type Answer = { status?: number; body?: unknown; headers?: Record<string, string>; silent?: boolean }
type Registry = {
  url: string
  /** What it answers to a path; unknown to all others. */
  answers: Map<string, Answer>
  asked: { path: string; key: string | undefined }[]
}

const key = 'a-key-for-tests'
const active = { id: 1, name: 'نشط', confirmationDate: { gregorian: '2027-03-31', hijri: '1448-10-23' } }
const castings = { crNationalNumber: '7001272124', name: 'شركة مصنع نجد للسباكة', status: active }

/** A registry over HTTP that answers as Wathq's does. */
const test = base.extend<{ registry: Registry }>({
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads what a fixture needs from this pattern
  registry: async ({}, use) => {
    const registry: Registry = { url: '', answers: new Map(), asked: [] }
    const server = createServer((request, response) => {
      const path = request.url ?? ''
      registry.asked.push({ path, key: request.headers.apikey?.toString() })
      const answer = registry.answers.get(path) ?? { status: 404, body: { code: '404.2.1' } }
      if (answer.silent) return
      const { status = 200, body, headers = {} } = answer
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    registry.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await use(registry)
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  },
})

const info = '/info/7001272124?language=ar'
const find = ({ url }: Registry, number = '7001272124', timeoutMs = 5_000) =>
  wathq({ url, apiKey: key, timeoutMs }).find(number, new AbortController().signal)

describe('the register', () => {
  test('knows a company by its national number, and is asked with our key', async ({ registry }) => {
    registry.answers.set(info, { body: { ...castings, managers: [{ name: 'somebody' }] } })
    expect(await find(registry)).toEqual({
      found: true,
      name: 'شركة مصنع نجد للسباكة',
      nationalNumber: '7001272124',
      active: true,
      expiresOn: '2027-03-31',
    })
    expect(registry.asked).toEqual([{ path: info, key }])
  })

  test('turns an older number into the national one first', async ({ registry }) => {
    registry.answers.set('/crNationalNumber/1010002475', { body: { crNationalNumber: '7001272124' } })
    registry.answers.set(info, { body: castings })
    expect(await find(registry, '1010002475')).toMatchObject({ found: true, nationalNumber: '7001272124' })
    expect(await find(registry, '1010002476')).toEqual({ found: false })
  })

  test.for([
    [{ id: 3, name: 'منتهي' }, false],
    [{ id: 2, name: 'معلق' }, false],
    [{ name: 'Active' }, true],
    [{ id: 1, name: 'نشط', confirmationDate: { gregorian: 'soon' } }, true],
  ] as const)(
    'says by the state %j whether the company is active: %s',
    async ([status, is], { registry }) => {
      registry.answers.set(info, { body: { ...castings, status } })
      expect(await find(registry)).toMatchObject({ active: is, expiresOn: null })
    },
  )

  test.for([
    { status: 404, body: '' },
    { status: 400, body: { code: '404.2.1', message: 'No Results Found' } },
  ])('does not know a number: %j', async (answer, { registry }) => {
    registry.answers.set(info, answer)
    expect(await find(registry)).toEqual({ found: false })
  })

  test.for([401, 403])('refuses our key with %i', async (status, { registry }) => {
    registry.answers.set(info, { status, body: { message: key } })
    const refusal = await find(registry).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(RegistryRefused)
    expect(String(refusal)).not.toContain(key)
  })

  test('says how long to wait, in seconds or as a date', async ({ registry }) => {
    const waiting = async (retryAfter: string) => {
      registry.answers.set(info, { status: 429, body: '{}', headers: { 'retry-after': retryAfter } })
      return (await find(registry).catch((error: unknown) => error)) as RegistryUnreachable
    }
    expect(await waiting('90')).toMatchObject({ name: 'RegistryUnreachable', retryAfter: 90 })
    const inAnHour = await waiting(new Date(Date.now() + 3_600_000).toUTCString())
    expect(inAnHour.retryAfter).toBeGreaterThan(3_500)
    expect((await waiting('9999999')).retryAfter).toBe(86_400)
    expect((await waiting('soon')).retryAfter).toBeNull()
  })

  test.for<[string, Answer]>([
    ['an error of its own', { status: 500, body: '<html>' }],
    ['what is no JSON', { body: '<html>hello</html>' }],
    ['what is no company', { body: { name: 'X' } }],
    [
      'a redirect, which would take our key along',
      { status: 302, headers: { location: 'http://127.0.0.1:9/' } },
    ],
    ['a request it does not understand', { status: 400, body: { code: '400.1.3' } }],
  ])('that answers %s cannot be reached', async ([, answer], { registry }) => {
    registry.answers.set(info, answer)
    await expect(find(registry)).rejects.toBeInstanceOf(RegistryUnreachable)
  })

  test('that says nothing, or is not there, cannot be reached', async ({ registry }) => {
    registry.answers.set(info, { silent: true })
    await expect(find(registry, '7001272124', 50)).rejects.toThrow('does not answer: TimeoutError')
    await expect(find({ ...registry, url: 'http://127.0.0.1:9' })).rejects.toBeInstanceOf(RegistryUnreachable)
  })
})
