import { createHash, randomBytes } from 'node:crypto'
import { createClient } from '@supabase/supabase-js'
import { describe, expect } from 'vitest'
import { serve } from '../_shared/serve.ts'
import { type Ground, test } from '../testing/ground.ts'
import { keptLog } from '../testing/kept-log.ts'
import { ada, post as signUp, someNetwork } from '../testing/signing-up.ts'
import { acceptInvitation } from './accept-invitation.ts'

const log = keptLog()

async function post({ env }: Ground, body: unknown, network = someNetwork()) {
  const request = new Request('http://gateway/functions/v1/accept-invitation', {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'x-forwarded-for': network },
  })
  const answer = await serve('accept-invitation', 'POST', acceptInvitation(env))(request)
  return { status: answer.status, headers: answer.headers, body: await answer.json() }
}

/** An invitation of a company of that name, and the token its mail would carry. */
async function invited(ground: Ground, name: string, email = `bea@${name}.example`): Promise<string> {
  await signUp(ground.env, ada(name))
  await ground.db.query(`update auth.users set email_confirmed_at = now() where email = $1`, [
    ada(name).email,
  ])
  const token = randomBytes(32).toString('base64url')
  await ground.db.query(
    `with made as (
       insert into invitations (organization_id, email, role, locale)
       select id, $2, 'admin', 'ar' from organizations where name = $1 returning id)
     insert into private.invitation_secrets (token_hash, invitation_id, sending) select $3, id, 1 from made`,
    [`Works of ${name}`, email, createHash('sha256').update(token).digest()],
  )
  return token
}

const bea = (token: string, more: object = {}) => ({
  token,
  password: 'a long enough password',
  first_name: 'Bea',
  last_name: 'Saleh',
  locale: 'ar',
  ...more,
})

describe('who holds the token', () => {
  test('sees what it opens, then is in: verified, in the company, as what they were invited', async ({
    ground,
  }) => {
    const token = await invited(ground, 'opens')
    expect(await post(ground, { token })).toMatchObject({
      status: 200,
      body: { fault: null, email: 'bea@opens.example', organization: 'Works of opens', role: 'admin' },
    })
    const forged = { role: 'member', organization_id: crypto.randomUUID(), email: 'eve@eve.example' }
    expect(await post(ground, bea(token, forged))).toMatchObject({
      status: 200,
      body: { email: 'bea@opens.example' },
    })
    const { rows } = await ground.db.query(
      `select organizations.name, memberships.role, profiles.status, email_confirmed_at is not null as verified,
              raw_user_meta_data::text || (select string_agg(identity_data::text, '') from auth.identities
                where user_id = users.id) as kept
       from auth.users join profiles on profiles.id = users.id join memberships on user_id = users.id
       join organizations on organizations.id = organization_id where email = 'bea@opens.example'`,
    )
    expect(rows).toMatchObject([{ name: 'Works of opens', role: 'admin', status: 'active', verified: true }])
    expect(rows[0].kept).not.toContain(token)

    const browser = createClient(ground.env.url, ground.env.publishableKey, {
      auth: { persistSession: false },
    })
    const { email, password } = { email: 'bea@opens.example', ...bea(token) }
    expect((await browser.auth.signInWithPassword({ email, password })).error).toBeNull()
    expect(await post(ground, bea(token))).toMatchObject({ status: 409, body: { code: 'invitation_used' } })
  })

  test('and is two at the same moment makes one account, and the other is told', async ({ ground }) => {
    const token = await invited(ground, 'twice')
    const answers = await Promise.all([post(ground, bea(token)), post(ground, bea(token))])
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('invitation_used')
  })

  test('and has an account is told to sign in', async ({ ground }) => {
    const token = await invited(ground, 'known', 'ada@knows.example')
    await signUp(ground.env, ada('knows', { email: 'ada@knows.example' }))
    await ground.db.query(
      `update auth.users set email_confirmed_at = now() where email = 'ada@knows.example'`,
    )
    expect(await post(ground, { token })).toMatchObject({ body: { has_account: true } })
    expect(await post(ground, bea(token))).toMatchObject({ status: 409, body: { code: 'has_account' } })
  })

  test('is told each field that is wrong, and the invitation stays', async ({ ground }) => {
    const token = await invited(ground, 'fields')
    const wrong = { password: 'short', first_name: ' ', first_name_ar: 'Latin', locale: 'fr' }
    expect(await post(ground, bea(token, wrong))).toMatchObject({
      status: 422,
      body: {
        code: 'invalid_input',
        fields: {
          password: 'password_weak',
          first_name: 'first_name_invalid',
          first_name_ar: 'arabic_name_invalid',
          locale: 'locale_invalid',
        },
      },
    })
    expect((await post(ground, { token })).body.fault).toBeNull()
  })
})

describe('who does not', () => {
  test('gets one answer to every rubbish, then none', async ({ ground }) => {
    const network = someNetwork()
    for (const body of [{}, null, [], { token: 5 }, { token: 'x' }, bea('x')])
      expect(await post(ground, body, network)).toMatchObject({
        status: 404,
        body: { code: 'invitation_unknown' },
      })
    for (let guess = 0; guess < 20; guess++)
      expect((await post(ground, { token: randomBytes(32).toString('base64url') }, network)).status).toBe(404)
    const refused = await post(ground, { token: await invited(ground, 'guessed') }, network)
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('cannot bring the token to Auth directly', async ({ ground }) => {
    const token = await invited(ground, 'direct')
    const browser = createClient(ground.env.url, ground.env.publishableKey, {
      auth: { persistSession: false },
    })
    const { error } = await browser.auth.signUp({
      email: 'bea@direct.example',
      password: 'a long enough password',
      options: { data: { ...ada('direct'), invitation_token: token } },
    })
    expect(error?.status).toBe(422)
    expect((await post(ground, { token })).body.fault).toBeNull()
  })
})

test('the log names nobody', async ({ ground }) => {
  const token = await invited(ground, 'logged')
  await post(ground, bea(token))
  expect(log.join('\n')).not.toMatch(/logged\.example|Saleh|password/)
  expect(log.join('\n')).not.toContain(token)
})
