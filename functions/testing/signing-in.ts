import { onTestFinished } from 'vitest'
import type { Env } from '../_shared/env.ts'
import { serve } from '../_shared/serve.ts'
import { signIn } from '../sign-in/sign-in.ts'
import type { Ground } from './ground.ts'
import { ada, post, someNetwork } from './signing-up.ts'

/** Sends a body to functions/sign-in, from a network of its own unless told otherwise. */
export async function enter(env: Env, body: unknown, headers: Record<string, string> = {}) {
  const request = new Request('http://gateway/functions/v1/sign-in', {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'x-forwarded-for': someNetwork(), ...headers },
  })
  const answer = await serve('sign-in', 'POST', signIn(env))(request)
  return { status: answer.status, headers: answer.headers, body: await answer.json() }
}

/** Somebody with an account whose address is verified, unless told otherwise. */
export async function account(ground: Ground, name: string, { verified = true } = {}) {
  const { email, password } = ada(name)
  await post(ground.env, ada(name))
  if (verified)
    await ground.db.query('update auth.users set email_confirmed_at = now() where email = $1', [email])
  const { rows } = await ground.db.query('select id from auth.users where email = $1', [email])
  const id = String(rows[0].id)
  onTestFinished(async () => void (await ground.db.query('delete from auth.users where id = $1', [id])))
  return { id, email, password }
}
