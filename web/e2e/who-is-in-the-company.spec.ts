import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectSound, newVisitor } from './browser.ts'
import { sql } from './database.ts'
import { register, type Somebody, signIn, somebody, startWorld, type World, words } from './world.ts'

/* Two companies and their people: Ada reads English at a wide screen, Noura Arabic on a phone. */

const ada = somebody('Ada', 'Lovelace', 'en')
const abe = somebody('Abe', 'Saleh', 'en')
const amy = somebody('Amy', 'Turing', 'en')
const noura = somebody('نورة', 'القحطاني', 'ar')
const huda = somebody('هدى', 'العتيبي', 'ar')

let world: World
beforeAll(async () => {
  world = await startWorld()
  for (const person of [ada, abe, amy, noura, huda]) await register(world, person)
  for (const person of [abe, amy]) await join(person, ada)
  await join(huda, noura)
})
afterAll(() => world?.stop())

/** Brings somebody into another's company, past the mail that would. */
async function join(person: Somebody, of: Somebody) {
  await sql(
    world,
    `update memberships set role = 'member', organization_id = (
       select organization_id from memberships join auth.users on id = user_id where email = $2)
     where user_id = (select id from auth.users where email = $1)`,
    [person.email, of.email],
  )
}

const enter = async (person: Somebody, width: number) => {
  const page = await newVisitor(world.browser, { language: person.locale, width })
  await signIn(world, page, person)
  return page
}
const at = (path: string) => `${world.stack.urls.site}${path}`
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })
/** A sentence around a name, which the page isolates. */
const about = (sentence: string, name: string) => sentence.replace('{{name}}', `\u2068${name}\u2069`)

describe('Ada, at a wide screen', () => {
  const t = words.en
  let hers: Page
  beforeAll(async () => {
    hers = await enter(ada, 1280)
  })
  const row = (name: string) => hers.getByRole('row').filter({ hasText: name })
  const act = async (name: string, what: keyof typeof t.members.acts) => {
    await row(name)
      .getByRole('button', { name: about(t.members.actionsFor, name) })
      .click()
    await hers.getByRole('menuitem', { name: t.members.acts[what].name }).click()
  }
  const confirm = (what: keyof typeof t.members.acts) =>
    hers.getByRole('dialog').getByRole('button', { name: t.members.acts[what].verb }).click()

  test('sees what her company amounts to, and goes from a number to those it counts', async () => {
    await hers.getByRole('link', { name: t.app.sections.organization }).first().click()
    await heading(hers, ada.organization_name).waitFor()
    const active = hers.getByRole('link', { name: t.overview.active })
    await active.waitFor()
    expect(await hers.locator('dl > div').filter({ has: active }).locator('dd').textContent()).toBe('3')
    await expectSound(hers, 'the overview')
    await active.click()
    await heading(hers, t.members.title).waitFor()
    await row('Amy Turing').waitFor()
    expect(hers.url()).toContain('status=active')
    await expectSound(hers, 'the members')
  })

  test('finds somebody by a mistyped name; the address keeps what she asked for', async () => {
    await hers.goto(at('/company/members'))
    await hers.getByRole('searchbox', { name: t.members.search }).fill('Turnig')
    await row('Abe Saleh').waitFor({ state: 'detached' })
    await row('Amy Turing').waitFor()
    expect(hers.url()).toContain('query=Turnig')
    await hers.reload()
    expect(await hers.getByRole('searchbox', { name: t.members.search }).inputValue()).toBe('Turnig')
    await hers.getByRole('searchbox', { name: t.members.search }).fill('Zzyzx')
    await hers.getByRole('heading', { name: t.members.nobody }).waitFor()
    await expectSound(hers, 'nobody found')
    await hers.getByRole('button', { name: t.members.showAll }).click()
    await row('Abe Saleh').waitFor()
    expect(await hers.getByRole('searchbox', { name: t.members.search }).inputValue()).toBe('')
  })

  test('sorts by a column, from the keyboard', async () => {
    await hers.goto(at('/company/members'))
    const column = hers.getByRole('columnheader', { name: t.members.columns.role })
    await column.getByRole('button').focus()
    await hers.keyboard.press('Enter')
    await expect.poll(() => column.getAttribute('aria-sort')).toBe('ascending')
    await expect.poll(() => hers.getByRole('rowheader').first().textContent()).toContain('Ada Lovelace')
  })

  test('makes Abe an admin after a question that names him, and takes it back', async () => {
    await hers.goto(at('/company/members'))
    await act('Abe Saleh', 'makeAdmin')
    await hers.getByRole('heading', { name: about(t.members.acts.makeAdmin.question, 'Abe Saleh') }).waitFor()
    await expectSound(hers, 'the question')
    await hers.keyboard.press('Escape')
    await hers.getByRole('dialog').waitFor({ state: 'detached' })
    await act('Abe Saleh', 'makeAdmin')
    await confirm('makeAdmin')
    await hers.getByText(about(t.members.acts.makeAdmin.done, 'Abe Saleh')).waitFor()
    await row('Abe Saleh').getByText(t.members.roles.admin, { exact: true }).waitFor()
    await hers.getByRole('button', { name: t.members.undo }).click()
    await row('Abe Saleh').getByText(t.members.roles.member, { exact: true }).waitFor()
  })

  test('deactivates Abe, whose open page lets him go at once, and lets him in again', async () => {
    const his = await enter(abe, 1280)
    await his.goto(at('/company/members'))
    await his.getByRole('row').filter({ hasText: 'Amy Turing' }).waitFor()
    // A member sees who is there, and no address, no status, nothing to press.
    expect(await his.getByText(amy.email).count()).toBe(0)
    expect(await his.getByLabel(t.members.status).count()).toBe(0)
    expect(await his.getByRole('button', { name: /^What to do with/ }).count()).toBe(0)
    await expectSound(his, "a member's list of members")

    await hers.goto(at('/company/members'))
    await act('Abe Saleh', 'deactivate')
    await confirm('deactivate')
    await row('Abe Saleh').getByText(t.members.statuses.deactivated, { exact: true }).waitFor()
    await his.waitForURL('**/sign-in**')

    await hers.getByRole('button', { name: t.members.undo }).click()
    await row('Abe Saleh').getByText(t.members.statuses.active, { exact: true }).waitFor()
    await enter(abe, 1280)
  })

  test('is told when somebody else changes something, without asking', async () => {
    await sql(world, `update profiles set first_name = 'Amelia' where first_name = 'Amy'`)
    await row('Amelia Turing').waitFor()
  })

  test('a filter in the address that means nothing is left out', async () => {
    await hers.goto(at('/company/members?role=emperor&sort=height'))
    await row('Abe Saleh').waitFor()
  })
})

