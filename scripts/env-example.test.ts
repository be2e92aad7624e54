import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { readEnv as readFunctionEnv } from '../functions/_shared/env.ts'
import { readEnv as readStackEnv } from '../packages/stack/src/env.ts'
import { readEnv as readWorkerEnv } from '../packages/worker/src/env.ts'
import { readEnv as readWebEnv } from '../web/src/lib/env.ts'

const read = (path: string) => readFile(new URL(`../${path}`, import.meta.url), 'utf8')

async function example(): Promise<Record<string, string>> {
  const lines = (await read('.env.example')).matchAll(/^# ([A-Z_]+)=(.*)$/gm)
  return Object.fromEntries([...lines].map(([, name, value]) => [name!, value!]))
}

// Given by the platform to its functions, never by a person. (The worker's SECRET_KEY is given by one.)
const given = /^SUPABASE_(ANON_KEY|SERVICE_ROLE_KEY|SECRET_KEYS|PUBLISHABLE_KEYS)$/

test('every variable that is read stands in .env.example, and nothing else does', async () => {
  const sources = await Promise.all(
    [
      'packages/stack/src/env.ts',
      'packages/worker/src/env.ts',
      'functions/_shared/env.ts',
      'web/src/lib/env.ts',
    ].map(read),
  )
  const names = sources.flatMap((source) =>
    [...source.matchAll(/^ +([A-Z][A-Z_]+):/gm)].map(([, name]) => name!),
  )
  const wanted = new Set(names.filter((name) => !given.test(name)))
  expect(Object.keys(await example()).toSorted()).toEqual([...wanted].toSorted())
})

test('its values are ones that can be read', async () => {
  const values = await example()
  expect(readStackEnv(values)).toMatchObject({ STACK_PORT: 54_321, STACK_DIR: '.stack' })
  expect(readWorkerEnv(values)).toMatchObject({ WORKER_PORT: 54_330 })
  expect(readWebEnv(values).faults).toBeNull()
  expect(readFunctionEnv({ ...values, SUPABASE_SECRET_KEY: 'sb_secret_x' })).toMatchObject({
    signupMaxPerNetwork: 30,
  })
})
