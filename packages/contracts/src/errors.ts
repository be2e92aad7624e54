/**
 * Every stable error code of the platform. The database raises them through `private.refuse()`, edge functions
 * answer with them, and the web has a sentence for each in both languages.
 */
export const errorCodes = [
  // signup
  'domain_taken',
  'awaiting_verification',
  'email_invalid',
  'password_weak',
  'first_name_invalid',
  'last_name_invalid',
  'organization_name_invalid',
  'locale_invalid',
  'signup_unavailable',
  'mail_unavailable',
  // signing in
  'credentials_wrong',
  'email_not_verified',
  'account_suspended',
  'link_invalid',
  'password_unchanged',
  // everywhere
  'invalid_input',
  'rate_limited',
  'not_signed_in',
  'session_ended',
  'second_factor_required',
  'not_active',
  'not_found',
  'not_allowed',
  'method_not_allowed',
  'unavailable',
  'internal',
  // forum
  'topic_locked',
  'title_invalid',
  'document_invalid',
  'document_empty',
  'document_too_large',
  'topic_has_replies',
  'parent_invalid',
  'id_taken',
  'cursor_invalid',
] as const

export type ErrorCode = (typeof errorCodes)[number]

const known: ReadonlySet<string> = new Set(errorCodes)

export const isErrorCode = (value: unknown): value is ErrorCode =>
  typeof value === 'string' && known.has(value)

/** What an edge function answers when it refuses. `fields` names the code for each field at fault. */
export type ErrorBody = {
  code: ErrorCode
  message: string
  fields?: Record<string, ErrorCode>
  request_id: string
}
