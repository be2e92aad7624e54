import { readFile } from 'node:fs/promises'
import { strFromU8, unzipSync } from 'fflate'
import pg from 'pg'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { expectSound, newVisitor } from './browser.ts'
import {
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

let world: World
let db: pg.Pool

beforeAll(async () => {
  world = await startWorld()
  db = new pg.Pool({ connectionString: world.stack.urls.database, max: 2 })
})
afterAll(async () => {
  await db?.end()
  await world?.stop()
})

const at = (path: string) => `${world.stack.urls.site}${path}`
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name })

async function comeIn(person: Somebody, width = 1280): Promise<Page> {
  await register(world, person)
  const page = await newVisitor(world.browser, { language: person.locale, width })
  await signIn(world, page, person)
  return page
}

/** A new version of the terms, as a migration would bring it. */
const publish = (version: number) =>
  db.query(
    `insert into public.legal_documents (kind, version, text_en, text_ar, changes_en, changes_ar)
     select kind, $1, text_en, text_ar, 'Nothing but the number.', 'لم يتغير إلا الرقم.'
     from public.legal_documents where kind = 'terms' and version = 1`,
    [version],
  )

test('a visitor reads the terms and the privacy notice before signing up, in both languages', async () => {
  for (const language of ['en', 'ar'] as const) {
    const t = words[language]
    const page = await newVisitor(world.browser, { language, width: language === 'ar' ? 390 : 1280 })
    await page.goto(at('/legal/privacy'))
    await heading(page, t.privacy.kinds.privacy).waitFor()
    await page.getByRole('heading', { level: 2 }).first().waitFor()
    await expectSound(page, `the privacy notice (${language})`)
    await page.getByRole('navigation', { name: t.privacy.legal.other }).getByRole('link').click()
    await heading(page, t.privacy.kinds.terms).waitFor()
    await page.goto(at('/legal/nonsense'))
    await heading(page, t.app.notFound).waitFor()
  }
})

test('nobody signs up without agreeing, and who agreed is asked no more', async () => {
  const t = words.en
  const ada = somebody('Ada', 'Lovelace', 'en')
  const page = await newVisitor(world.browser, { language: 'en' })
  await page.goto(at('/sign-up'))
  await page.getByLabel(t.identity.organization).fill(ada.organization_name)
  await page.getByLabel(t.identity.firstName).fill(ada.first_name)
  await page.getByLabel(t.identity.lastName).fill(ada.last_name)
  await page.getByLabel(t.identity.workEmail).fill(ada.email)
  await page.getByLabel(t.identity.password, { exact: true }).fill(password)
  await button(page, t.identity.signUp).click()
  await page.getByText(t.errors.consent_missing).waitFor()
  await expectSound(page, 'the sign-up form without consent')
  await page.getByRole('checkbox').check()
  await button(page, t.identity.signUp).click()
  await page.waitForURL('**/check-mail')

  await page.goto(await linkInMail(world, ada.email, 'signup'))
  await page.waitForURL('**/forum')
  await heading(page, t.forum.title).waitFor()
})

test.each(['en', 'ar'] as const)('a new version is asked for before anything else (%s)', async (language) => {
  const t = words[language]
  const page = await comeIn(somebody('Abe', 'Saleh', language), language === 'ar' ? 390 : 1280)
  await publish(language === 'en' ? 2 : 3)
  await page.goto(at('/forum/new'))
  await heading(page, t.privacy.gate.titleChanged).waitFor()
  await page.getByText(language === 'ar' ? 'لم يتغير إلا الرقم.' : 'Nothing but the number.').waitFor()
  expect(await page.getByRole('navigation', { name: t.app.navigation }).count()).toBe(0)
  await expectSound(page, `the question (${language})`)

  // Whoever does not want to can still take their data and leave.
  await page.getByRole('link', { name: t.privacy.gate.toPrivacy }).click()
  await heading(page, t.privacy.copy.title).waitFor()
  await page.getByText(t.privacy.consents.due).waitFor()
  await page.goBack()
  await button(page, t.privacy.gate.accept).click()
  await heading(page, t.forum.newTopic).waitFor()
})

