import { z } from 'zod'
import type { ErrorCode } from './errors.ts'
import { Email, signupLimits } from './identity.ts'

const fault = (code: ErrorCode) => ({ error: code })

/** What `functions/sign-in` takes. Each issue's message is the error code of its field. */
export const SignInInput = z.object({
  email: Email,
  /** Not held against today's rules: an older password must still sign in. */
  password: z
    .string(fault('password_missing'))
    .min(1, fault('password_missing'))
    .max(signupLimits.passwordMaxBytes * 4, fault('credentials_wrong')),
  /** A session of 30 days; otherwise it ends with the browser, after twelve hours at most. */
  remember: z.boolean().default(false),
})
export type SignInInput = z.input<typeof SignInInput>

/** The tokens of the new session, as `auth.setSession` takes them. */
export const SignInAnswer = z.object({ access_token: z.string(), refresh_token: z.string() })
export type SignInAnswer = z.infer<typeof SignInAnswer>

/** A sign-in on one device, as `list_sessions()` answers. */
export const SessionRow = z.object({
  id: z.uuid(),
  /** The one that asks. */
  current: z.boolean(),
  started_at: z.string(),
  used_at: z.string(),
  ends_at: z.string(),
  remembered: z.boolean(),
  second_factor: z.boolean(),
  user_agent: z.string().nullable(),
  ip: z.string().nullable(),
})
export type SessionRow = z.infer<typeof SessionRow>

/** What an app of codes is given: six digits. */
export const FactorCode = z
  .string(fault('code_wrong'))
  .transform((text) => text.replace(/\D/g, ''))
  .pipe(z.string().length(6, fault('code_wrong')))
