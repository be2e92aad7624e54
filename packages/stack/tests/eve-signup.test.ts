import { request } from 'node:http'
import { readMe, signIn, signUp, verifyEmail } from '@p2p/client'
import type { SignupInput } from '@p2p/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mailTo, tokenIn } from '../testing/mailbox.ts'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { founder, member, type Person, password, rowsOf, visitor } from './companies.ts'

/* Eve is hostile: what signing up gives to somebody who does not use the form. */

let stack: TestStack
let ada: Person
beforeAll(async () => {
  stack = await startTestStack()
  ada = await member(stack, founder('Ada', { email: 'ada@müller-werke.example' }))
})
afterAll(() => stack?.stop())

const sql = (text: string, values?: unknown[]) => rowsOf(stack, text, values)

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(stack.urls.api + path, {
    method: 'POST',
    headers: { apikey: stack.keys.publishable, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

const metadataOf = ({ first_name, last_name, organization_name, locale }: SignupInput) => ({
  first_name,
  last_name,
  organization_name,
  locale,
})

/** Everything the database knows of somebody, but what differs between any two people. */
const whatIs = async (email: string) =>
  (
    await sql(
      `select to_jsonb(users) - array['id', 'email', 'encrypted_password', 'confirmation_token', 'created_at',
                'updated_at', 'confirmation_sent_at', 'raw_user_meta_data'] as account,
              users.raw_user_meta_data - array['sub', 'email', 'request_id'] as metadata,
              to_jsonb(profiles) - array['id', 'created_at', 'updated_at'] as profile,
              to_jsonb(organizations) - array['id', 'domain', 'created_at', 'updated_at'] as company,
              memberships.role, (select count(*)::int from public.platform_roles) as moderators
       from auth.users join public.profiles using (id) join public.memberships on user_id = users.id
       join public.organizations on organizations.id = organization_id where email = $1`,
      [email],
    )
  )[0]

describe('Eve calls Auth herself', () => {
  test('and is no more than who used the form, whatever she claims', async () => {
    const claims = {
      role: 'service_role',
      roles: ['admin'],
      status: 'active',
      platform_role: 'admin',
      is_super_admin: true,
      organization_id: ada.me.organization.id,
      organization: { id: ada.me.organization.id },
      user_id: ada.id,
      app_metadata: { role: 'admin' },
      raw_app_meta_data: { role: 'admin' },
      email_verified: true,
      email_confirm: true,
      email_confirmed_at: '2020-01-01',
      confirmed_at: '2020-01-01',
      id: ada.id,
      aud: 'service_role',
      instance_id: ada.id,
      is_sso_user: true,
      invited_at: '2020-01-01',
    }
    const [honest, eve] = [founder('Eve'), founder('Eve')]
    await signUp(visitor(stack), honest)
    const { email, password } = eve
    const data = { ...claims, ...metadataOf(eve) }
    const answer = await post('/auth/v1/signup', { ...claims, user_metadata: claims, email, password, data })
    expect(answer.status).toBe(200)
    expect(await whatIs(email)).toEqual(await whatIs(honest.email))
    expect(await whatIs(email)).toMatchObject({
      role: 'admin',
      moderators: 0,
      metadata: {
        ...metadataOf(eve),
        email_verified: false,
      },
      profile: { status: 'pending' },
      company: {
        name: 'Works of Eve',
        status: 'pending',
      },
    })
  })

  test('and when she is verified, she gains nothing by writing to her own account', async () => {
    const eve = await member(stack, founder('Eve'))
    const headers = { apikey: stack.keys.publishable, authorization: `Bearer ${eve.token}` }
    const greedy = JSON.stringify({ app_metadata: { role: 'admin' } })
    const refused = await fetch(`${stack.urls.api}/auth/v1/user`, { method: 'PUT', headers, body: greedy })
    expect(refused.status).toBe(403)
    const body = JSON.stringify({
      role: 'service_role',
      aud: 'admin',
      is_super_admin: true,
      data: {
        organization_id: ada.me.organization.id,
        role: 'admin',
        status: 'active',
        huge: 'x'.repeat(9e3),
      },
    })
    const answer = await fetch(`${stack.urls.api}/auth/v1/user`, { method: 'PUT', headers, body })
    expect(answer.status).toBe(200)
    const { data } = await eve.supabase.auth.refreshSession()
    const claims = JSON.parse(atob(data.session?.access_token.split('.')[1] ?? ''))
    expect(claims).toMatchObject({ role: 'authenticated', aud: 'authenticated', sub: eve.id })
    const { app_metadata, user_metadata } = data.user ?? {}
    expect(app_metadata).toEqual({ provider: 'email', providers: ['email'] })
    expect(user_metadata).not.toMatchObject({ organization_id: expect.anything() })
    expect(user_metadata).not.toMatchObject({ huge: expect.anything() })
    expect(await readMe(eve.supabase)).toEqual(eve.me)
  })

  test('and her address stays hers until a mailbox proves the new one', async () => {
    const eve = await member(stack, founder('Eve'))
    const taken = await eve.supabase.auth.updateUser({ email: ada.email })
    expect(taken.error?.code).toBe('email_exists')
    const wanted = `eve@${ada.me.organization.domain}`
    expect((await eve.supabase.auth.updateUser({ email: wanted })).error).toBeNull()
    const tokenHash = tokenIn(await mailTo(stack.urls.mail, wanted))
    for (const type of ['signup', 'recovery', 'magiclink'] as const) {
      const other = verifyEmail(visitor(stack), { tokenHash, type })
      await expect(other).rejects.toMatchObject({ code: 'link_invalid' })
    }
    await expect(signIn(visitor(stack), { email: wanted, password })).rejects.toMatchObject({
      code: 'credentials_wrong',
    })
    expect(await readMe(eve.supabase)).toEqual(eve.me)
  })

  test('a domain that has a company is refused, and rubbish for a name too', async () => {
    const domain = ada.me.organization.domain
    const taken = { ...founder('Eve'), email: `eve@${domain}` }
    const cases: [SignupInput, unknown, number, string][] = [
      [taken, metadataOf(taken), 409, 'Your company is here already: ask its admin to invite you.'],
    ]
    for (const data of [
      undefined,
      null,
      {},
      { last_name: 'Eve' },
      { ...metadataOf(taken), first_name: ['Eve'] },
    ]) {
      cases.push([founder('Eve'), data, 422, 'A first name'])
    }
    const eve = founder('Eve')
    cases.push([eve, { ...metadataOf(eve), first_name: '\u202Eevil' }, 422, 'A first name'])
    cases.push([eve, { ...metadataOf(eve), organization_name: 'x'.repeat(121) }, 422, 'An organization'])
    cases.push([eve, { ...metadataOf(eve), locale: 'xx' }, 422, 'The language'])
    for (const [{ email, password }, data, status, sentence] of cases) {
      const answer = await post('/auth/v1/signup', { email, password, data })
      expect([answer.status, (await answer.json()).msg]).toEqual([status, expect.stringContaining(sentence)])
      expect(await sql('select from auth.users where email = $1', [email])).toEqual([])
    }
  })

  test('a mail leads to our site, whatever host she names', async () => {
    const eve = founder('Eve')
    const { port } = new URL(stack.urls.api)
    const headers = {
      apikey: stack.keys.publishable,
      'content-type': 'application/json',
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      origin: 'https://evil.example',
      referer: 'https://evil.example/',
    }
    const path = '/auth/v1/signup?redirect_to=https%3A%2F%2Fevil.example'
    await new Promise((answered, failed) => {
      const asking = request({ host: '127.0.0.1', port, path, method: 'POST', headers }, answered)
      asking.once('error', failed)
      asking.end(JSON.stringify({ email: eve.email, password: eve.password, data: metadataOf(eve) }))
    })
    const mail = await mailTo(stack.urls.mail, eve.email)
    expect(mail.HTML).toContain(`${stack.urls.site}/verify?token_hash=`)
    expect(mail.HTML).not.toContain('evil.example')
  })
})
