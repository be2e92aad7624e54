import { createClient } from '@supabase/supabase-js'
import { describe, expect } from 'vitest'
import { test } from '../testing/ground.ts'
import { keptLog } from '../testing/kept-log.ts'
import { ada, left, mailsTo, post } from '../testing/signing-up.ts'

const log = keptLog()

describe('Ada', () => {
  test('signs up her company, and both wait for her address to be verified', async ({ ground }) => {
    const answer = await post(ground.env, ada('ada', { email: ' Ada@ADA.example ' }))
    expect(answer).toMatchObject({
      status: 200,
      body: { email: 'ada@ada.example', status: 'verification_sent' },
    })
    expect(await left(ground, 'ada@ada.example')).toEqual([
      {
        verified: false,
        person: 'pending',
        organization: 'pending',
        domain: 'ada.example',
        name: 'Works of ada',
      },
    ])
  })

  test('gets a mail in her language whose link makes both active; the id of her request follows', async ({
    ground,
  }) => {
    await post(ground.env, ada('arwa', { locale: 'ar' }), { 'x-request-id': 'req_of_arwa' })
    const [mail] = mailsTo(ground, 'arwa@arwa.example')
    expect(mail?.html).toContain('lang="ar" dir="rtl"')
    expect(mail?.subject).toMatch(/[\u0600-\u06ff]/)
    const [, token_hash = ''] =
      /https:\/\/p2p\.example\/verify\?token_hash=([^&]+)&amp;type=signup/.exec(mail?.html ?? '') ?? []

    const browser = createClient(ground.env.url, ground.env.publishableKey, {
      auth: { persistSession: false },
    })
    expect((await browser.auth.verifyOtp({ type: 'signup', token_hash })).error).toBeNull()
    expect(await left(ground, 'arwa@arwa.example')).toMatchObject([
      { verified: true, person: 'active', organization: 'active' },
    ])
    const { rows } = await ground.db.query(
      `select data ->> 'requestId' as request from pgboss.job
       where name = 'identity.send-welcome-mail'
         and data ->> 'userId' = (select id::text from auth.users where email = 'arwa@arwa.example')`,
    )
    expect(rows).toEqual([{ request: 'req_of_arwa' }])
  })

  test('who lost the mail and signs up again starts afresh: what was typed before counts no more', async ({
    ground,
  }) => {
    await post(ground.env, ada('again', { password: 'chosen by Eve', organization_name: 'Typo' }))
    await ground.db.query(
      `update auth.users set created_at = now() - interval '61 seconds', confirmation_sent_at = now() - interval '61 seconds'`,
    )
    expect(await post(ground.env, ada('again'))).toMatchObject({ status: 200 })
    expect(mailsTo(ground, 'again@again.example')).toHaveLength(2)
    expect(await left(ground, 'again@again.example')).toMatchObject([{ name: 'Works of again' }])

    await ground.db.query(
      `update auth.users set email_confirmed_at = now() where email = 'again@again.example'`,
    )
    const browser = createClient(ground.env.url, ground.env.publishableKey, {
      auth: { persistSession: false },
    })
    const signIn = (password: string) =>
      browser.auth.signInWithPassword({ email: 'again@again.example', password })
    expect((await signIn('chosen by Eve')).error?.code).toBe('invalid_credentials')
    expect((await signIn(ada('again').password)).error).toBeNull()
  })

  test('who presses the button twice has one account and no error', async ({ ground }) => {
    const answers = await Promise.all([post(ground.env, ada('twice')), post(ground.env, ada('twice'))])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(await left(ground, 'twice@twice.example')).toHaveLength(1)
  })

  test('is told each field that is wrong, by its code', async ({ ground }) => {
    const wrong = {
      email: 'ada',
      password: 'short',
      first_name: ' ',
      last_name: 'x'.repeat(81),
      organization_name: 'a\u0000b',
      locale: 'fr',
    }
    const fields = {
      email: 'email_invalid',
      password: 'password_weak',
      first_name: 'first_name_invalid',
      last_name: 'last_name_invalid',
      organization_name: 'organization_name_invalid',
      locale: 'locale_invalid',
    }
    expect(await post(ground.env, wrong)).toMatchObject({
      status: 422,
      body: { code: 'invalid_input', fields },
    })
    expect(await post(ground.env, {})).toMatchObject({ status: 422, body: { fields } })
  })

  test('is told when her company is here already, and what to do', async ({ ground }) => {
    await post(ground.env, ada('taken'))
    const answer = await post(ground.env, ada('taken', { email: 'bob@taken.example' }))
    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'domain_taken', message: expect.stringMatching(/admin to invite/) },
    })
    expect(await left(ground, 'bob@taken.example')).toEqual([])
  })
})

describe('a domain', () => {
  test('is the same in capitals and in Unicode', async ({ ground }) => {
    const first = await post(ground.env, ada('muller', { email: 'ada@MÜLLER.example' }))
    expect(first).toMatchObject({ status: 200, body: { email: 'ada@xn--mller-kva.example' } })
    for (const email of ['bob@müller.example', 'bob@XN--MLLER-KVA.example', 'bob@mu\u0308ller.example']) {
      expect(await post(ground.env, ada('muller', { email })), email).toMatchObject({ status: 409 })
    }
  })

  test('is had by one of two who sign up at the same moment', async ({ ground }) => {
    const both = ['ada@race.example', 'bob@race.example'].map((email) =>
      post(ground.env, ada('race', { email })),
    )
    const statuses = (await Promise.all(both)).map(({ status }) => status)
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 409])
    const { rows } = await ground.db.query(`select from public.organizations where domain = 'race.example'`)
    expect(rows).toHaveLength(1)
  })
})

describe('the log', () => {
  test('follows the request and names nobody', async ({ ground }) => {
    await post(ground.env, ada('logged'), { 'x-request-id': 'req_of_logged' })
    await post(ground.env, ada('logged', { email: 'bob@logged.example' }), {
      'x-request-id': 'req_of_logged',
    })
    expect(log.length).toBeGreaterThan(1)
    for (const line of log) {
      expect(JSON.parse(line)).toMatchObject({ function: 'signup', request_id: 'req_of_logged' })
      expect(line).not.toMatch(/logged\.example|Najdi|password/)
    }
  })
})
