import { fileURLToPath } from 'node:url'
import { exportSPKI, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { handler, type Scratch, scratchFunctions } from './functions-world.ts'

const echo = fileURLToPath(new URL('functions/echo.ts', import.meta.url))
const open = { verify_jwt: false }

let scratch: Scratch
beforeAll(async () => {
  scratch = await scratchFunctions({
    files: {
      '.env': 'GREETING=hello\nSUPABASE_URL=http://elsewhere.example\n',
      'mirror/index.ts': handler(`
        const url = new URL(request.url)
        return Response.json({ method: request.method, url: url.pathname + url.search, scheme: url.protocol,
          headers: Object.fromEntries(request.headers), body: await request.text() })`),
      'nameless/index.ts': handler('return new Response("served by default")'),
      'off/index.ts': handler('return new Response("never")'),
      'crash/index.ts': `
        let calls = 0
        Deno.serve((request) => {
          calls += 1
          if (request.method === 'GET') return new Response('call ' + calls)
          setTimeout(() => { throw new Error('this is the end') })
          return new Promise(() => {})
        })`,
      'throws/index.ts': handler('throw new Error("not to be told")'),
      'talk/index.ts': handler(`
        console.log(JSON.stringify({ level: 'warn', msg: 'as a log' }) + '\\nas a person')
        return new Response()`),
      'top/index.ts': 'throw new Error("before any call")',
      'syntax/index.ts': 'const = 1',
      'lost/index.ts': "import './nowhere.ts'",
      'misnamed/index.ts': "import { no } from '../_shared/things.ts'; no()",
      '_shared/things.ts': 'export const yes = 1',
      'idle/index.ts': 'console.log("I serve nothing")',
      'stream/index.ts': handler(`
        const words = ['data: one\\n\\n', 'data: two\\n\\n']
        const body = new ReadableStream({ async pull(to) {
          const word = words.shift()
          if (!word) return to.close()
          to.enqueue(new TextEncoder().encode(word))
          await new Promise((next) => setTimeout(next, 300))
        } })
        return new Response(body, { headers: { 'content-type': 'text/event-stream' } })`),
      'count/index.ts': handler(`
        let bytes = 0
        for await (const chunk of request.body) bytes += chunk.length
        return new Response(String(bytes))`),
      'unread/index.ts': handler('return new Response("not read", { status: 413 })'),
      'headers/index.ts': handler(`
        const headers = new Headers({ 'content-type': 'text/csv', 'x-own': 'kept' })
        headers.append('set-cookie', 'a=1'); headers.append('set-cookie', 'b=2')
        return new Response('a,b', { status: 201, headers })`),
      'socket/index.ts': handler(`
        if (request.headers.get('upgrade') !== 'websocket') return new Response('no', { status: 426 })
        const { socket, response } = Deno.upgradeWebSocket(request)
        socket.onmessage = ({ data }) => socket.send('heard ' + data)
        return response`),
      'node/index.ts': `
        import { createServer } from 'node:http'
        createServer((request, response) => response.end('node ' + request.url)).listen(3000)`,
      'declared/index.ts': 'export default { fetch: () => new Response("declared") }',
      'files/index.ts': handler(`
        const own = await Deno.readTextFile(new URL('./page.html', import.meta.url))
        await Deno.writeTextFile('/tmp/p2p-scratch.txt', own)
        const read = await Deno.readTextFile('/tmp/p2p-scratch.txt')
        await Deno.remove('/tmp/p2p-scratch.txt')
        const written = await Deno.writeTextFile('never-written.txt', '').then(() => true, () => false)
        return Response.json({ read, written })`),
      'files/page.html': '<p>a file of its own</p>',
      'usual/index.ts': `
        import 'jsr:@supabase/functions-js/edge-runtime.d.ts'
        import { createClient } from 'jsr:@supabase/supabase-js@2'
        import { word } from 'words/one.ts'
        import { z } from 'schema'
        ${handler('return Response.json([typeof createClient, word, typeof z.object])')}`,
      'usual/deno.json': '{ "imports": { "words/": "../_shared/", "schema": "npm:zod" } }',
      '_shared/one.ts': "export const word = 'one'",
      'commented/index.ts': `import { word } from 'words/one.ts'; ${handler('return new Response(word)')}`,
      'commented/deno.jsonc': '{ "imports": { "words/": "../_shared/" /* beside it */ } }',
      'later/index.ts': `
        addEventListener('beforeunload', ({ detail }) => console.log('unloading: ' + detail.reason))
        Deno.serve(() => {
          EdgeRuntime.waitUntil(new Promise((done) => setTimeout(done, 300)).then(() => console.log('done later')))
          return new Response('now')
        })`,
    },
    functions: {
      echo: { ...open, entrypoint: echo },
      guarded: { entrypoint: echo },
      off: { enabled: false },
      ...Object.fromEntries(
        'mirror crash throws talk top syntax lost misnamed idle stream count unread headers socket node declared files later usual commented'
          .split(' ')
          .map((name) => [name, open]),
      ),
    },
  })
})
afterAll(() => scratch?.stop())
const call: Scratch['call'] = (path, init) => scratch.call(path, init)

describe('an edge function', () => {
  test('runs in Deno with the packages npm installed and the environment of a hosted one', async () => {
    const answer = await (await call('echo/and/more?x=1', { method: 'POST', body: 'سلام' })).json()
    expect(answer).toMatchObject({ path: '/echo/and/more', body: 'سلام', zod: 'function' })
    // Node hands it to every child where coverage is measured.
    const { NODE_V8_COVERAGE: _, ...env } = answer.env
    expect(Object.keys(env).sort()).toEqual([
      'DENO_DEPLOYMENT_ID',
      'GREETING',
      'SB_EXECUTION_ID',
      'SB_REGION',
      'SIGNUP_MAX_PER_NETWORK',
      'SITE_URL',
      'SUPABASE_ANON_KEY',
      'SUPABASE_DB_URL',
      'SUPABASE_JWKS',
      'SUPABASE_PUBLISHABLE_KEYS',
      'SUPABASE_SECRET_KEYS',
      'SUPABASE_SERVICE_ROLE_KEY',
      'SUPABASE_URL',
    ])
    // Its own variables are read, but for those whose names are the platform's.
    expect(answer.env).toMatchObject({ GREETING: 'hello', SUPABASE_URL: scratch.config.urls.api })
    expect(JSON.parse(answer.env.SUPABASE_PUBLISHABLE_KEYS)).toEqual({
      default: scratch.config.keys.publishable,
    })
    expect(JSON.parse(answer.env.SUPABASE_JWKS)).toEqual(scratch.config.keys.jwks)
  })

  test('is told the method, what follows its name, and the headers', async () => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const answer = await call('mirror/a/b?c=d', {
        method,
        headers: { 'x-region': 'eu-west-1', 'x-own': 'yes' },
      })
      expect(await answer.json()).toMatchObject({
        method,
        url: '/mirror/a/b?c=d',
        scheme: 'http:',
        headers: { 'x-own': 'yes', 'x-region': 'eu-west-1' },
      })
    }
  })

  test('answers with its own status and headers, and which worker it was', async () => {
    const answer = await call('headers')
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('x-own')]).toEqual([
      201,
      'text/csv',
      'kept',
    ])
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(answer.headers.get('x-served-by')).toBe('supabase-edge-runtime')
    expect(answer.headers.get('x-deno-execution-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('streams what it says as it says it', async () => {
    const answer = await call('stream')
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
    const began = performance.now()
    expect(await reader?.read()).toMatchObject({ value: 'data: one\n\n' })
    const first = performance.now()
    expect(await reader?.read()).toMatchObject({ value: 'data: two\n\n' })
    expect(first - began).toBeLessThan(performance.now() - first)
  })

  test('takes a large body, and may leave it unread', async () => {
    const body = Buffer.alloc(30 * 2 ** 20, 1)
    expect(await (await call('count', { method: 'POST', body })).text()).toBe(String(body.length))
    const streamed = new ReadableStream({
      start(to) {
        for (let part = 0; part < 20; part++) to.enqueue(Buffer.alloc(2 ** 20))
        to.close()
      },
    })
    const init = { method: 'POST', body: streamed, duplex: 'half' } as RequestInit
    expect(await (await call('count', init)).text()).toBe(String(20 * 2 ** 20))
    for (let again = 0; again < 5; again++) {
      const answer = await call('unread', { method: 'POST', body })
      expect([answer.status, await answer.text()]).toEqual([413, 'not read'])
    }
  })

  test('may speak WebSocket', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${scratch.port}/functions/v1/socket`)
    const heard = new Promise((hear) => socket.once('message', (data: Buffer) => hear(data.toString())))
    socket.once('open', () => socket.send('hello'))
    expect(await heard).toBe('heard hello')
    socket.close()
  })

  test('may be a server of Node, or an object with fetch, and need not be in config.toml', async () => {
    expect(await (await call('node/x')).text()).toBe('node /node/x')
    expect(await (await call('declared')).text()).toBe('declared')
    const apikey = scratch.config.keys.publishable
    expect(await (await call('nameless', { headers: { apikey } })).text()).toBe('served by default')
  })

  test('has its import map, and what functions usually import without a network', async () => {
    expect(await (await call('usual')).json()).toEqual(['function', 'one', 'function'])
    expect(await (await call('commented')).text()).toBe('one')
  })

  test('reads files of its own, writes to /tmp and nowhere else', async () => {
    expect(await (await call('files')).json()).toEqual({ read: '<p>a file of its own</p>', written: false })
  })

  test('goes on after its answer with what EdgeRuntime.waitUntil holds', async () => {
    expect(await (await call('later')).text()).toBe('now')
    await expect.poll(() => scratch.logged).toContain('done later')
  })

  test('that logs is heard as it is, and whatever else it says too', async () => {
    await call('talk')
    await expect.poll(() => scratch.logged).toContain('as a person')
    expect(scratch.printed.map((line) => JSON.parse(line))).toEqual([
      { function: 'talk', level: 'warn', msg: 'as a log' },
    ])
  })
})

const refusal = async (answer: Response) => ({
  status: answer.status,
  code: answer.headers.get('sb-error-code'),
  body: await answer.json(),
})
const said = (status: number, code: string, message: string) => ({ status, code, body: { code, message } })

describe('verify_jwt', () => {
  const guarded = (headers: Record<string, string>, method = 'GET') => call('guarded', { headers, method })
  const withToken = (value: string) => guarded({ authorization: `Bearer ${value}` })
  const legacy = (secret: string, ends: string) =>
    new SignJWT({ role: 'authenticated' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime(ends)
      .sign(new TextEncoder().encode(secret))

  test('lets in who has a token of this project or one of its keys, on either header', async () => {
    const { publishable, secret, anon, serviceRole, jwtSecret } = scratch.config.keys
    for (const token of [anon, serviceRole, publishable, secret, await legacy(jwtSecret, '1h')]) {
      expect((await withToken(token)).status).toBe(200)
    }
    for (const apikey of [anon, serviceRole, publishable, secret]) {
      expect((await guarded({ apikey })).status).toBe(200)
    }
    expect((await guarded({}, 'OPTIONS')).status).toBe(200)
  })

  test('says of each other token why not', async () => {
    const { jwtSecret, publishable } = scratch.config.keys
    const pair = await generateKeyPair('ES256', { extractable: true })
    expect(await exportSPKI(pair.publicKey)).toContain('PUBLIC KEY')
    const foreign = await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid: 'x' }).sign(pair.privateKey)
    const long = new TextEncoder().encode('x'.repeat(64))
    const unsupported = await new SignJWT({}).setProtectedHeader({ alg: 'HS512' }).sign(long)
    const old = said(401, 'UNAUTHORIZED_LEGACY_JWT', 'Invalid JWT')
    const malformed = said(401, 'UNAUTHORIZED_INVALID_JWT_FORMAT', 'Invalid JWT')
    expect(await refusal(await guarded({}))).toEqual(
      said(401, 'UNAUTHORIZED_NO_AUTH_HEADER', 'Missing authorization header'),
    )
    expect(await refusal(await guarded({ authorization: 'Basic YTpi' }))).toEqual(
      said(401, 'UNAUTHORIZED_INVALID_JWT_FORMAT', "Auth header is not 'Bearer {token}'"),
    )
    for (const text of ['x', 'a.b.c', 'sb_publishable_x', `${btoa('{}')}.e30.`]) {
      expect([text, await refusal(await withToken(text))]).toEqual([text, malformed])
    }
    expect(await refusal(await withToken(await legacy('another secret that is long enough', '1h')))).toEqual(
      old,
    )
    expect(await refusal(await withToken(await legacy(jwtSecret, '-1m')))).toEqual(old)
    expect(await refusal(await withToken(foreign))).toEqual(
      said(401, 'UNAUTHORIZED_ASYMMETRIC_JWT', 'Invalid JWT'),
    )
    expect(await refusal(await withToken(unsupported))).toEqual(
      said(401, 'UNAUTHORIZED_UNSUPPORTED_TOKEN_ALGORITHM', 'Unsupported JWT algorithm HS512'),
    )
    // A good key does not make up for a bad token.
    const both = await guarded({ apikey: publishable, authorization: 'Bearer a.b.c' })
    expect(await refusal(both)).toEqual(malformed)
  })

  test('asks before a WebSocket is opened', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${scratch.port}/functions/v1/guarded`)
    expect(await new Promise((told) => socket.once('error', ({ message }) => told(message)))).toContain('401')
  })
})

