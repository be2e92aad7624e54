import { expect, test } from 'vitest'
import { readEnv } from './env.ts'

test('the keys are taken as hosted Supabase gives them, and as older projects and the local stack do', () => {
  const url = { SUPABASE_URL: 'https://project.supabase.co/' }
  const sets = { SUPABASE_PUBLISHABLE_KEYS: '{"default":"pub"}', SUPABASE_SECRET_KEYS: '{"default":"sec"}' }
  const single = { SUPABASE_PUBLISHABLE_KEY: 'pub', SUPABASE_SECRET_KEY: 'sec' }
  const legacy = { SUPABASE_ANON_KEY: 'pub', SUPABASE_SERVICE_ROLE_KEY: 'sec' }
  for (const keys of [sets, single, legacy]) {
    expect(readEnv({ ...url, ...keys })).toMatchObject({
      url: 'https://project.supabase.co',
      publishableKey: 'pub',
      secretKey: 'sec',
    })
  }
})

test('every fault of the environment is named at once', () => {
  const reading = () => readEnv({ SUPABASE_URL: 'somewhere', SUPABASE_SECRET_KEYS: 'not json' })
  expect(reading).toThrow(/SUPABASE_URL is missing or not/)
  expect(reading).toThrow(/SUPABASE_SECRET_KEYS is not JSON/)
  expect(() => readEnv({ SUPABASE_URL: 'http://127.0.0.1' })).toThrow(
    /SUPABASE_PUBLISHABLE_KEY[\s\S]*SUPABASE_SECRET_KEY/,
  )
})
