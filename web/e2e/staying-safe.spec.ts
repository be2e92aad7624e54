import { Secret, TOTP } from 'otpauth'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { expectSound, newVisitor } from './browser.ts'
import { sql } from './database.ts'
import {
  type Language,
  linkInMail,
  password,
  register,
  type Somebody,
  signIn,
  somebody,
  startWorld,
  type World,
  words,
} from './world.ts'

/*
 * Ada keeps her account hers: where she is signed in, her password, her address, her second factor.
 */

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world?.stop())

const at = (path: string) => `${world.stack.urls.site}${path}`

async function member(language: Language, width?: number) {
  const ada = somebody('Ada', 'Lovelace', language)
  await register(world, ada)
  return { ada, page: await device(ada, width) }
}

/** A browser of hers in which she is signed in. */
async function device(ada: Somebody, width?: number): Promise<Page> {
  const page = await newVisitor(world.browser, { language: ada.locale, ...(width && { width }) })
  await signIn(world, page, ada)
  return page
}

async function fillIn(page: Page, { email, locale }: Somebody, secret: string, remember = false) {
  const { identity, security } = words[locale]
  await page.getByLabel(identity.workEmail).fill(email)
  await page.getByLabel(identity.password, { exact: true }).fill(secret)
  if (remember) await page.getByLabel(security.remember).check()
  await page.getByRole('main').getByRole('button', { name: identity.signIn }).click()
}

const Subjects = z.object({ messages: z.array(z.object({ Subject: z.string() })) })

async function subjectsTo(email: string): Promise<string[]> {
  const answer = await fetch(`${world.stack.urls.mail}/api/v1/search?query=to:${email}`)
  return Subjects.parse(await answer.json()).messages.map(({ Subject }) => Subject)
}

const inTheForum = (page: Page, language: Language = 'en') =>
  page.getByRole('heading', { level: 1, name: words[language].forum.title }).waitFor()
const atSignIn = (page: Page, language: Language = 'en') =>
  page.getByRole('heading', { level: 1, name: words[language].identity.signInTitle }).waitFor()
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

/** Adds an app on the security page, and answers what it would show. */
async function addFactor(page: Page, language: Language, name = 'My phone') {
  const { factor } = words[language].security
  await page.goto(at('/settings/security'))
  await button(page, factor.add).click()
  await page.getByLabel(factor.name).fill(name)
  await button(page, factor.next).click()
  const secret = ((await page.locator('code').textContent()) ?? '').replaceAll(' ', '')
  await expectSound(page, 'the picture to scan')
  const code = () => new TOTP({ secret: Secret.fromBase32(secret) }).generate()
  await page.getByLabel(factor.code).fill(code())
  await button(page, factor.confirm).click()
  await page.getByText(factor.added).waitFor()
  return code
}

test.each([
  ['en', 1280],
  ['ar', 390],
] as const)(
  'Ada sees where she is signed in and ends a session, which leaves at once (%s)',
  async (language, width) => {
    const { sessions } = words[language].security
    const { ada, page } = await member(language, width)
    const laptop = await device(ada)
    await laptop.goto(at('/forum/categories/energy'))
    await laptop.getByRole('heading', { level: 1 }).waitFor()

    await page.goto(at('/settings/security'))
    await page.getByText(sessions.here).waitFor()
    await expectSound(page, 'the security page')
    // Signing up left a third one behind.
    await expect
      .poll(() => page.getByRole('button', { name: sessions.end, exact: false }).count())
      .toBeGreaterThan(1)
    await button(page, sessions.endOthers).click()
    await page.getByText(sessions.othersEnded).waitFor()

    await laptop.getByText(words[language].security.endedTitle).waitFor()
    await expectSound(laptop, 'the sign-in page after the end of a session')
    await fillIn(laptop, ada, password)
    await laptop.waitForURL('**/forum/categories/energy')
  },
)

