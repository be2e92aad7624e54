import type { ErrorCode } from '@p2p/contracts'
import type { AuthError } from '@supabase/supabase-js'
import { Refusal } from './must.ts'

// Auth's error codes (https://supabase.com/docs/guides/auth/debugging/error-codes) in our words.
const authCodes: Record<string, ErrorCode> = {
  invalid_credentials: 'credentials_wrong',
  email_not_confirmed: 'email_not_verified',
  email_exists: 'email_taken',
  email_address_invalid: 'email_invalid',
  user_banned: 'account_suspended',
  otp_expired: 'link_invalid',
  over_email_send_rate_limit: 'rate_limited',
  over_request_rate_limit: 'rate_limited',
  weak_password: 'password_weak',
  same_password: 'password_unchanged',
  current_password_required: 'password_wrong',
  current_password_invalid: 'password_wrong',
  mfa_verification_failed: 'code_wrong',
  mfa_challenge_expired: 'code_wrong',
  mfa_factor_name_conflict: 'factor_name_taken',
  too_many_enrolled_mfa_factors: 'factor_limit',
  mfa_factor_not_found: 'not_found',
  insufficient_aal: 'second_factor_required',
  validation_failed: 'invalid_input',
  session_not_found: 'session_ended',
  session_expired: 'session_ended',
  refresh_token_not_found: 'session_ended',
  refresh_token_already_used: 'session_ended',
  bad_jwt: 'not_signed_in',
  user_not_found: 'not_signed_in',
}

/** What Auth answered, as a refusal of ours. */
export function authRefusal(error: AuthError): Refusal {
  const known = error.code ? authCodes[error.code] : undefined
  // Auth and our hooks say it in words alone.
  const seconds = /(\d+) seconds/.exec(error.message)?.[1]
  return new Refusal(known ?? codeOfStatus(error), error.message, {
    cause: error,
    retryAfter: seconds ? Number(seconds) : null,
  })
}

function codeOfStatus({ status, name }: AuthError): ErrorCode {
  if (name === 'AuthSessionMissingError') return 'not_signed_in'
  if (status === 429) return 'rate_limited'
  if (status !== undefined && status >= 400 && status < 500) return 'invalid_input'
  return 'unavailable'
}
