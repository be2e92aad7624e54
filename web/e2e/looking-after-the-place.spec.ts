import { Secret, TOTP } from 'otpauth'
import pg from 'pg'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { expectSound, newVisitor, withLanguage } from './browser.ts'
import {
  type Language,
  register,
  type Somebody,
  signIn,
  somebody,
  startWorld,
  type World,
  words,
} from './world.ts'

// Pat looks after the place; Ada's company is looked after. Her language is Arabic.
const pat = somebody('Pat', 'Keeper', 'en')
const ada = somebody('Ada', 'Lovelace', 'ar')
const reason = 'They sold the same fake part twice.'

let world: World
let db: pg.Pool
let hers: Page
let patsPage: Page

beforeAll(async () => {
  world = await startWorld()
  db = new pg.Pool({ connectionString: world.stack.urls.database, max: 2 })
  await register(world, pat)
  await register(world, ada)
  await db.query(
    `insert into platform_roles (user_id, role) select id, 'admin' from auth.users where email = $1`,
    [pat.email],
  )
  patsPage = await newVisitor(world.browser, { language: 'en' })
  await signIn(world, patsPage, pat)
  hers = await newVisitor(world.browser, { language: 'ar' })
  await signIn(world, hers, ada)
})
afterAll(async () => {
  await db?.end()
  await world?.stop()
})

const at = (path: string) => `${world.stack.urls.site}${path}`
const button = (within: Page | Locator, name: string) => within.getByRole('button', { name, exact: true })
const filled = (text: string, values: Record<string, string>) =>
  text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '')
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name })

async function addFactor(page: Page) {
  const { factor } = words.en.security
  await button(page, factor.add).click()
  await page.getByLabel(factor.name).fill('Phone')
  await button(page, factor.next).click()
  const secret = ((await page.locator('code').textContent()) ?? '').replaceAll(' ', '')
  await page.getByLabel(factor.code).fill(new TOTP({ secret: Secret.fromBase32(secret) }).generate())
  await button(page, factor.confirm).click()
  await page.getByText(factor.added).waitFor()
}

/** The subjects of the mails that came to somebody since. */
const mailsTo = async ({ email }: Somebody): Promise<string[]> => {
  const answer = await fetch(`${world.stack.urls.mail}/api/v1/search?query=to:${email}`)
  return ((await answer.json()) as { messages: { Subject: string }[] }).messages.map(({ Subject }) => Subject)
}

test('a platform admin is led to a second factor first, and everybody else finds nothing here', async () => {
  const { administration } = words.en
  await patsPage.goto(at('/admin/organizations'))
  await heading(patsPage, administration.factorFirst).waitFor()
  await expectSound(patsPage, 'the second factor comes first')
  await patsPage.getByRole('link', { name: administration.toSecurity }).click()
  await addFactor(patsPage)
  await patsPage.getByRole('link', { name: words.en.app.sections.admin }).click()
  await heading(patsPage, administration.organizations).waitFor()

  await hers.goto(at('/admin/organizations'))
  await heading(hers, words.ar.administration.notYours.platform).waitFor()
  expect(await hers.getByRole('link', { name: words.ar.app.sections.admin }).count()).toBe(0)
  await expectSound(hers, 'not for an admin of a company')
})

test('Pat suspends a company: its people are told why at once, its admin by mail, and it comes back', async () => {
  const { administration } = words.en
  await patsPage.goto(at('/admin/organizations'))
  await patsPage.getByLabel(administration.findOrganization).fill(ada.organization_name.slice(0, -1))
  await patsPage.getByRole('link', { name: ada.organization_name }).click()
  await heading(patsPage, ada.organization_name).waitFor()
  await expectSound(patsPage, 'a company')

  await button(patsPage, administration.suspend.open).click()
  await patsPage.getByLabel(administration.reason).fill('too short')
  await button(patsPage, administration.suspend.action).click()
  await patsPage.getByText(words.en.errors.reason_invalid).waitFor()
  await patsPage.getByLabel(administration.reason).fill(reason)
  const typeName = filled(administration.typeName, { name: ada.organization_name })
  await patsPage.getByLabel(typeName).fill('Another name')
  await button(patsPage, administration.suspend.action).click()
  await patsPage.getByText(administration.nameDiffers).waitFor()
  await expectSound(patsPage, 'the question before a company is suspended')
  await patsPage.getByLabel(typeName).fill(ada.organization_name)
  await button(patsPage, administration.suspend.action).click()
  await patsPage.getByRole('listitem').filter({ hasText: reason }).waitFor()

  await hers.goto(at('/forum'))
  await heading(hers, words.ar.app.notActive.titleOrganization).waitFor()
  await hers.getByText(reason).waitFor()
  await expectSound(hers, 'told why')
  const subject = `أُوقفت ${ada.organization_name} في P2P Sandbox`
  await vi.waitUntil(async () => (await mailsTo(ada)).includes(subject), { timeout: 20_000 })

  await button(patsPage, administration.reinstate.open).click()
  await patsPage.getByLabel(administration.reason).fill('They have paid their customers back.')
  await button(patsPage, administration.reinstate.action).click()
  await button(patsPage, administration.suspend.open).waitFor()
  await hers.goto(at('/forum'))
  await heading(hers, words.ar.forum.title).waitFor()
})

