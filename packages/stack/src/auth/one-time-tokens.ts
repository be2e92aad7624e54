import { createHash, randomInt, randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { Queryable } from './people.ts'

/** What a mail was sent for; each has its column in auth.users and its rows in auth.one_time_tokens. */
export type TokenKind =
  | 'confirmation_token'
  | 'recovery_token'
  | 'reauthentication_token'
  | 'email_change_token_new'
  | 'email_change_token_current'

/** Before the hash of a link that ends in a code for PKCE. */
export const pkcePrefix = 'pkce_'

export type Token = {
  /** For a person to type. */
  otp: string
  /** What links carry and the database keeps. */
  hash: string
}

/** The same address and code give the same hash, by which a typed code is found. */
export const hashOf = (address: string, otp: string) =>
  createHash('sha224')
    .update(address + otp)
    .digest('hex')

export function makeToken(address: string, length: number, forCode = false): Token {
  const otp = Array.from({ length }, () => randomInt(10)).join('')
  return { otp, hash: (forCode ? pkcePrefix : '') + hashOf(address, otp) }
}

/** Puts a token in the place of an earlier one of its kind. `relatesTo` is the address it goes to. */
export async function keepToken(
  db: Queryable,
  userId: string,
  kind: TokenKind,
  relatesTo: string,
  hash: string,
): Promise<void> {
  await db.query(`update auth.users set ${kind} = $2, updated_at = now() where id = $1`, [userId, hash])
  await db.query(
    `insert into auth.one_time_tokens (id, user_id, token_type, token_hash, relates_to)
     values ($1, $2, $3, $4, $5)
     on conflict (user_id, token_type) do update
     set id = excluded.id, token_hash = excluded.token_hash, relates_to = excluded.relates_to,
       created_at = now(), updated_at = now()`,
    [randomUUID(), userId, kind, hash, relatesTo.toLowerCase()],
  )
}

/** Nothing that was mailed to somebody before works any longer; or nothing of one kind. */
export async function clearTokens(db: Queryable, userId: string, kind?: TokenKind): Promise<void> {
  await db.query(
    `delete from auth.one_time_tokens where user_id = $1 and ($2::text is null or token_type::text = $2)`,
    [userId, kind ?? null],
  )
}

const Found = z.object({ userId: z.guid(), kind: z.custom<TokenKind>((given) => typeof given === 'string') })

/**
 * Whose token this is. It stays locked until the transaction ends: of two who come with the same one at the same
 * moment the second finds it used.
 */
export async function findToken(
  db: Queryable,
  hash: string,
  kinds: TokenKind[],
): Promise<z.infer<typeof Found> | undefined> {
  const { rows } = await db.query(
    `select user_id as "userId", token_type::text as kind from auth.one_time_tokens
     where token_hash = $1 and token_type::text = any($2) limit 1 for update`,
    [hash, kinds],
  )
  return rows[0] && Found.parse(rows[0])
}
