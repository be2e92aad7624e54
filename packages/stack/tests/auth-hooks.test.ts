import { decodeJwt } from 'jose'
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withClient } from '../src/sql.ts'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { clientOf, member, password } from './people.ts'

let stack: TestStack
const sql = (text: string) => withClient(stack.urls.database, (client) => client.query(text))

const hook = (name: string) => ({ enabled: true, uri: `pg-functions://postgres/public/${name}` })

/** The hooks of this project are functions; each test says what they answer. */
const answers = (name: string, body: string) =>
  sql(`
    create or replace function public.${name}(event jsonb) returns jsonb language plpgsql as $hook$
    begin ${body} end $hook$;
    grant execute on function public.${name}(jsonb) to supabase_auth_admin`)

beforeAll(async () => {
  stack = await startTestStack({
    settings: {
      auth: {
        hook: {
          custom_access_token: hook('dress_token'),
          mfa_verification_attempt: hook('count_code'),
          password_verification_attempt: hook('count_password'),
        },
      },
    },
  })
  await answers('dress_token', `return jsonb_build_object('claims', event -> 'claims');`)
  await answers('count_code', `return '{"decision": "continue"}';`)
  await answers('count_password', `return '{"decision": "continue"}';`)
})
afterAll(() => stack?.stop())

const signIn = (email: string) =>
  clientOf(stack, stack.keys.publishable).auth.signInWithPassword({ email, password })

describe('the custom_access_token hook', () => {
  test('adds to the claims, and knows of whom and how', async () => {
    const ada = await member(stack, 'ada')
    await answers(
      'dress_token',
      `return jsonb_build_object('claims', event -> 'claims' || jsonb_build_object(
         'plan', 'big', 'seen', jsonb_build_array(event ->> 'user_id', event ->> 'authentication_method',
           event -> 'metadata' ->> 'name')));`,
    )
    const { data, error } = await signIn(ada.email)
    expect(error).toBeNull()
    expect(decodeJwt(data.session?.access_token ?? '')).toMatchObject({
      sub: ada.id,
      plan: 'big',
      seen: [ada.id, 'password', 'customize-access-token'],
    })
  })

  test('refuses with a status and sentence of its own, and no session is left', async () => {
    const ada = await member(stack, 'ada')
    await answers('dress_token', `return '{"error": {"http_code": 403, "message": "Not on Sundays"}}';`)
    expect((await signIn(ada.email)).error).toMatchObject({ status: 403, message: 'Not on Sundays' })
    const count = await withClient(stack.urls.databaseAdmin, (client) =>
      client.query('select count(*)::int as count from auth.sessions where user_id = $1', [ada.id]),
    )
    expect(count.rows).toEqual([{ count: 1 }])
  })

  test('may not take away what every part relies on', async () => {
    await answers('dress_token', `return jsonb_build_object('claims', event -> 'claims');`)
    const ada = await member(stack, 'ada')
    const wrong: [body: string, sentence: string][] = [
      [`return jsonb_build_object('claims', (event -> 'claims') - 'sub');`, '(root): sub is required'],
      [`return jsonb_build_object('claims', event -> 'claims' || '{"exp": "late"}');`, 'exp: Invalid type'],
      [`return '{}';`, 'output claims field is missing'],
      [
        `raise exception 'out of order';`,
        'Error running hook URI: pg-functions://postgres/public/dress_token',
      ],
    ]
    for (const [body, sentence] of wrong) {
      await answers('dress_token', body)
      const { error } = await signIn(ada.email)
      expect([body, error?.status, error?.message]).toEqual([body, 500, expect.stringContaining(sentence)])
    }
    await answers('dress_token', `return jsonb_build_object('claims', event -> 'claims');`)
    expect((await signIn(ada.email)).error).toBeNull()
  })
})

describe('the mfa_verification_attempt hook', () => {
  test('locks somebody out who tries too often', async () => {
    const ada = await member(stack, 'ada')
    const { mfa } = ada.client.auth
    const factor = (await mfa.enroll({ factorType: 'totp' })).data
    const totp = new TOTP({ secret: Secret.fromBase32(factor?.totp.secret ?? '') })
    const attempt = (code: string) => mfa.challengeAndVerify({ factorId: factor?.id ?? '', code })

    await answers(
      'count_code',
      `return case when (event ->> 'valid')::boolean then '{"decision": "continue"}'::jsonb
         else '{"decision": "reject", "message": "Locked"}'::jsonb end;`,
    )
    const wrong = totp.generate() === '000000' ? '000001' : '000000'
    expect((await attempt(wrong)).error).toMatchObject({
      status: 403,
      code: 'mfa_verification_rejected',
      message: 'Locked',
    })
    expect((await ada.client.auth.getUser()).error?.name).toBe('AuthSessionMissingError')
  })

  test('lets pass who knows', async () => {
    await answers('count_code', `return '{"decision": "continue"}';`)
    const { client } = await member(stack, 'ada')
    const factor = (await client.auth.mfa.enroll({ factorType: 'totp' })).data
    const code = new TOTP({ secret: Secret.fromBase32(factor?.totp.secret ?? '') }).generate()
    const { error } = await client.auth.mfa.challengeAndVerify({ factorId: factor?.id ?? '', code })
    expect(error).toBeNull()
  })
})

describe('the password_verification_attempt hook', () => {
  test('is told whether the password was right, and may end every session', async () => {
    const ada = await member(stack, 'ada')
    await answers(
      'count_password',
      `return case when (event ->> 'valid')::boolean then '{"decision": "continue"}'::jsonb
         else '{"decision": "reject", "message": "Locked", "should_logout_user": true}'::jsonb end;`,
    )
    expect((await signIn(ada.email)).error).toBeNull()
    const wrong = await clientOf(stack, stack.keys.publishable).auth.signInWithPassword({
      email: ada.email,
      password: 'not the password',
    })
    expect(wrong.error).toMatchObject({ status: 400, code: 'invalid_credentials', message: 'Locked' })
    expect((await ada.client.auth.getUser()).error?.name).toBe('AuthSessionMissingError')
  })
})
