import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectSound, newVisitor } from './browser.ts'
import { sql } from './database.ts'
import { linkInMail, password, register, signIn, somebody, startWorld, type World, words } from './world.ts'

const t = words.en
let world: World
let page: Page

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world?.stop())

const open = async (path: string) => {
  page = await newVisitor(world.browser, { language: 'en' })
  await page.goto(`${world.stack.urls.site}${path}`)
}
const fillIn = async (email: string, secret: string) => {
  await page.getByLabel(t.identity.workEmail).fill(email)
  await page.getByLabel(t.identity.password, { exact: true }).fill(secret)
  await page.getByRole('main').getByRole('button', { name: t.identity.signIn }).click()
}
const signUpAs = async (person: ReturnType<typeof somebody>) => {
  await page.getByLabel(t.identity.organization).fill(person.organization_name)
  await page.getByLabel(t.identity.firstName).fill(person.first_name)
  await page.getByLabel(t.identity.lastName).fill(person.last_name)
  await page.getByLabel(t.identity.workEmail).fill(person.email)
  await page.getByLabel(t.identity.password, { exact: true }).fill(password)
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: t.identity.signUp }).click()
}
/** The pause is over, here and with Auth. */
const aMinuteLater = async (email: string) => {
  await sql(
    world,
    `update auth.users set confirmation_sent_at = now() - interval '2 minutes' where email = $1`,
    [email],
  )
  await page.evaluate(() => localStorage.removeItem('pause:verification'))
  await page.reload()
}
const inTheForum = () => page.getByRole('heading', { level: 1, name: t.forum.title }).waitFor()

test('an empty form says at each field what is missing, and begins at the first', async () => {
  await open('/sign-up')
  await page.getByRole('button', { name: t.identity.signUp }).click()
  await page.getByText(t.errors.organization_name_invalid).waitFor()
  for (const code of ['first_name_invalid', 'last_name_invalid', 'email_invalid', 'password_weak'] as const) {
    expect(await page.getByText(t.errors[code]).count(), code).toBe(1)
  }
  const focused = await page.evaluate(() => document.activeElement?.getAttribute('name'))
  expect(focused).toBe('organization_name')
  await expectSound(page, 'the form with its faults')
})

test('a colleague of a company that is here is told whom to ask', async () => {
  const ada = somebody('Ada', 'Lovelace', 'en')
  await register(world, ada)
  await open('/sign-up')
  await signUpAs({ ...ada, email: ada.email.replace('person@', 'colleague@'), first_name: 'Grace' })
  await page.getByText(t.identity.domainTaken.title, { exact: true }).waitFor()
  expect(await page.getByLabel(t.identity.firstName).inputValue()).toBe('Grace')
  await expectSound(page, 'the taken domain')
})

test('a wrong password gets a clear answer, and what was typed stays', async () => {
  const ada = somebody('Ada', 'Lovelace', 'en')
  await register(world, ada)
  await open('/sign-in')
  await fillIn(ada.email, 'not her password')
  await page.getByText(t.errors.credentials_wrong).waitFor()
  expect(await page.getByLabel(t.identity.workEmail).inputValue()).toBe(ada.email)
  await fillIn(ada.email, password)
  await inTheForum()
})

test('before the address is verified nobody comes in, and the mail can be sent again', async () => {
  const ada = somebody('Ada', 'Lovelace', 'en')
  await open('/sign-up')
  await signUpAs(ada)
  await page.getByRole('heading', { name: t.identity.checkMailTitle }).waitFor()
  await page.getByText(ada.email).waitFor()

  await page.goto(`${world.stack.urls.site}/sign-in`)
  await fillIn(ada.email, password)
  await page.getByText(t.identity.unverifiedTitle).waitFor()
  await expectSound(page, 'the unverified sign-in')

  await linkInMail(world, ada.email, 'signup')
  expect(await page.getByRole('button', { name: /Send again in \d+ s/ }).isDisabled()).toBe(true)
  await aMinuteLater(ada.email)
  await fillIn(ada.email, password)
  await page.getByRole('button', { name: t.identity.resend }).click()
  await page.getByText(t.identity.resent).waitFor()
  await page.goto(await linkInMail(world, ada.email, 'signup', 2))
  await inTheForum()
})

test('a link that was used already leads to a way on', async () => {
  const ada = somebody('Ada', 'Lovelace', 'en')
  await register(world, ada)
  const { pathname, search } = new URL(await linkInMail(world, ada.email, 'signup'))
  await open(pathname + search)
  await page.getByRole('heading', { name: t.identity.spentTitle }).waitFor()
  await page.getByRole('main').getByRole('link', { name: t.identity.signIn }).click()
  // Both pages ask for the address: what is typed too early goes with the first.
  await page.getByRole('heading', { name: t.identity.signInTitle }).waitFor()
  await fillIn(ada.email, password)
  await inTheForum()
})

