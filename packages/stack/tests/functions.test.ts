import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stackConfig } from '../src/config.ts'
import { type Functions, startFunctions } from '../src/functions/server.ts'
import { freeBlock, temporaryFolder } from '../testing/stack.ts'

const setup = (name: string, verify_jwt = false) => ({
  enabled: true,
  verify_jwt,
  entrypoint: fileURLToPath(new URL(`functions/${name}.ts`, import.meta.url)),
})

let functions: Functions
let config: ReturnType<typeof stackConfig>
const logged: string[] = []
const printed: string[] = []
beforeAll(async () => {
  config = stackConfig({
    STACK_PORT: await freeBlock(),
    STACK_DIR: await temporaryFolder(),
    SIGNUP_MAX_PER_NETWORK: '7',
  })
  const all = {
    echo: setup('echo'),
    guarded: setup('echo', true),
    crash: setup('crash'),
    silent: setup('silent'),
    talk: setup('talk'),
    broken: setup('broken'),
  }
  const voices = {
    log: (_: string, message: string) => void logged.push(message),
    print: (line: string) => void printed.push(line),
  }
  functions = await startFunctions(config, { functions: all }, voices, 1_500)
})
afterAll(async () => {
  await functions?.close()
  await rm(config.dir, { recursive: true, force: true })
})

const call = (path: string, init: RequestInit = {}) =>
  fetch(`http://127.0.0.1:${functions.port}/functions/v1/${path}`, init)

describe('an edge function', () => {
  test('runs in Deno with the packages npm installed and the environment of a hosted one', async () => {
    const answer = await (await call('echo/and/more?x=1', { method: 'POST', body: 'سلام' })).json()
    expect(answer).toMatchObject({ path: '/echo/and/more', body: 'سلام', zod: 'function' })
    expect(answer.env).toEqual([
      'SIGNUP_MAX_PER_NETWORK',
      'SUPABASE_ANON_KEY',
      'SUPABASE_DB_URL',
      'SUPABASE_JWKS',
      'SUPABASE_PUBLISHABLE_KEYS',
      'SUPABASE_SECRET_KEYS',
      'SUPABASE_SERVICE_ROLE_KEY',
      'SUPABASE_URL',
    ])
  })

  test('asks for a token where config.toml says so', async () => {
    const token = await new SignJWT({ role: 'authenticated' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(config.keys.jwtSecret))
    const withToken = (value: string) => call('guarded', { headers: { authorization: `Bearer ${value}` } })
    expect((await call('guarded')).status).toBe(401)
    expect((await withToken(`${token}x`)).status).toBe(401)
    expect((await withToken(token)).status).toBe(200)
  })

  test('that logs is heard as it is, and whatever else it says too', async () => {
    await call('talk')
    await expect.poll(() => logged).toContain('as a person')
    expect(printed.map((line) => JSON.parse(line))).toEqual([
      { function: 'talk', level: 'warn', msg: 'as a log' },
    ])
  })

  test('that ends is started again for the next call', async () => {
    expect(await (await call('crash')).text()).toBe('call 1')
    expect((await call('crash', { method: 'POST' })).status).toBe(502)
    expect(await (await call('crash')).text()).toBe('call 1')
  })

  test('that does not answer is given up', async () => {
    expect((await call('silent')).status).toBe(504)
  })

  test('that does not load says so, and one that is not there too', async () => {
    expect(await (await call('broken')).json()).toMatchObject({ code: 'BOOT_ERROR' })
    expect((await call('nothing')).status).toBe(404)
    expect((await call('')).status).toBe(404)
  })
})