describe('a function that', () => {
  const notFound = said(404, 'NOT_FOUND', 'Requested function was not found')
  const fault = said(500, 'WORKER_ERROR', 'Function exited due to an error (please check logs)')
  const notLoaded = said(503, 'BOOT_ERROR', 'Function failed to start (please check logs)')

  test('is not there, or switched off, is not found, whoever asks', async () => {
    for (const path of ['nothing', '', '..%2f', 'off', '?x=1'])
      expect([path, await refusal(await call(path))]).toEqual([path, notFound])
    const answer = await call('nothing', { method: 'OPTIONS' })
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([404, '*'])
  })

  test('ends is started again for the next call', async () => {
    expect(await (await call('crash')).text()).toBe('call 1')
    expect(await refusal(await call('crash', { method: 'POST' }))).toEqual(fault)
    expect(await (await call('crash')).text()).toBe('call 1')
  })

  test('throws as it answers costs that answer alone', async () => {
    const answer = await call('throws')
    expect([answer.status, await answer.text(), answer.headers.get('sb-error-code')]).toEqual([
      500,
      'Internal Server Error',
      'EDGE_FUNCTION_ERROR',
    ])
  })

  test('cannot be loaded says so, and one that fails as it is loaded has failed', async () => {
    for (const name of ['syntax', 'lost', 'misnamed'])
      expect([name, await refusal(await call(name))]).toEqual([name, notLoaded])
    for (const name of ['top', 'idle']) expect([name, await refusal(await call(name))]).toEqual([name, fault])
    await expect.poll(() => scratch.logged.join('\n')).toMatch(/Unexpected token.*nowhere\.ts.*named 'no'/s)
  })
})