test('signing out in one tab signs out all of them', async () => {
  const { page } = await member('en')
  const tab = await page.context().newPage()
  await tab.goto(at('/forum'))
  await inTheForum(tab)
  await page.getByRole('button', { name: words.en.app.account }).click()
  await page.getByRole('menuitem', { name: words.en.identity.signOut }).click()
  await atSignIn(tab)
})

test('a session that is not to be remembered ends with the browser, another one does not', async () => {
  const { ada, page } = await member('en')
  const closeBrowser = () => page.context().clearCookies()
  await closeBrowser()
  await page.goto(at('/forum'))
  await atSignIn(page)
  await fillIn(page, ada, password, true)
  await inTheForum(page)
  await closeBrowser()
  await page.goto(at('/forum'))
  await inTheForum(page)
  const rows = await sql(
    world,
    `select not_after is null as remembered from auth.sessions join auth.users on users.id = user_id
     where email = $1 order by sessions.created_at desc limit 1`,
    [ada.email],
  )
  expect(rows).toEqual([{ remembered: true }])
})

test.each(['en', 'ar'] as const)(
  'whoever tries too often is told how long to wait (%s)',
  async (language) => {
    const { security, errors, identity } = words[language]
    const eve = somebody('Eve', 'Stranger', language)
    const page = await newVisitor(world.browser, { language })
    await page.goto(at('/sign-in'))
    const guess = () =>
      fetch(`${world.stack.urls.api}/functions/v1/sign-in`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: eve.email, password: 'a guess' }),
      })
    const guesses = await Promise.all(Array.from({ length: 9 }, guess))
    expect(new Set(guesses.map(({ status }) => status))).toEqual(new Set([401]))
    await fillIn(page, eve, 'the tenth')
    await page.getByText(errors.credentials_wrong).waitFor()
    await fillIn(page, eve, 'the eleventh')
    await page.getByText(security.waitTitle).waitFor()
    expect(await page.getByRole('main').getByRole('button', { name: identity.signIn }).isDisabled()).toBe(
      true,
    )
    await expectSound(page, 'the wait')
  },
)

test.each(['en', 'ar'] as const)(
  'Ada adds a second factor, is asked for it, and takes it away again (%s)',
  async (language) => {
    const { security, errors } = words[language]
    const { ada, page } = await member(language)
    const code = await addFactor(page, language)
    await expectSound(page, 'the security page with a second factor')

    const phone = await newVisitor(world.browser, { language, width: 390 })
    await phone.goto(at('/forum/categories/energy'))
    await fillIn(phone, ada, password)
    await phone.getByRole('heading', { name: security.challenge.title }).waitFor()
    await expectSound(phone, 'the question for a code')
    // What a password alone opens: nothing.
    await phone.goto(at('/settings/security'))
    await phone.getByRole('heading', { name: security.challenge.title }).waitFor()
    await phone.goto(at('/second-factor?next=/forum/categories/energy'))
    await phone.getByLabel(security.factor.code).fill('000 000')
    await button(phone, security.factor.confirm).click()
    await phone.getByText(errors.code_wrong).waitFor()
    await phone.getByLabel(security.factor.code).fill(code())
    await button(phone, security.factor.confirm).click()
    await phone.waitForURL('**/forum/categories/energy')

    await page
      .getByRole('button', { name: security.factor.removeName.replace('{{name}}', 'My phone') })
      .click()
    await expectSound(page, 'the question before a factor is removed')
    await page.getByLabel(security.factor.code).fill(code())
    await button(page, security.factor.removeNow).click()
    await page.getByText(security.factor.removed).waitFor()
    await button(page, security.factor.add).waitFor()
  },
)

