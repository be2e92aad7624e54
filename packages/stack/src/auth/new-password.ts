import { timingSafeEqual } from 'node:crypto'
import { AuthFault } from './fault.ts'
import type { Means } from './means.ts'
import { clearTokens, hashOf } from './one-time-tokens.ts'
import { checkPassword, matchesHash } from './passwords.ts'
import { inTransaction } from './transaction.ts'
import type { Who } from './who.ts'

const aDay = 24 * 3600
/** Who came by a mail has lost the old password, for all that Auth knows. */
const byMail = ['otp', 'magiclink', 'recovery']

type Given = { password?: string | null | undefined; current_password: string; nonce: string }

/**
 * The password somebody wants from now on, if they may have it; undefined where they want none. With
 * `secure_password_change` who did not sign in within a day proves again who they are, by the code of /reauthenticate;
 * with `require_current_password` everybody who did not come by a link of recovery, by the password they have.
 */
export async function readNewPassword(
  means: Means,
  who: Who,
  { password, current_password: current, nonce }: Given,
): Promise<string | undefined> {
  if (password === undefined || password === null) return undefined
  checkPassword(password, means.settings)
  if (means.settings.email.secure_password_change && (who.session === null || who.session.age > aDay)) {
    if (!nonce)
      throw new AuthFault(400, 'reauthentication_needed', 'Password update requires reauthentication')
    await spendNonce(means, who, nonce)
  }
  if (means.settings.email.require_current_password) await checkCurrent(means, who, current)
  if (who.passwordHash && (await matchesHash(means.pool, password, who.passwordHash))) {
    const message = 'New password should be different from the old password.'
    throw new AuthFault(422, 'same_password', message)
  }
  return password
}

async function checkCurrent({ pool }: Means, who: Who, current: string): Promise<void> {
  if (!who.passwordHash || who.session?.methods.some((method) => byMail.includes(method))) return
  const message = 'Current password required when setting new password.'
  if (!current) throw new AuthFault(400, 'current_password_required', message)
  if (await matchesHash(pool, current, who.passwordHash)) return
  throw new AuthFault(400, 'current_password_invalid', message)
}

async function spendNonce({ pool, settings }: Means, who: Who, nonce: string): Promise<void> {
  const isRight = await inTransaction(pool, async (db) => {
    const { rows } = await db.query(
      `select reauthentication_token as token from auth.users
       where id = $1 and reauthentication_token <> '' and reauthentication_sent_at > now() - make_interval(secs => $2)
       for no key update`,
      [who.id, settings.email.otp_expiry],
    )
    if (!rows[0] || !same(String(rows[0].token), hashOf(who.email ?? '', nonce))) return false
    await db.query(`update auth.users set reauthentication_token = '', updated_at = now() where id = $1`, [
      who.id,
    ])
    await clearTokens(db, who.id)
    return true
  })
  if (!isRight) throw new AuthFault(422, 'reauthentication_not_valid', 'Nonce has expired or is invalid')
}

function same(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}
