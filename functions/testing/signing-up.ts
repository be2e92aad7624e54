import type { Env } from '../_shared/env.ts'
import { serve } from '../_shared/serve.ts'
import { signup } from '../signup/signup.ts'
import type { Ground } from './ground.ts'

let networks = 0
export const someNetwork = () => `10.0.${Math.floor(networks / 250)}.${(networks++ % 250) + 1}`

/** A signup form as Ada fills it in, for a company of that name. */
export const ada = (name = 'ada', more: object = {}) => ({
  email: `${name}@${name}.example`,
  password: 'a long enough password',
  first_name: 'Ada',
  last_name: 'Najdi',
  organization_name: `Works of ${name}`,
  locale: 'en',
  ...more,
})

/** Sends a body to the function, from a network of its own unless told otherwise. */
export async function post(env: Env, body: unknown, headers: Record<string, string> = {}) {
  const request = new Request('http://gateway/functions/v1/signup', {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'x-forwarded-for': someNetwork(), ...headers },
  })
  const answer = await serve('signup', 'POST', signup(env))(request)
  return { status: answer.status, headers: answer.headers, body: await answer.json() }
}

export const mailsTo = ({ mail }: Ground, address: string) =>
  mail.caught.filter(({ recipients }) => recipients.includes(address))

/** What is in the database of a person who signed up with this address. */
export const left = async ({ db }: Ground, email: string) =>
  (
    await db.query(
      `select users.email_confirmed_at is not null as verified, profiles.status as person,
              organizations.status as organization, organizations.domain, organizations.name
       from auth.users
       left join public.profiles on profiles.id = users.id
       left join public.memberships on memberships.user_id = users.id
       left join public.organizations on organizations.id = memberships.organization_id
       where users.email = $1`,
      [email],
    )
  ).rows