describe('Noura, on a phone', () => {
  const t = words.ar
  let hers: Page
  beforeAll(async () => {
    hers = await enter(noura, 390)
  })
  const card = (name: string) => hers.getByRole('listitem').filter({ hasText: name })

  test('finds her company and its people', async () => {
    await hers.getByRole('link', { name: t.app.companyShort }).click()
    await hers.getByRole('link', { name: t.overview.active }).waitFor()
    await expectSound(hers, 'the overview on a phone')
    await hers.getByRole('link', { name: t.members.title, exact: true }).click()
    await card('هدى العتيبي').waitFor()
    await expectSound(hers, 'the members on a phone')
  })

  test('can’t leave as the last admin; hands over, leaves, and is told where she stands', async () => {
    const leave = async () => {
      await hers.getByRole('button', { name: t.members.leave.open }).click()
      await hers.getByRole('dialog').getByRole('button', { name: t.members.leave.verb }).click()
    }
    await leave()
    await hers.getByRole('dialog').getByText(t.errors.last_admin).waitFor()
    await expectSound(hers, 'the refusal')
    await hers.keyboard.press('Escape')

    await card('هدى العتيبي')
      .getByRole('button', { name: about(t.members.actionsFor, 'هدى العتيبي') })
      .click()
    await hers.getByRole('menuitem', { name: t.members.acts.handOver.name }).click()
    await hers.getByRole('dialog').getByRole('button', { name: t.members.acts.handOver.verb }).click()
    await card('هدى العتيبي').getByText(t.members.roles.admin, { exact: true }).waitFor()
    // What is for admins is gone with the role.
    await hers.getByLabel(t.members.status).waitFor({ state: 'detached' })

    await leave()
    await heading(hers, t.app.notActive.titleAlone).waitFor()
  })
})
