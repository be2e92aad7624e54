import { AuthApiError, AuthRetryableFetchError, AuthSessionMissingError } from '@supabase/supabase-js'
import { expect, test } from 'vitest'
import { authRefusal } from './auth-refusal.ts'

test('what Auth says by a code has a word of ours', () => {
  expect(authRefusal(new AuthApiError('No.', 400, 'current_password_invalid')).code).toBe('password_wrong')
  expect(authRefusal(new AuthApiError('No.', 422, 'mfa_verification_failed')).code).toBe('code_wrong')
})

test('how long to wait is read from its words', () => {
  const words = 'For security purposes, you can only request this after 41 seconds.'
  expect(authRefusal(new AuthApiError(words, 429, 'over_email_send_rate_limit'))).toMatchObject({
    code: 'rate_limited',
    retryAfter: 41,
  })
  // A hook's refusal has no code of its own.
  expect(authRefusal(new AuthApiError('Try again in 9 seconds.', 429, 'unknown'))).toMatchObject({
    code: 'rate_limited',
    retryAfter: 9,
  })
})

test('what has no code we know is told by its status', () => {
  expect(authRefusal(new AuthApiError('No.', 422, 'something_new'))).toMatchObject({
    code: 'invalid_input',
    retryAfter: null,
  })
  expect(authRefusal(new AuthSessionMissingError()).code).toBe('not_signed_in')
  expect(authRefusal(new AuthRetryableFetchError('No answer', 0)).code).toBe('unavailable')
})
