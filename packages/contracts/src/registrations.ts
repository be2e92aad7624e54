import { z } from 'zod'
import type { ErrorCode } from './errors.ts'
import { job, requestId } from './job.ts'

const fault = (code: ErrorCode) => ({ error: code })

/**
 * Luhn's check digit, as on the Kingdom's national identity numbers. That the unified number carries it too is not
 * published; it holds for every one of the nine published numbers it was tried on.
 */
function hasCheckDigit(number: string): boolean {
  const sum = number.split('').reduce((total, digit, place) => {
    const twice = Number(digit) * 2
    return total + (place % 2 === 0 ? Math.floor(twice / 10) + (twice % 10) : Number(digit))
  }, 0)
  return sum % 10 === 0
}

/**
 * Whether this can be a commercial registration number: the unified number of ten digits that begins with 7 and has a
 * check digit (https://rulebook.sama.gov.sa/en/node/10194), or an older one, which begins with the code of the office
 * that gave it (1010 Riyadh, 2050 Dammam, 4030 Jeddah …) and has none. As private.is_registration_number(); a test
 * compares the two.
 */
export const isRegistrationNumber = (number: string): boolean =>
  /^[1-5]\d{9}$/.test(number) || (/^7\d{9}$/.test(number) && hasCheckDigit(number))

// As they are written on a phone set to Arabic: ٠–٩, and ۰–۹ on some.
const westernDigits = (text: string) =>
  text.replace(/[\u0660-\u0669\u06F0-\u06F9]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf))

/** A number as people write it, with spaces, hyphens or Arabic digits; kept as ten western digits. */
export const RegistrationNumber = z
  .string(fault('registration_number_invalid'))
  .transform((text) => westernDigits(text).replace(/[\s-]/g, ''))
  .refine(isRegistrationNumber, fault('registration_number_invalid'))

export const registrationStates = ['unverified', 'pending', 'verified', 'rejected', 'unavailable'] as const
export const RegistrationState = z.enum(registrationStates)
export type RegistrationState = z.infer<typeof RegistrationState>

export const registrationReasons = [
  // unverified: this installation has no registry to ask.
  'not_connected',
  // rejected: what the registry said.
  'not_found',
  'inactive',
  'name_differs',
  'number_taken',
  // unavailable: it could not be asked; it is tried again.
  'registry_unreachable',
  'registry_refused',
] as const
export const RegistrationReason = z.enum(registrationReasons)
export type RegistrationReason = z.infer<typeof RegistrationReason>

export const Registration = z.object({
  number: z.string(),
  state: RegistrationState,
  reason: RegistrationReason.nullable(),
  /** The name under which the registry knows the number. */
  registry_name: z.string().nullable(),
  /** The unified number the registry answered with. */
  national_number: z.string().nullable(),
  /** A date, `2026-12-31`. */
  expires_on: z.string().nullable(),
  checked_at: z.string().nullable(),
})
export type Registration = z.infer<typeof Registration>

/** Asks the registry about a number, if it still is the organization's. Tried again for about an hour and a half. */
export const checkRegistration = job(
  'organizations.check-registration',
  z.object({ organizationId: z.uuid(), number: z.string(), requestId }),
  { expireInSeconds: 60 },
)