test('Pat looks up an address, signs Ada out, and Ada reads in her own log that this was done', async () => {
  const { administration } = words.en
  await patsPage.goto(at('/admin/people'))
  await patsPage.getByLabel(administration.findPerson).fill(ada.email)
  await patsPage.getByRole('link', { name: 'Ada Lovelace' }).click()
  await heading(patsPage, 'Ada Lovelace').waitFor()
  expect(await patsPage.getByText(ada.email).count()).toBe(0)
  await button(patsPage, administration.showAddress).click()
  await patsPage.getByText(ada.email).waitFor()
  await expectSound(patsPage, 'a person')
  await button(patsPage, administration.endSessions.open).click()
  await button(patsPage.getByRole('dialog'), administration.endSessions.action).click()
  await patsPage.getByText(administration.endSessions.done).waitFor()

  hers = await newVisitor(world.browser, { language: 'ar', width: 390 })
  await signIn(world, hers, ada)
  await hers.goto(at('/company/log'))
  const { audit } = words.ar
  await heading(hers, audit.title).waitFor()
  const row = hers.getByRole('listitem').filter({ hasText: 'اطّلع Pat Keeper على بريد Ada Lovelace' })
  await row.waitFor()
  await row.getByText(audit.details).click()
  // Where Pat was is not for another company to know.
  await row.getByText(audit.noOrigin).waitFor()
  await expectSound(hers, 'the log of a company on a phone')
})

test('the log is narrowed down by its address, and saved as a table', async () => {
  const { audit } = words.en
  await patsPage.goto(at('/admin/log'))
  await heading(patsPage, audit.title).waitFor()
  await patsPage.getByLabel(audit.action, { exact: true }).selectOption('organizations.suspend')
  await patsPage.waitForURL('**/admin/log?action=organizations.suspend')
  const rows = patsPage.getByRole('list', { name: audit.list }).getByRole('listitem')
  await rows.filter({ hasText: ada.organization_name }).first().waitFor()
  await expectSound(patsPage, 'the log of the platform')

  const saving = patsPage.waitForEvent('download')
  await button(patsPage, audit.export.start).click()
  const text = await (await saving).createReadStream().then(readAll)
  expect(text).toContain('organizations.suspend')
  expect(text).toContain(ada.organization_name)
  expect(text.trim().split('\r\n')).toHaveLength(2)

  await patsPage.getByLabel(audit.outcome).selectOption('refused')
  await patsPage.getByText(audit.noneFound).waitFor()
  await button(patsPage, audit.clear).click()
  await rows.first().waitFor()
})

async function readAll(stream: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts).toString()
}

test('Pat makes Ada a moderator and takes it back', async () => {
  const { administration } = words.en
  await patsPage.goto(at('/admin/roles'))
  await patsPage.getByLabel(administration.findPerson).fill('Lovelace')
  await button(patsPage, administration.grant.open).click()
  await button(patsPage.getByRole('dialog'), administration.grant.action).click()
  const holders = patsPage.getByRole('list', { name: administration.rolesTitle })
  const row = holders.getByRole('listitem').filter({ hasText: 'Ada Lovelace' })
  await row.getByText(administration.roles.moderator).waitFor()
  await expectSound(patsPage, 'roles')
  await button(row, administration.revoke.open).click()
  await button(patsPage.getByRole('dialog'), administration.revoke.action).click()
  await row.waitFor({ state: 'detached' })
})

test('Pat sends back what the worker gave up, and gives one up for good', async () => {
  const queue = 'platform.sweep-rate-limits'
  await db.query(
    `insert into pgboss.job (name, data, source_name, source_id, source_created_on, source_retry_count, source_output)
     select $1, '{}', $2, gen_random_uuid(), now(), 8, '{"message": "It was too late."}' from generate_series(1, 3)`,
    [`${queue}.dead`, queue],
  )
  const { administration } = words.en
  await patsPage.goto(at('/admin/jobs'))
  const row = patsPage.getByRole('listitem').filter({ hasText: queue })
  await row.getByRole('button', { expanded: false }).click()
  await row.getByText('It was too late.').first().waitFor()
  await expectSound(patsPage, 'jobs that were given up')
  await button(row, administration.discard.open).first().click()
  await button(patsPage.getByRole('dialog'), administration.discard.action).click()
  await patsPage.getByRole('dialog').waitFor({ state: 'detached' })
  await vi.waitUntil(async () => (await deadIn(queue)) === 2, { timeout: 20_000 })
  await row.getByRole('button', { name: /2/ }).last().click()
  await vi.waitUntil(async () => (await deadIn(queue)) === 0, { timeout: 20_000 })
  await row.getByText('It was too late.').first().waitFor({ state: 'detached' })
})

const deadIn = async (queue: string) =>
  (await db.query('select count(*)::int as dead from pgboss.job where name = $1', [`${queue}.dead`])).rows[0]
    .dead

test.each(['en', 'ar'] as Language[])('every page of the platform is sound (%s)', async (language) => {
  const page = await withLanguage(world.browser, patsPage.context(), language)
  const { administration, audit } = words[language]
  const pages = {
    '/admin/organizations': administration.organizations,
    '/admin/people': administration.people,
    '/admin/roles': administration.rolesTitle,
    '/admin/jobs': administration.jobsTitle,
    '/admin/log': audit.title,
  }
  for (const [path, title] of Object.entries(pages)) {
    await page.goto(at(path))
    await heading(page, title).waitFor()
    await page.getByRole('main').getByRole('listitem').first().waitFor()
    await expectSound(page, `${path} in ${language}`)
  }
})
