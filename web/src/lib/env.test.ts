import { expect, test } from 'vitest'
import { readEnv } from './env.ts'

test('a build that knows its Supabase goes on', () => {
  const { env, faults } = readEnv({
    VITE_SUPABASE_URL: 'http://127.0.0.1:54321',
    VITE_SUPABASE_PUBLISHABLE_KEY: 'k',
  })
  expect(faults).toBeNull()
  expect(env?.VITE_SUPABASE_URL).toBe('http://127.0.0.1:54321')
})

test('one that does not names everything that is missing', () => {
  const { faults } = readEnv({})
  expect(faults).toContain('VITE_SUPABASE_URL')
  expect(faults).toContain('VITE_SUPABASE_PUBLISHABLE_KEY')
})