test('a forgotten password is replaced by the link in the mail, and the old one is dead', async () => {
  const ada = somebody('Ada', 'Lovelace', 'en')
  await register(world, ada)
  await open('/forgot-password')
  await page.getByLabel(t.identity.workEmail).fill(ada.email)
  await page.getByRole('button', { name: t.identity.sendLink }).click()
  await page.getByRole('heading', { name: t.identity.checkMailTitle }).waitFor()

  await page.goto(await linkInMail(world, ada.email, 'recovery'))
  await page.getByLabel(t.identity.newPassword, { exact: true }).fill('another long sentence')
  await page.getByRole('button', { name: t.identity.savePassword }).click()
  await inTheForum()

  await open('/sign-in')
  await fillIn(ada.email, password)
  await page.getByText(t.errors.credentials_wrong).waitFor()
  await fillIn(ada.email, 'another long sentence')
  await inTheForum()
})

test('whoever opens a page of the forum signs in first, and comes back to it', async () => {
  const ada = somebody('Ada', 'Lovelace', 'en')
  await register(world, ada)
  await open('/forum/categories/energy')
  await page.getByText(t.identity.signInFirst).waitFor()
  await fillIn(ada.email, password)
  await page.waitForURL('**/forum/categories/energy')
})

test('the language a person chooses stays, here and in the profile', async () => {
  const ada = somebody('Ada', 'Lovelace', 'en')
  await register(world, ada)
  await open('/')
  await signIn(world, page, ada)
  const kept = page.waitForResponse((answer) => answer.url().endsWith('/rpc/update_profile') && answer.ok())
  await page.getByRole('button', { name: 'العربية' }).click()
  await page.getByRole('heading', { level: 1, name: words.ar.forum.title }).waitFor()
  await kept
  await page.reload()
  await page.getByRole('heading', { level: 1, name: words.ar.forum.title }).waitFor()

  await open('/')
  await signIn(world, page, ada)
  await page.getByRole('heading', { level: 1, name: words.ar.forum.title }).waitFor()
})

test('offline, the page says what still works, and takes it back', async () => {
  await open('/')
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.context().setOffline(true)
  await page.getByText(t.app.offline).waitFor()
  await expectSound(page, 'the offline notice')
  await page.context().setOffline(false)
  await page.getByText(t.app.offline).waitFor({ state: 'detached' })
})

test('offline for some time, she still goes between the pages she has seen', async () => {
  const ada = somebody('Ada', 'Lovelace', 'en')
  await register(world, ada)
  await open('/')
  await signIn(world, page, ada)
  const topics = page.getByRole('main').getByRole('link', { name: t.forum.allTopics, exact: true })
  const heading = (name: string) => page.getByRole('heading', { level: 1, name })
  await topics.click()
  await heading(t.forum.allTopics).waitFor()
  await page.goBack()
  await topics.waitFor()
  await page.context().setOffline(true)
  await page.evaluate(() => {
    const now = Date.now
    Date.now = () => now() + 10 * 60_000
  })
  await topics.click()
  await heading(t.forum.allTopics).waitFor()
})

test('offline, what she sends is said to be kept and does not go by itself; signing out works', async () => {
  const ada = somebody('Ada', 'Lovelace', 'en')
  await register(world, ada)
  await open('/')
  await signIn(world, page, ada)
  await page.goto(`${world.stack.urls.site}/forum/new?category=energy`)
  const title = page.getByLabel(t.forum.topicTitle)
  await title.fill('Asked in the cellar')
  await page.getByRole('textbox', { name: t.forum.topicBody }).click()
  await page.keyboard.type('Who has light?')
  const context = page.context()
  await context.setOffline(true)
  await page.getByText(t.app.offline).waitFor()
  await page.getByRole('button', { name: t.forum.publishTopic }).click()
  await page.getByRole('alert').filter({ hasText: t.errors.offline }).waitFor()
  expect(await title.isEditable()).toBe(true)
  expect(await title.inputValue()).toBe('Asked in the cellar')

  await page.getByRole('button', { name: t.app.account }).click()
  await page.getByRole('menuitem', { name: t.identity.signOut }).click()
  await page.getByRole('heading', { level: 1, name: t.landing.title }).waitFor()
  await context.setOffline(false)
  await page.goto(`${world.stack.urls.site}/forum`)
  await page.getByText(t.identity.signInFirst).waitFor()
  expect(await sql(world, `select from topics where title = 'Asked in the cellar'`, [])).toEqual([])
})
