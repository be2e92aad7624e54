import { randomUUID } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import { renderSVG } from 'uqr'
import { z } from 'zod'
import { audit } from '../audit.ts'
import { readBody, text } from '../bodies.ts'
import { AuthFault, invalid } from '../fault.ts'
import type { Means } from '../means.ts'
import type { Queryable } from '../people.ts'
import { inTransaction } from '../transaction.ts'
import type { Session } from '../who.ts'
import { readOwner, requireEnabled } from './factors.ts'

const Body = z.object({ friendly_name: text, factor_type: text, issuer: text })
const Type = z.enum(['totp', 'phone', 'webauthn'])

/** An unverified factor that nobody has tried is forgotten after this. */
const patience = '300 seconds'
/** As long as GoTrue's library makes it (RFC 4226 asks for 20). */
const secretBytes = 20

/** Bytes. Beyond it neither a QR code nor an index has room. */
const longest = 255

/** POST /factors: the secret that an app is to show codes of, also as a picture to scan. */
export async function enroll(means: Means, request: Request): Promise<Response> {
  const who = await readOwner(means, request)
  const { friendly_name: name, factor_type: given, issuer } = await readBody(request, Body)
  const type = Type.safeParse(given)
  if (!type.success) throw invalid('factor_type needs to be totp, phone, or webauthn')
  requireEnabled(means, type.data, 'enroll')
  if (Buffer.byteLength(name) > longest) throw invalid('friendly_name is too long')
  if (Buffer.byteLength(issuer) > longest) throw invalid('issuer is too long')

  const totp = new TOTP({
    issuer: issuer || new URL(means.site).host,
    label: who.email ?? '',
    secret: new Secret({ size: secretBytes }),
  })
  const id = randomUUID()
  await inTransaction(means.pool, async (db) => {
    await refuse(means, db, who.id, name, who.session)
    await db.query(
      `insert into auth.mfa_factors
         (id, user_id, friendly_name, factor_type, status, secret, created_at, updated_at)
       values ($1, $2, $3, 'totp', 'unverified', $4, now(), now())`,
      [id, who.id, name, totp.secret.base32],
    )
    await audit(db, { action: 'factor_in_progress', actor: who, traits: { factor_id: id } })
  })
  const uri = totp.toString()
  return Response.json({
    id,
    type: 'totp',
    friendly_name: name,
    totp: { qr_code: pictureOf(uri), secret: totp.secret.base32, uri },
  })
}

/** The more of it is spare, the worse a picture may be taken; a long address leaves no room for that. */
const pictureOf = (uri: string) => renderSVG(uri, { ecc: uri.length < 1_000 ? 'H' : 'L' })

const Row = z.object({ name: z.string(), status: z.string() })

async function refuse(means: Means, db: Queryable, userId: string, name: string, { aal }: Session) {
  await db.query(
    `delete from auth.mfa_factors where status <> 'verified' and created_at < now() - interval '${patience}'
       and not exists (select from auth.mfa_challenges where factor_id = mfa_factors.id)`,
  )
  // Of two at the same moment the second waits here, and then sees the first.
  await db.query('select from auth.users where id = $1 for no key update', [userId])
  const { rows } = await db.query(
    `select coalesce(friendly_name, '') as name, status::text from auth.mfa_factors where user_id = $1`,
    [userId],
  )
  const factors = z.array(Row).parse(rows)
  if (factors.some((factor) => factor.name === name)) {
    const message = `A factor with the friendly name ${JSON.stringify(name)} for this user already exists`
    throw new AuthFault(422, 'mfa_factor_name_conflict', message)
  }
  if (factors.length >= means.settings.mfa.max_enrolled_factors) {
    const message = 'Maximum number of verified factors reached, unenroll to continue'
    throw new AuthFault(422, 'too_many_enrolled_mfa_factors', message)
  }
  if (factors.some(({ status }) => status === 'verified') && aal !== 'aal2') {
    throw new AuthFault(403, 'insufficient_aal', 'AAL2 required to enroll a new factor')
  }
}
