import { join } from 'node:path'
import { signUp } from '@p2p/client'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { stackConfig } from '../src/config.ts'
import { readEnv } from '../src/env.ts'
import { startAgainst } from '../src/supervisor/against.ts'
import { mailTo } from '../testing/mailbox.ts'
import { freeBlock, startTestStack, type TestStack, temporaryFolder } from '../testing/stack.ts'
import { founder, verified, visitor } from './companies.ts'

/* Worker and web against a Supabase elsewhere: here that is a stack which has neither. */

let elsewhere: TestStack
let here: { stop(): Promise<void> }
let web: string

beforeAll(async () => {
  elsewhere = await startTestStack()
  const port = await freeBlock()
  const dir = await temporaryFolder()
  const { urls, keys } = elsewhere
  const given = {
    SUPABASE_URL: urls.api,
    SUPABASE_PUBLISHABLE_KEY: keys.publishable,
    STACK_PORT: String(port),
    STACK_DIR: join(dir, 'against'),
  }
  vi.stubEnv('DATABASE_URL', urls.database)
  vi.stubEnv('SUPABASE_SECRET_KEY', keys.secret)
  vi.stubEnv('SMTP_URL', urls.smtp)
  vi.stubEnv('MAIL_FROM', 'no-reply@p2p-sandbox.example')
  const env = readEnv(given)
  const config = stackConfig(env)
  web = `http://127.0.0.1:${config.ports.web}`
  here = await startAgainst(env, config, () => {})
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await here?.stop()
  await elsewhere?.stop()
})

test('the worker does the jobs of that Supabase', async () => {
  const ada = founder('Ada')
  await signUp(visitor(elsewhere), ada)
  await verified(elsewhere, ada.email)
  expect((await mailTo(elsewhere.urls.mail, ada.email, 2)).Subject).toMatch(/welcome/i)
})

test('the web app speaks to that Supabase', async () => {
  expect(await (await fetch(web)).text()).toContain('<div id="root">')
  const page = await (await fetch(`${web}/src/lib/supabase.ts`)).text()
  expect(page).toContain(elsewhere.urls.api)
  expect(page).not.toContain(elsewhere.keys.secret)
})

test('without the key that the web app needs, it says so', async () => {
  const env = readEnv({ SUPABASE_URL: elsewhere.urls.api })
  await expect(startAgainst(env, stackConfig(env), () => {})).rejects.toThrow(/SUPABASE_PUBLISHABLE_KEY/)
})
