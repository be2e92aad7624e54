import type pg from 'pg'
import type { AuthSettings } from '../project.ts'
import { addressOf } from './address.ts'
import { AuthFault } from './fault.ts'

/** What is counted for each address, by the name of hosted Auth's own counters. */
type Counted =
  | 'anonymous_sign_ins'
  | 'factor_challenge'
  | 'factor_verify'
  | 'magiclink'
  | 'otp'
  | 'recover'
  | 'resend'
  | 'signups'
  | 'token'
  | 'user'
  | 'verify'
  | 'web3'

type Bucket = { burst: number; perSecond: number }

const [hour, fiveMinutes, minute] = [3600, 300, 60]
/** What may come at once, whatever the rate. */
const burst = 30

function bucketsOf({ rate_limit: rates }: AuthSettings): Record<Counted, Bucket> {
  const often = (events: number, seconds: number): Bucket => ({ burst, perSecond: events / seconds })
  const signs = often(rates.sign_in_sign_ups, fiveMinutes)
  const factors = often(15, minute)
  return {
    anonymous_sign_ins: { burst: rates.anonymous_users, perSecond: rates.anonymous_users / hour },
    factor_challenge: factors,
    factor_verify: factors,
    magiclink: signs,
    otp: signs,
    recover: signs,
    resend: signs,
    signups: signs,
    token: often(rates.token_refresh, fiveMinutes),
    user: signs,
    verify: often(rates.token_verifications, fiveMinutes),
    web3: often(rates.web3, fiveMinutes),
  }
}

export type Limits = {
  /** Counts a request by the address it came from, or refuses it. */
  request(counted: Counted, request: Request): Promise<void>
  /** Counts a mail, whoever it is for, or refuses to send it. */
  mail(): Promise<void>
}

/** As `supabase start` does: everybody there comes from this machine's own address. */
export const noLimits: Limits = { async request() {}, async mail() {} }

/** Counts in the database, so that every process of the gateway counts the same. */
export function countedLimits(pool: pg.Pool, settings: AuthSettings): Limits {
  const buckets = bucketsOf(settings)
  const { email_sent: mails } = settings.rate_limit
  return {
    async request(counted, request) {
      if (await take(pool, counted, addressOf(request), buckets[counted])) return
      throw new AuthFault(429, 'over_request_rate_limit', 'Request rate limit reached')
    },
    async mail() {
      // Where nobody has to confirm an address, a mail more or less does no harm.
      if (!settings.email.enable_confirmations && mails > 0) return
      if (mails > 0 && (await take(pool, 'email_sent', '', { burst: mails, perSecond: mails / hour }))) return
      throw new AuthFault(429, 'over_email_send_rate_limit', 'email rate limit exceeded')
    },
  }
}

const left = `least($3, bucket.tokens + extract(epoch from clock_timestamp() - bucket.taken_at) * $4)`

/** Takes one from a bucket that fills as time goes by; false where it is empty. Lasts, whatever comes of the request. */
async function take(
  pool: pg.Pool,
  name: string,
  key: string,
  { burst, perSecond }: Bucket,
): Promise<boolean> {
  if (burst < 1) return false
  const { rows } = await pool.query(
    `insert into _auth.rate_limits as bucket (name, key, tokens, taken_at)
     values ($1, $2, $3::float8 - 1, clock_timestamp())
     on conflict (name, key) do update set tokens = ${left} - 1, taken_at = clock_timestamp()
     where ${left} >= 1
     returning xmax = 0 as "isNew"`,
    [name, key, burst, perSecond],
  )
  // A newcomer is rare enough to clear away after those who are gone; what is left alone for an hour is full again.
  if (rows[0]?.isNew)
    await pool.query(`delete from _auth.rate_limits where taken_at < now() - interval '1 hour'`)
  return rows.length > 0
}
