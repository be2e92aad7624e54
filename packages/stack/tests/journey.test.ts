import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  readMe,
  requestPasswordReset,
  setPassword,
  signIn,
  signOut,
  signUp,
  updateProfile,
  verifyEmail,
} from '@p2p/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mailTo, tokenIn } from '../testing/mailbox.ts'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { founder, password, verified, visitor } from './companies.ts'

/* The first journey, step by step: each test goes on where the one before it ended. */

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack({ worker: true })
})
afterAll(() => stack?.stop())

const ada = founder('Ada')
const noura = founder('نورة', { email: 'Noura@Najd-Works.Example', locale: 'ar' })
const arabic = /[\u0600-\u06FF]/

/** Every request of a page, by its path and the id it carried. */
const asked: { path: string; id: string }[] = []
const noted: typeof fetch = (input, init) => {
  const id = new Headers(init?.headers).get('x-request-id') ?? ''
  asked.push({ path: new URL(input instanceof Request ? input.url : input).pathname, id })
  return fetch(input, init)
}

describe('Ada founds her company', () => {
  test('the form is answered, and a mail in her language is on its way', async () => {
    expect(await signUp(visitor(stack, noted), ada)).toEqual({
      email: ada.email,
      status: 'verification_sent',
    })
    const mail = await mailTo(stack.urls.mail, ada.email)
    expect(mail.Subject).toBe('Confirm your e-mail address')
    expect(mail.HTML).toContain(`${stack.urls.site}/verify?token_hash=`)
    expect(mail.HTML).not.toMatch(arabic)
  })

  test('Noura, who writes Arabic and her address in capitals, gets hers in Arabic', async () => {
    expect(await signUp(visitor(stack), noura)).toMatchObject({ email: 'noura@najd-works.example' })
    const mail = await mailTo(stack.urls.mail, 'noura@najd-works.example')
    expect(mail.Subject).toMatch(arabic)
    expect(mail.HTML).toMatch(/<html[^>]*dir="rtl"/)
  })

  test('before the link is followed she signs in nowhere', async () => {
    const supabase = visitor(stack)
    await expect(signIn(supabase, ada)).rejects.toMatchObject({ code: 'email_not_verified' })
    await expect(signIn(supabase, { ...ada, password: 'not her password' })).rejects.toMatchObject({
      code: 'credentials_wrong',
    })
    expect((await supabase.auth.getSession()).data.session).toBeNull()
  })

  test('the link signs her in and makes her company active, with her as its admin', async () => {
    const { me } = await verified(stack, ada.email)
    expect(me).toMatchObject({
      email: ada.email,
      first_name: 'Ada',
      locale: 'en',
      status: 'active',
      role: 'admin',
      platform_role: null,
      organization: {
        name: 'Works of Ada',
        domain: ada.email.split('@')[1],
        status: 'active',
      },
    })
  })

  test('the link is good once, and no other link opens anything', async () => {
    const used = tokenIn(await mailTo(stack.urls.mail, ada.email))
    for (const tokenHash of [used, '0'.repeat(64), 'rubbish']) {
      for (const type of ['signup', 'recovery', 'email_change', 'email'] as const) {
        await expect(verifyEmail(visitor(stack), { tokenHash, type })).rejects.toMatchObject({
          code: 'link_invalid',
        })
      }
    }
  })

  test('the worker welcomes her, and names the request her browser made', async () => {
    const mail = await mailTo(stack.urls.mail, ada.email, 2)
    expect(mail.Subject).toMatch(/welcome/i)
    const id = asked.find(({ path }) => path === '/functions/v1/signup')?.id ?? ''
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    await expect
      .poll(() => log('worker'))
      .toContainEqual(expect.objectContaining({ msg: 'welcome mail sent', request_id: id }))
    for (const part of ['gateway', 'functions']) expect(await logText(part)).toContain(id)
    for (const part of ['worker', 'gateway', 'functions'])
      expect(await logText(part)).not.toContain(ada.email)
  })

  test('Noura is welcomed in Arabic', async () => {
    await verified(stack, 'noura@najd-works.example')
    expect((await mailTo(stack.urls.mail, 'noura@najd-works.example', 2)).Subject).toMatch(arabic)
  })
})

const logText = (part: string) => readFile(join(stack.config.dir, 'logs', `${part}.log`), 'utf8')
const log = async (part: string): Promise<unknown[]> =>
  (await logText(part))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))

describe('Ada looks after her account', () => {
  const supabase = () => visitor(stack)
  const renewed = 'another long password'

  test('she writes her name and title anew, and what is no name is refused', async () => {
    const here = supabase()
    await signIn(here, ada)
    await updateProfile(here, { first_name: 'Adaline', job_title: 'Plant manager', locale: 'ar' })
    expect(await readMe(here)).toMatchObject({
      first_name: 'Adaline',
      last_name: 'Test',
      job_title: 'Plant manager',
      locale: 'ar',
    })
    await expect(updateProfile(here, { first_name: '\u202Egnp' })).rejects.toMatchObject({
      code: 'invalid_input',
    })
    await updateProfile(here, { first_name: 'Ada', job_title: null, locale: 'en' })
  })

  test('a forgotten password is set anew by a mail; the old one and the used link open nothing', async () => {
    await requestPasswordReset(supabase(), ada.email)
    const mail = await mailTo(stack.urls.mail, ada.email, 3)
    expect(mail.Subject).toBe('Reset your password')
    const link = { tokenHash: tokenIn(mail), type: 'recovery' } as const
    const here = supabase()
    await verifyEmail(here, link)
    await expect(setPassword(here, 'short')).rejects.toMatchObject({ code: 'password_weak' })
    await expect(setPassword(here, password)).rejects.toMatchObject({ code: 'password_unchanged' })
    await setPassword(here, renewed)

    await signIn(supabase(), { email: ada.email, password: renewed })
    await expect(signIn(supabase(), ada)).rejects.toMatchObject({ code: 'credentials_wrong' })
    await expect(verifyEmail(supabase(), link)).rejects.toMatchObject({ code: 'link_invalid' })
  })

  test('an address nobody has is answered alike, and gets no mail', async () => {
    const nobody = founder('Nobody').email
    await requestPasswordReset(supabase(), nobody)
    await requestPasswordReset(supabase(), ada.email)
    // The later mail is here: the earlier one would be too.
    await mailTo(stack.urls.mail, ada.email, 4)
    const found = await fetch(`${stack.urls.mail}/api/v1/search?query=to:${nobody}`)
    expect(await found.json()).toMatchObject({ messages: [] })
  })

  test('she signs out: the page knows nobody, and what was kept of the session is worth nothing', async () => {
    const here = supabase()
    const session = await signIn(here, { email: ada.email, password: renewed })
    await signOut(here)
    expect(await readMe(here)).toBeNull()
    await expect(setPassword(here, 'yet another password')).rejects.toMatchObject({ code: 'not_signed_in' })
    const late = await supabase().auth.refreshSession({ refresh_token: session.refresh_token })
    expect(late.error).not.toBeNull()
  })
})
