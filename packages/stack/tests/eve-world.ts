import { openTopic } from '@p2p/client'
import { jwtVerify, SignJWT } from 'jose'
import type { Ground } from '../testing/ground.ts'
import { document, founder, member, type Person, rowsOf } from './companies.ts'
import type { Caller } from './wire.ts'

/** What nobody outside of Ada's company may ever read, wherever it is written. */
export const secret = 'adas-secret'

export type Town = Record<'ada' | 'abe' | 'rae' | 'dan' | 'eve' | 'sue' | 'mo' | 'pat', Person>

/**
 * Ada and what is her company's alone; her colleague Abe; Rae, who was removed, and Dan, who is deactivated. Of other
 * companies: Eve, Sue (suspended), the moderator Mo, and Pat, an admin of the platform without a second factor.
 */
export async function town(stack: Ground): Promise<Town> {
  const ada = await member(
    stack,
    founder('Ada', { email: `${secret}-${process.pid}@ada-${Date.now()}.example` }),
  )
  const names = ['Abe', 'Rae', 'Dan', 'Eve', 'Sue', 'Mo', 'Pat'] as const
  const [abe, rae, dan, eve, sue, mo, pat] = (await Promise.all(
    names.map((name) => member(stack, founder(name))),
  )) as [Person, Person, Person, Person, Person, Person, Person]
  const sql = (text: string, values: unknown[]) => rowsOf(stack, text, values)
  for (const colleague of [abe, rae, dan]) {
    await sql(`update public.memberships set organization_id = $1, role = 'member' where user_id = $2`, [
      ada.me.organization.id,
      colleague.id,
    ])
    await sql('delete from public.organizations where id = $1', [colleague.me.organization.id])
  }
  await openTopic(ada.supabase, {
    category: 'energy',
    title: `Our ${secret}`,
    body: document(secret),
    visibility: 'organization',
  })
  await sql('delete from public.memberships where user_id = $1', [rae.id])
  await sql(`update public.profiles set status = 'deactivated' where id = $1`, [dan.id])
  await sql(`update public.organizations set status = 'suspended' where id = $1`, [sue.me.organization.id])
  await sql(`insert into public.platform_roles (user_id, role) values ($1, 'moderator'), ($2, 'admin')`, [
    mo.id,
    pat.id,
  ])
  return { ada, abe, rae, dan, eve, sue, mo, pat }
}

/** A token as Auth makes it for that person, signed with the project's legacy secret, with other claims. */
export async function tokenLike(person: Person, jwtSecret: string, claims: object): Promise<string> {
  const key = new TextEncoder().encode(jwtSecret)
  const { payload } = await jwtVerify(person.token, key).catch(() => ({
    payload: JSON.parse(Buffer.from(person.token.split('.')[1] ?? '', 'base64url').toString()),
  }))
  return new SignJWT({ ...payload, ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(key)
}

export const callerOf = ({ keys }: Ground, token?: string): Caller => ({
  apikey: keys.publishable,
  ...(token && { authorization: `Bearer ${token}` }),
})