test.each(['en', 'ar'] as const)('everybody takes a copy of their data with them (%s)', async (language) => {
  const t = words[language]
  const eve = somebody('Eve', 'Moneypenny', language)
  const page = await comeIn(eve, language === 'ar' ? 390 : 1280)
  await page.goto(at('/settings/privacy'))
  await button(page, t.privacy.copy.request).click()
  await page.getByText(t.privacy.copy.ready, { exact: true }).waitFor()
  await expectSound(page, `the page with a copy (${language})`)

  const downloading = page.waitForEvent('download')
  await button(page, t.privacy.copy.fetch).click()
  const files = unzipSync(new Uint8Array(await readFile(await (await downloading).path())))
  expect(JSON.parse(strFromU8(files['data/account.json']!))).toMatchObject([{ email: eve.email }])
  await heading(page, t.privacy.copy.title).waitFor()
})

test.each(['en', 'ar'] as const)(
  'an account is erased after a second thought of 14 days (%s)',
  async (language) => {
    const t = words[language]
    const bob = somebody('Bob', 'Haddad', language)
    const page = await comeIn(bob, language === 'ar' ? 390 : 1280)
    await page.goto(at('/settings/privacy'))
    await button(page, t.privacy.erasure.begin).click()
    await expectSound(page, `the form (${language})`)
    await button(page, t.privacy.erasure.confirm).click()
    await page.getByText(t.errors.company_goes_too).waitFor()
    await page.getByText(t.errors.password_missing).waitFor()

    await page.getByRole('radio', { name: t.privacy.erasure.choices.remove.title }).check()
    await page.getByRole('checkbox').check()
    await page.getByLabel(t.identity.password, { exact: true }).fill('not my password')
    await button(page, t.privacy.erasure.confirm).click()
    await page.getByText(t.privacy.erasure.wrongPassword).waitFor()
    await page.getByLabel(t.identity.password, { exact: true }).fill(password)
    await button(page, t.privacy.erasure.confirm).click()
    await page.getByText(t.privacy.erasure.waiting.remove).waitFor()

    // Everything works until then, under a banner that takes it back.
    await page.goto(at('/forum'))
    await heading(page, t.forum.title).waitFor()
    await page.getByText(t.privacy.banner.split('{{')[0]!.trim()).waitFor()
    await expectSound(page, `the banner (${language})`)
    await button(page, t.privacy.erasure.keep).click()
    await page.getByText(t.privacy.banner.split('{{')[0]!.trim()).waitFor({ state: 'detached' })

    await page.goto(at('/settings/privacy'))
    await button(page, t.privacy.erasure.begin).click()
    await page.getByRole('checkbox').check()
    await page.getByLabel(t.identity.password, { exact: true }).fill(password)
    await button(page, t.privacy.erasure.confirm).click()
    await page.getByText(t.privacy.erasure.waiting.keep_without_name).waitFor()
    await db.query('update private.erasures set due_at = now()')
    await db.query(`select private.enqueue('personal-data.erase-people', '{}')`)
    const gone = async () => {
      const { rowCount } = await db.query('select from auth.users where email = $1', [bob.email])
      return rowCount === 0
    }
    await vi.waitUntil(gone, { timeout: 15_000, interval: 100 })
    await page.reload()
    await page.waitForURL('**/sign-in**')
  },
)

test('the only admin of a company hands over first, and somebody without a place keeps their rights', async () => {
  const t = words.en
  const ada = somebody('Ada', 'Byron', 'en')
  const page = await comeIn(ada)
  const abe = somebody('Abe', 'Byron', 'en')
  await register(world, abe)
  const idOf = `(select id from auth.users where email = $1)`
  await db.query(
    `update public.memberships set role = 'member', organization_id =
       (select organization_id from public.memberships where user_id = ${idOf}) where user_id = ${idOf.replace('$1', '$2')}`,
    [ada.email, abe.email],
  )
  await page.goto(at('/settings/privacy'))
  await page.getByText(t.privacy.erasure.handOverTitle).waitFor()
  await expectSound(page, 'the hand-over')

  const his = await newVisitor(world.browser, { language: 'en' })
  await signIn(world, his, abe)
  await db.query(`update public.profiles set status = 'deactivated' where id = ${idOf}`, [abe.email])
  await his.goto(at('/forum'))
  await his.getByRole('link', { name: t.app.notActive.privacy }).click()
  await button(his, t.privacy.copy.request).click()
  await his.getByText(t.privacy.copy.ready, { exact: true }).waitFor()
})
