import { z } from 'zod'
import type { Queryable } from './people.ts'
import { addRefreshToken } from './sessions.ts'

const Held = z.object({
  userId: z.guid(),
  email: z.string().nullable(),
  data: z.record(z.string(), z.unknown()),
  banned: z.boolean(),
  sessionId: z.guid().nullable(),
})
const Spendable = z.object({
  id: z.string(),
  revoked: z.boolean(),
  /** Seconds since it was spent, or since it was made. */
  age: z.number(),
  /** The token that the session goes on with now, and the one it was given for. */
  active: z.object({ token: z.string(), parent: z.string().nullable() }).nullable(),
  /** Of the session: seconds since it began, seconds since it was last refreshed. */
  sessionAge: z.number(),
  idle: z.number(),
  overdue: z.boolean(),
})
export type Spendable = z.infer<typeof Spendable>

/** Who holds a token, whether it was spent or not. */
export async function findHolder(db: Queryable, token: string): Promise<z.infer<typeof Held> | undefined> {
  const { rows } = await db.query(
    `select users.id as "userId", email, coalesce(raw_user_meta_data, '{}') as data,
       coalesce(banned_until > now(), false) as banned, session_id as "sessionId"
     from auth.refresh_tokens join auth.users on users.id = refresh_tokens.user_id::uuid
     where token = $1`,
    [token],
  )
  return rows[0] && Held.parse(rows[0])
}

/**
 * Nobody else refreshes this session meanwhile; false where somebody does already. Whoever waits does so without a
 * connection to the database, of which there are few. Person before session: the order in which everything locks them.
 */
export async function lock(db: Queryable, userId: string, sessionId: string): Promise<boolean> {
  const person = await db.query('select from auth.users where id = $1 for no key update skip locked', [
    userId,
  ])
  if (person.rowCount === 0) return false
  const session = await db.query('select from auth.sessions where id = $1 for update skip locked', [
    sessionId,
  ])
  if (session.rowCount === 0) return false
  await db.query('update auth.users set updated_at = now() where id = $1', [userId])
  return true
}

/** A token and its session, as they are at this moment. */
export async function findToken(db: Queryable, token: string): Promise<Spendable | undefined> {
  const { rows } = await db.query(
    `select tokens.id::text, coalesce(tokens.revoked, false) as revoked,
       extract(epoch from clock_timestamp() - tokens.updated_at)::float8 as age,
       (select jsonb_build_object('token', token, 'parent', parent) from auth.refresh_tokens as other
        where other.session_id = sessions.id and not other.revoked order by other.id desc limit 1) as active,
       extract(epoch from clock_timestamp() - sessions.created_at)::float8 as "sessionAge",
       extract(epoch from clock_timestamp() - coalesce(
         sessions.refreshed_at at time zone 'utc',
         greatest(sessions.created_at, tokens.updated_at)))::float8 as idle,
       coalesce(sessions.not_after < clock_timestamp(), false) as overdue
     from auth.refresh_tokens as tokens join auth.sessions on sessions.id = session_id
     where token = $1`,
    [token],
  )
  return rows[0] && Spendable.parse(rows[0])
}

/** Spends a token for the next. */
export async function swap(
  db: Queryable,
  id: string,
  next: { userId: string; sessionId: string; parent: string },
): Promise<string> {
  await db.query('update auth.refresh_tokens set revoked = true, updated_at = now() where id::text = $1', [
    id,
  ])
  return addRefreshToken(db, next)
}

/** None of the session's tokens works from here on. */
export const revokeAll = (db: Queryable, sessionId: string) =>
  db.query(
    'update auth.refresh_tokens set revoked = true, updated_at = now() where session_id = $1 and not revoked',
    [sessionId],
  )