test('a new password asks for the old one, ends the other sessions, and a mail tells of it', async () => {
  const { security, errors, identity } = words.en
  const { ada, page } = await member('en')
  const laptop = await device(ada)
  await page.goto(at('/settings/security'))
  await page.getByLabel(security.password.current).fill('not hers at all')
  await page.getByLabel(identity.newPassword, { exact: true }).fill('another long sentence')
  await button(page, security.password.change).click()
  await page.getByText(errors.password_wrong).waitFor()
  await page.getByLabel(security.password.current).fill(password)
  await button(page, security.password.change).click()
  await page.getByText(security.password.changed).waitFor()
  await expect.poll(() => subjectsTo(ada.email)).toContain('Your password was changed')
  await atSignIn(laptop)
  await fillIn(laptop, { ...ada }, 'another long sentence')
  await inTheForum(laptop)
})

test.each(['en', 'ar'] as const)(
  'a new address is confirmed on both sides, or given up (%s)',
  async (language) => {
    const { security, identity } = words[language]
    const { ada, page } = await member(language)
    const next = ada.email.replace('person@', 'new@')
    await page.goto(at('/settings/security'))
    const ask = async (email: string) => {
      await page.getByLabel(security.email.new).fill(email)
      await button(page, security.email.change).click()
      await page.getByText(security.email.pendingTitle).waitFor()
    }
    await ask(ada.email.replace('person@', 'wrong@'))
    await expectSound(page, 'the address that waits')
    await button(page, security.email.cancel).click()
    await sql(
      world,
      `update auth.users set email_change_sent_at = now() - interval '2 minutes' where email = $1`,
      [ada.email],
    )
    await ask(next)

    const old = await newVisitor(world.browser, { language })
    await old.goto(await linkInMail(world, ada.email, 'email_change', 2))
    await old.getByRole('heading', { name: identity.halfwayTitle }).waitFor()
    await expectSound(old, 'the first of two links')
    await page.goto(await linkInMail(world, next, 'email_change'))
    await inTheForum(page, language)
    await page.goto(at('/settings/security'))
    await page.getByText(next).waitFor()

    await old.goto(await linkInMail(world, ada.email, 'email_change', 1))
    await old.getByRole('heading', { name: identity.spentTitle }).waitFor()
    await expectSound(old, 'a link of a change that is over')
  },
)

test('who has a second factor and forgot the password needs the link and a code', async () => {
  const { security, identity } = words.en
  const { ada, page } = await member('en')
  const code = await addFactor(page, 'en')
  const phone = await newVisitor(world.browser, { language: 'en' })
  await phone.goto(at('/forgot-password'))
  await phone.getByLabel(identity.workEmail).fill(ada.email)
  await button(phone, identity.sendLink).click()
  const link = await linkInMail(world, ada.email, 'recovery')
  await phone.goto(link)
  await phone.getByLabel(identity.newPassword, { exact: true }).fill('another long sentence')
  await button(phone, identity.savePassword).click()
  await phone.getByText(security.reset.codeLead).waitFor()
  await expectSound(phone, 'the new password with a code')
  await phone.getByLabel(security.factor.code).fill(code())
  await button(phone, identity.savePassword).click()
  await inTheForum(phone)

  const eve = await newVisitor(world.browser, { language: 'en' })
  await eve.goto(link)
  await eve.getByLabel(identity.newPassword, { exact: true }).fill('a sentence of Eve’s')
  await button(eve, identity.savePassword).click()
  await eve.getByText(security.spent.recoveryLead).waitFor()
  await expectSound(eve, 'a used link to a new password')
})

test('the pause before a mail is sent again outlives a reload', async () => {
  const { identity } = words.en
  const page = await newVisitor(world.browser, { language: 'en' })
  await page.goto(at('/forgot-password'))
  await page.getByLabel(identity.workEmail).fill('nobody@nowhere.example')
  await button(page, identity.sendLink).click()
  const counting = page.getByRole('button', { name: /Send again in \d+ s/ })
  await counting.waitFor()
  await page.goto(at('/verify'))
  await page.goto(at('/forgot-password'))
  await page.getByLabel(identity.workEmail).fill('nobody@nowhere.example')
  await button(page, identity.sendLink).click()
  expect(await counting.isDisabled()).toBe(true)
})
