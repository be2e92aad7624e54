import {
  createClient,
  FunctionRegion,
  FunctionsFetchError,
  FunctionsHttpError,
  FunctionsRelayError,
} from '@supabase/supabase-js'
import { describe, expect, it } from 'vitest'
import { admin, fresh, freshEmail, metadata, password, person, target, visitor } from './world.ts'

/* The project's own functions, signup and health, are all that every ground has; both are open to whoever has no token. */

const call = (path: string, init: RequestInit = {}) => fetch(`${target.api}/functions/v1/${path}`, init)
type Invoke = ReturnType<typeof visitor>['functions']['invoke']

/** Whether the function was reached and said how the parts are, well or not: a ground need not have all of them. */
async function saysHealth(
  functions: { invoke: Invoke },
  options: Parameters<Invoke>[1] = {},
  path = 'health',
) {
  const { data, response } = await functions.invoke(path, { method: 'GET', ...options })
  expect([200, 503]).toContain(response?.status)
  expect(data ?? (await response?.json())).toMatchObject({ parts: expect.any(Object) })
  return response
}

const signupOf = (name: string) => ({ email: freshEmail(name), password, ...metadata(name) })

describe('functions.invoke', () => {
  it('posts JSON and hands back the JSON of the answer, with the response', async () => {
    const body = signupOf('Ada')
    const { data, error, response } = await visitor().functions.invoke('signup', { body })
    expect(error).toBeNull()
    expect(data).toMatchObject({ email: body.email })
    expect(response?.status).toBe(200)
  })

  it('uses the method it is told, and none of its body for GET', async () => {
    await saysHealth(visitor().functions)
  })

  it('hands on headers of the caller', async () => {
    const headers = { 'x-request-id': fresh('request') }
    const response = await saysHealth(visitor().functions, { headers })
    expect(response?.headers.get('x-request-id')).toBe(headers['x-request-id'])
  })

  it('takes a region, which need not be where the function runs', async () => {
    await saysHealth(visitor().functions, { region: FunctionRegion.EuCentral1 })
  })

  it('sends a text, bytes and a form as what they are', async () => {
    const form = new FormData()
    form.set('email', 'ada')
    for (const body of [
      'not json',
      new Blob(['not json']),
      new TextEncoder().encode('not json').buffer,
      form,
    ]) {
      const { error, response } = await visitor().functions.invoke('signup', { body })
      expect(error).toBeInstanceOf(FunctionsHttpError)
      expect(response?.status).toBe(400)
    }
  })

  it('works for who is signed in, and with the secret key', async () => {
    const { client } = await person('Ada')
    for (const { functions } of [client, admin]) await saysHealth(functions)
  })

  it('is given up when its caller gives it up', async () => {
    const { error } = await visitor().functions.invoke('health', {
      method: 'GET',
      signal: AbortSignal.abort(),
    })
    expect(error).toBeInstanceOf(FunctionsFetchError)
  })

  it('may take a path after the name of the function', async () => {
    await saysHealth(visitor().functions, {}, 'health/anything')
  })

  it('answers a page of any origin that asks before it calls', async () => {
    const answer = await call('signup', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://example.org',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,x-client-info,apikey,content-type',
      },
    })
    expect(answer.ok).toBe(true)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-allow-headers')).toContain('x-client-info')
  })
})

describe('functions.setAuth', () => {
  it('sends the token with each call; an open function does not mind which', async () => {
    const { functions } = visitor()
    functions.setAuth('whatever')
    await saysHealth(functions)
  })
})

describe('functions.invoke FunctionsHttpError', () => {
  it('is what a function refuses, with its status and body to read', async () => {
    const { data, error } = await visitor().functions.invoke('signup', { body: { email: 'nobody' } })
    expect(data).toBeNull()
    expect(error).toBeInstanceOf(FunctionsHttpError)
    expect(error.message).toBe('Edge Function returned a non-2xx status code')
    expect(error.context.status).toBe(422)
    expect(await error.context.json()).toMatchObject({ code: expect.any(String) })
  })

  it('is what a method is refused with that a function does not take', async () => {
    const { error } = await visitor().functions.invoke('signup', { method: 'DELETE' })
    expect([error.name, error.context.status]).toEqual(['FunctionsHttpError', 405])
  })

  it('is what a function is answered with that is not there', async () => {
    const { error } = await visitor().functions.invoke(fresh('nothing'))
    expect([error.name, error.context.status]).toEqual(['FunctionsHttpError', 404])
  })
})

describe('functions.invoke FunctionsRelayError', () => {
  it('is not what a function or the platform answers: none says x-relay-error', async () => {
    for (const path of ['health', 'signup', fresh('nothing')]) {
      expect((await call(path, { method: 'GET' })).headers.get('x-relay-error')).toBeNull()
      const { error } = await visitor().functions.invoke(path, { method: 'PUT' })
      expect(error).not.toBeInstanceOf(FunctionsRelayError)
    }
  })
})

describe('functions.invoke FunctionsFetchError', () => {
  it('is what a call that never arrived comes to', async () => {
    const { functions } = createClient('http://127.0.0.1:9', target.publishableKey)
    const { error } = await functions.invoke('health')
    expect(error).toBeInstanceOf(FunctionsFetchError)
    expect(error.message).toBe('Failed to send a request to the Edge Function')
  })

  it('is what a call that takes longer than its caller waits comes to', async () => {
    const { error } = await visitor().functions.invoke('signup', { body: signupOf('Eve'), timeout: 1 })
    expect(error).toBeInstanceOf(FunctionsFetchError)
  })
})
