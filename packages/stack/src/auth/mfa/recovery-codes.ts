import { AuthFault } from '../fault.ts'
import type { Means } from '../means.ts'
import { readOwner } from './factors.ts'

/*
 * Codes on paper for who loses their second factor. They are off unless a project turns them on, which config.toml has
 * no words for; so nobody has any.
 */

/** GET and DELETE /factors/recovery-codes */
export async function noRecoveryCodes(means: Means, request: Request): Promise<never> {
  await readOwner(means, request)
  throw new AuthFault(404, 'mfa_factor_not_found', 'Factor not found')
}

/** POST /factors/recovery-codes and /factors/recovery-codes/regenerate */
export async function makeRecoveryCodes(means: Means, request: Request): Promise<never> {
  await readOwner(means, request)
  const message = 'MFA enroll is disabled for recovery codes'
  throw new AuthFault(422, 'mfa_recovery_codes_enroll_not_enabled', message)
}

/** POST /factors/recovery-codes/verify */
export async function verifyRecoveryCode(means: Means, request: Request): Promise<never> {
  await readOwner(means, request)
  const message = 'MFA verification is disabled for recovery codes'
  throw new AuthFault(422, 'mfa_recovery_codes_verify_not_enabled', message)
}
