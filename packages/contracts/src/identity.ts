import { z } from 'zod'
import { AcceptedDocuments } from './consents.ts'
import type { ErrorCode } from './errors.ts'
import { job, onTheClock, requestId } from './job.ts'

export const locales = ['ar', 'en'] as const
export const Locale = z.enum(locales)
export type Locale = z.infer<typeof Locale>

/** The bounds below stand in `private.signup_fault()` too; a test compares the two. */
export const signupLimits = {
  name: 80,
  organizationName: 120,
  email: 254,
  /** Auth hashes with bcrypt, which reads no more than 72 bytes. */
  passwordMin: 10,
  passwordMaxBytes: 72,
} as const

const fault = (code: ErrorCode) => ({ error: code })

const name = (code: ErrorCode, most: number) =>
  z.string(fault(code)).trim().min(1, fault(code)).max(most, fault(code)).refine(isLegible, fault(code))

/** As private.is_visible(): spaces of all kinds, joiners and fillers show nothing. */
const visible = /[^\s\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]/u

/** Control characters, and those that turn the direction of the text around them. */
const disturbing = /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u

/** As private.is_name(), but for its length and the spaces at its edges. */
export const isLegible = (text: string) => visible.test(text) && !disturbing.test(text)

// As in private.signup_fault(): the characters RFC 5322 allows outside quotes, and a host name of two labels or more.
const address =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/

/**
 * A work address in the one spelling we store: lower case, its domain in ASCII (punycode), so that
 * `Ada@MÜLLER.example` and `ada@xn--mller-kva.example` are the same.
 */
export const Email = z
  .string(fault('email_invalid'))
  .trim()
  .max(signupLimits.email, fault('email_invalid'))
  .transform((text) => toAsciiEmail(text))
  .pipe(z.string().regex(address, fault('email_invalid')))

function toAsciiEmail(text: string): string {
  const at = text.lastIndexOf('@')
  if (at < 1) return text
  const domain = text.slice(at + 1)
  if (/[\s/?#:@\\[\]%]/.test(domain) || !URL.canParse(`http://${domain}`)) return text
  return `${text.slice(0, at)}@${new URL(`http://${domain}`).hostname}`.toLowerCase()
}

export const Password = z
  .string(fault('password_weak'))
  .min(signupLimits.passwordMin, fault('password_weak'))
  .refine(
    (text) => new TextEncoder().encode(text).length <= signupLimits.passwordMaxBytes,
    fault('password_weak'),
  )

/** What `functions/signup` takes. Each issue's message is the error code of its field. */
export const SignupInput = z.object({
  email: Email,
  password: Password,
  first_name: name('first_name_invalid', signupLimits.name),
  last_name: name('last_name_invalid', signupLimits.name),
  organization_name: name('organization_name_invalid', signupLimits.organizationName),
  locale: z.enum(locales, fault('locale_invalid')),
  accepted_documents: AcceptedDocuments.optional(),
})
export type SignupInput = z.infer<typeof SignupInput>

export const SignupAnswer = z.object({ email: z.string(), status: z.literal('verification_sent') })
export type SignupAnswer = z.infer<typeof SignupAnswer>

export const sendWelcomeMail = job('identity.send-welcome-mail', z.object({ userId: z.uuid(), requestId }))

/** Runs every hour: an address never verified must not keep its company's domain from the company. */
export const removeUnverifiedSignups = job('identity.remove-unverified-signups', onTheClock, {
  schedule: '17 * * * *',
})
