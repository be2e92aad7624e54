import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { expectSound, newVisitor } from './browser.ts'
import { password, register, signIn, somebody, startWorld, type World, words } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world?.stop())

const Mails = z.object({ messages: z.array(z.object({ ID: z.string() })) })
const Mail = z.object({ HTML: z.string() })

/** Waits for the mail that invites this address, and answers with its link. */
async function invitationLink(email: string): Promise<string> {
  const catcher = `${world.stack.urls.mail}/api/v1`
  const link = async () => {
    const { messages } = Mails.parse(await (await fetch(`${catcher}/search?query=to:${email}`)).json())
    for (const { ID } of messages) {
      const { HTML } = Mail.parse(await (await fetch(`${catcher}/message/${ID}`)).json())
      const found = /href="([^"]*\/invitation\?token=[^"]*)"/.exec(HTML)?.[1]
      if (found) return found
    }
    return undefined
  }
  return vi.waitUntil(link, { timeout: 20_000, interval: 100 })
}

const open = async (language: 'ar' | 'en', path: string): Promise<Page> => {
  const page = await newVisitor(world.browser, { language })
  await page.goto(path.startsWith('http') ? path : `${world.stack.urls.site}${path}`)
  return page
}

describe.each(['en', 'ar'] as const)('an invitation (%s)', (language) => {
  const t = words[language]

  test('Ada invites Bea from a pasted list; Bea accepts and is in; her link is used up', async () => {
    const ada = somebody('Ada', 'Saleh', language)
    await register(world, ada)
    const page = await open(language, '/sign-in')
    await signIn(world, page, ada)
    await page.goto(`${world.stack.urls.site}/company/invitations`)
    await page.getByRole('heading', { level: 1, name: t.invitations.title }).waitFor()

    const bea = ada.email.replace('person@', 'bea@')
    await page
      .getByRole('textbox', { name: t.invitations.addresses })
      .fill(`Bea Najdi <${bea}>\nno address\n${ada.email}`)
    await page.getByText(t.invitations.statuses.invalid).waitFor()
    await expectSound(page, 'a list with a fault')
    await page.getByRole('main').locator('form button[type=submit]').click()
    await page.getByText(t.invitations.statuses.already_member).waitFor()
    const row = page.getByRole('list', { name: t.invitations.sentTitle }).getByRole('listitem')
    await row.filter({ hasText: bea }).waitFor()
    await expectSound(page, 'the report and the list')

    const link = await invitationLink(bea)
    const hers = await open(language, link)
    await hers.getByText(ada.organization_name).first().waitFor()
    await expectSound(hers, 'the open invitation')
    expect(await hers.getByLabel(t.identity.firstName, { exact: true }).inputValue()).toBe('Bea')
    await hers.getByLabel(t.identity.password, { exact: true }).fill(password)
    await hers.getByRole('checkbox').check()
    await hers.getByRole('button', { name: t.invitations.accept }).click()
    await hers.waitForURL('**/forum')
    await hers.getByRole('heading', { level: 1, name: t.forum.title }).waitFor()

    // Ada's open page has heard of it by itself.
    await row.filter({ hasText: t.invitations.states.accepted }).waitFor()
    const again = await open(language, link)
    await again.getByRole('heading', { name: t.invitations.usedTitle }).waitFor()
    await expectSound(again, 'the used invitation')
  })

  test('a withdrawn invitation says so, and a link cut short opens nothing', async () => {
    const ada = somebody('Ada', 'Saleh', language)
    await register(world, ada)
    const page = await open(language, '/sign-in')
    await signIn(world, page, ada)
    await page.goto(`${world.stack.urls.site}/company/invitations`)
    const bea = ada.email.replace('person@', 'bea@')
    await page.getByRole('textbox', { name: t.invitations.addresses }).fill(bea)
    await page.getByRole('main').locator('form button[type=submit]').click()
    const link = await invitationLink(bea)
    await page
      .getByRole('button', { name: t.invitations.acts.revoke.named.replace('{{email}}', bea) })
      .click()
    await page.getByRole('dialog').getByRole('button', { name: t.invitations.acts.revoke.verb }).click()
    await page.getByText(t.invitations.acts.revoke.done.replace('{{email}}', bea)).waitFor()

    const hers = await open(language, link)
    await hers.getByRole('heading', { name: t.invitations.revokedTitle }).waitFor()
    await hers.goto(`${world.stack.urls.site}/invitation?token=cut`)
    await hers.getByRole('heading', { name: t.invitations.unknownTitle }).waitFor()
    await expectSound(hers, 'the link that opens nothing')
  })

  test('somebody of the company asks to join, and the admin approves', async () => {
    const ada = somebody('Ada', 'Saleh', language)
    await register(world, ada)
    const bea = ada.email.replace('person@', 'bea@')
    const hers = await open(language, '/join')
    await hers.getByLabel(t.identity.workEmail).fill(bea)
    await hers.getByLabel(t.identity.firstName).fill('Bea')
    await hers.getByLabel(t.identity.lastName).fill('Najdi')
    await expectSound(hers, 'the request to join')
    await hers.getByRole('button', { name: t.invitations.ask }).click()
    await hers.getByRole('heading', { name: t.invitations.askedTitle }).waitFor()

    const page = await open(language, '/sign-in')
    await signIn(world, page, ada)
    await page.goto(`${world.stack.urls.site}/company/invitations`)
    await page
      .getByRole('button', { name: t.invitations.approveNamed.replace('{{name}}', 'Bea Najdi') })
      .click()
    await page.getByText(t.invitations.decided.approved.replace('{{email}}', bea)).waitFor()
    await (await open(language, await invitationLink(bea))).getByText(ada.organization_name).first().waitFor()
  })
})
