import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '@p2p/stack/testing/postgres'
import { expect, test } from 'vitest'
import { until } from './testing/ground.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const deno = join(dirname(createRequire(import.meta.url).resolve('deno/package.json')), 'deno')

const keys = { SUPABASE_PUBLISHABLE_KEY: 'sb_publishable_x', SUPABASE_SECRET_KEY: 'sb_secret_x' }
const environment = { SUPABASE_URL: 'http://127.0.0.1:9', ...keys }

async function withDeno<T>(name: string, work: (url: string) => Promise<T>): Promise<T> {
  const port = await freePort()
  const flags = [
    '--quiet',
    '--no-prompt',
    '--no-lock',
    '--cached-only',
    '--allow-net',
    '--allow-env',
    '--allow-read',
  ]
  const child = spawn(
    deno,
    [
      'serve',
      ...flags,
      '--config',
      here('deno.json'),
      '--host',
      '127.0.0.1',
      '--port',
      `${port}`,
      here(`${name}/index.ts`),
    ],
    { env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment }, stdio: 'ignore' },
  )
  try {
    const url = `http://127.0.0.1:${port}/functions/v1/${name}`
    await until(() => fetch(url, { method: 'OPTIONS' }))
    return await work(url)
  } finally {
    child.kill()
  }
}

test('Deno loads signup with what npm installed, and it answers', async () => {
  const answer = await withDeno('signup', (url) => fetch(url, { method: 'POST', body: '{}' }).then(read))
  expect(answer).toMatchObject({
    status: 422,
    body: { code: 'invalid_input', fields: { email: 'email_invalid' } },
  })
})

test('Deno loads the functions by which one joins a company, and they answer', async () => {
  const ask = (url: string) => fetch(url, { method: 'POST', body: '{}' }).then(read)
  expect(await withDeno('accept-invitation', ask)).toMatchObject({
    status: 404,
    body: { code: 'invitation_unknown' },
  })
  expect(await withDeno('request-to-join', ask)).toMatchObject({
    status: 422,
    body: { code: 'invalid_input' },
  })
})

test('Deno loads health, and it answers', async () => {
  const answer = await withDeno('health', (url) => fetch(url).then(read))
  expect(answer).toMatchObject({
    status: 503,
    body: { status: 'unavailable', parts: { auth: { ok: false } } },
  })
})

const read = async (answer: Response) => ({ status: answer.status, body: await answer.json() })
