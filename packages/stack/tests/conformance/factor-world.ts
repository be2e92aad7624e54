import type { AuthMFAEnrollTOTPResponse, SupabaseClient } from '@supabase/supabase-js'
import { decodeJwt } from 'jose'
import { Secret, TOTP } from 'otpauth'
import { sessionOf } from './auth-world.ts'
import { fresh, person } from './world.ts'

type Enrolled = NonNullable<AuthMFAEnrollTOTPResponse['data']>

/** What the app would show, now or at another moment (milliseconds). */
export const codeOf = (factor: Enrolled, { later = 0 } = {}) =>
  new TOTP({ secret: Secret.fromBase32(factor.totp.secret) }).generate({ timestamp: Date.now() + later })

export async function enroll(client: SupabaseClient, friendlyName = fresh('phone')): Promise<Enrolled> {
  const { data, error } = await client.auth.mfa.enroll({ factorType: 'totp', friendlyName })
  if (error) throw error
  return data
}

/** Somebody who has a second factor and has just shown it. */
export async function careful(name: string) {
  const someone = await person(name)
  const factor = await enroll(someone.client)
  const { error } = await someone.client.auth.mfa.challengeAndVerify({
    factorId: factor.id,
    code: codeOf(factor),
  })
  if (error) throw error
  return { ...someone, factor }
}

export const claimsOf = async (client: SupabaseClient) => decodeJwt((await sessionOf(client)).access_token)
