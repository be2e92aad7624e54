import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { checkPassword, readBody, readEmail } from './bodies.ts'
import { AuthFault, DatabaseFault, invalid } from './fault.ts'
import { describePerson, findByEmail, insertPerson, listPeople, type Queryable } from './people.ts'
import { type AuthService, inTransaction } from './service.ts'
import { unguessable } from './signup.ts'

/*
 * The part of Auth's admin API that tests and the demo world need: people — create, list, get, update, ban, delete.
 * Only the secret key comes here; api.ts sees to that.
 */

const object = z.record(z.string(), z.unknown())
const NewUser = z.object({
  id: z.uuid().optional(),
  email: z.string().optional(),
  password: z.string().optional(),
  email_confirm: z.boolean().default(false),
  user_metadata: object.default({}),
  app_metadata: object.optional(),
  role: z.string().optional(),
})
const Change = z.object({
  email: z.string().optional(),
  password: z.string().optional(),
  email_confirm: z.boolean().optional(),
  user_metadata: object.optional(),
  app_metadata: object.optional(),
  ban_duration: z
    .string()
    .regex(/^(none|(\d+(\.\d+)?(h|m|s))+)$/)
    .optional(),
})
const Page = z.object({
  page: z.coerce.number().int().min(1).default(1),
  per_page: z.coerce.number().int().min(1).max(1000).default(50),
})

const notFound = () => new AuthFault(404, 'user_not_found', 'User not found')
const taken = () =>
  new AuthFault(422, 'email_exists', 'A user with this email address has already been registered')

async function one(db: Queryable, id: string): Promise<Response> {
  const person = await describePerson(db, id)
  if (!person) throw notFound()
  return Response.json(person)
}

/** POST /admin/users */
export async function createUser(service: AuthService, request: Request): Promise<Response> {
  const body = await readBody(request, NewUser)
  const email = readEmail(body.email, 'Cannot create a user without either an email or phone')
  if (body.password !== undefined) checkPassword(body.password, service.settings)
  if (await findByEmail(service.pool, email)) throw taken()
  const id = body.id ?? randomUUID()
  return inTransaction(service.pool, async (db) => {
    await insertPerson(db, {
      id,
      email,
      password: body.password ?? unguessable(),
      data: body.user_metadata,
      appData: body.app_metadata ?? {},
      confirmed: body.email_confirm,
      role: body.role ?? 'authenticated',
    }).catch((cause) => {
      throw new DatabaseFault('Database error creating new user', cause)
    })
    return one(db, id)
  })
}

/** GET /admin/users?page=&per_page= */
export async function listUsers({ pool }: AuthService, request: Request): Promise<Response> {
  const url = new URL(request.url)
  const given = [...url.searchParams].filter(([, value]) => value !== '')
  const result = Page.safeParse(Object.fromEntries(given))
  if (!result.success) throw invalid('Bad Pagination Parameters')
  const { page, per_page: size } = result.data
  const { users, total } = await listPeople(pool, page, size)
  const last = Math.max(1, Math.ceil(total / size))
  const link = (to: number, rel: string) => `<${url.pathname}?page=${to}&per_page=${size}>; rel="${rel}"`
  const links = page < last ? [link(page + 1, 'next'), link(last, 'last')] : [link(last, 'last')]
  return Response.json(
    { users, aud: 'authenticated' },
    { headers: { 'x-total-count': String(total), link: links.join(', ') } },
  )
}

/** GET /admin/users/{id} */
export const getUser = ({ pool }: AuthService, id: string): Promise<Response> => one(pool, id)

/** PUT /admin/users/{id} */
export async function changeUser(service: AuthService, request: Request, id: string): Promise<Response> {
  const body = await readBody(request, Change)
  const email =
    body.email === undefined
      ? null
      : readEmail(body.email, 'Unable to validate email address: invalid format')
  if (body.password !== undefined) checkPassword(body.password, service.settings)
  const other = email && (await findByEmail(service.pool, email))
  if (other && other.id !== id) throw taken()
  return inTransaction(service.pool, async (db) => {
    await update(db, id, email, body).catch((cause) => {
      throw cause instanceof AuthFault ? cause : new DatabaseFault('Error updating user', cause)
    })
    return one(db, id)
  })
}

async function update(
  db: Queryable,
  id: string,
  email: string | null,
  body: z.infer<typeof Change>,
): Promise<void> {
  const { rowCount } = await db.query(
    `update auth.users set
       email = coalesce($2, email),
       encrypted_password = coalesce(extensions.crypt($3, extensions.gen_salt('bf', 10)), encrypted_password),
       email_confirmed_at = case when $4 then coalesce(email_confirmed_at, now()) else email_confirmed_at end,
       raw_user_meta_data = jsonb_strip_nulls(coalesce(raw_user_meta_data, '{}') || $5),
       raw_app_meta_data = jsonb_strip_nulls(coalesce(raw_app_meta_data, '{}') || $6),
       banned_until = case when $7::text is null then banned_until
                           when $7 = 'none' then null
                           else now() + $7::interval end,
       updated_at = now()
     where id = $1`,
    [
      id,
      email,
      body.password ?? null,
      body.email_confirm ?? false,
      body.user_metadata ?? {},
      body.app_metadata ?? {},
      body.ban_duration ?? null,
    ],
  )
  if (!rowCount) throw notFound()
  if (email) {
    await db.query(
      `update auth.identities set identity_data = identity_data || jsonb_build_object('email', $2::text), updated_at = now()
       where user_id = $1 and provider = 'email'`,
      [id, email],
    )
  }
}

/** DELETE /admin/users/{id} */
export async function deleteUser({ pool }: AuthService, id: string): Promise<Response> {
  const { rowCount } = await pool.query('delete from auth.users where id = $1', [id]).catch((cause) => {
    throw new DatabaseFault('Error deleting user', cause)
  })
  if (!rowCount) throw notFound()
  return Response.json({})
}
