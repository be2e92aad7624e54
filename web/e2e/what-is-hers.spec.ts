import { connect } from '@p2p/client'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newVisitor } from './browser.ts'
import { forgetful, linkInMail, register, signIn, somebody, startWorld, type World, words } from './world.ts'

const t = words.en
const ada = somebody('Ada', 'Lovelace', 'en')

let world: World
let hers: Page

beforeAll(async () => {
  world = await startWorld()
  await register(world, ada)
  hers = await newVisitor(world.browser, { language: 'en' })
  await signIn(world, hers, ada)
})
afterAll(() => world?.stop())

const goTo = (path: string) => hers.goto(`${world.stack.urls.site}${path}`)
const press = (name: string) => hers.getByRole('button', { name, exact: true }).click()
const chooseOf = async (post: Locator, name: string) => {
  await post.getByRole('button', { name: t.forum.postMenu }).click()
  await hers.getByRole('menuitem', { name }).click()
}

test('she edits what she wrote, with a mark and a link, and takes it back', async () => {
  await goTo('/forum/new')
  await hers.getByLabel(t.forum.category).selectOption('quality')
  await hers.getByLabel(t.forum.topicTitle).fill('Which gauge do you trust?')
  await hers.getByRole('textbox', { name: t.forum.topicBody }).click()
  await hers.keyboard.type('Ours drift.')
  await press(t.forum.publishTopic)
  await hers.getByRole('heading', { level: 1, name: 'Which gauge do you trust?' }).waitFor()

  await hers.getByRole('textbox', { name: t.forum.yourReply }).click()
  await hers.keyboard.type('This one')
  await press(t.forum.sendReply)
  const reply = hers.getByRole('article').filter({ hasText: 'This one' })
  await chooseOf(reply, t.forum.edit)
  const editor = hers.getByRole('textbox', { name: t.forum.editPost })
  await editor.click()
  await hers.keyboard.press('Control+A')
  const tools = hers.getByRole('toolbar', { name: t.ui.editor.toolbar }).first()
  await tools.getByRole('button', { name: t.ui.editor.bold, exact: true }).click()
  await tools.getByRole('button', { name: t.ui.editor.link, exact: true }).click()
  await hers.getByLabel(t.ui.editor.linkAddress).fill('javascript:alert(1)')
  await press(t.ui.editor.linkApply)
  await hers.getByText(t.ui.editor.linkRefused).waitFor()
  await hers.getByLabel(t.ui.editor.linkAddress).fill('https://gauges.example/best')
  await press(t.ui.editor.linkApply)
  await press(t.forum.saveEdit)

  const link = reply.getByRole('link', { name: 'This one' })
  await link.waitFor()
  expect(await link.getAttribute('href')).toBe('https://gauges.example/best')
  expect(await reply.locator('strong').count()).toBe(1)
  await reply.getByText(t.forum.edited).waitFor()

  await chooseOf(reply, t.forum.delete)
  await press(t.forum.keepPost)
  // What she pressed is gone: the keyboard goes on from the post.
  expect(await reply.evaluate((post) => post === document.activeElement)).toBe(true)
  await chooseOf(reply, t.forum.delete)
  await press(t.forum.deletePost)
  await link.waitFor({ state: 'detached' })
})

test('her profile is what she says it is', async () => {
  await goTo('/settings/profile')
  await hers.getByLabel(t.profiles.jobTitle).fill('Metrologist')
  await press(t.profiles.save)
  await hers.getByText(t.profiles.saved, { exact: true }).waitFor()
  await hers.reload()
  expect(await hers.getByLabel(t.profiles.jobTitle).inputValue()).toBe('Metrologist')
})

test('a forgotten password is chosen anew by the link in a mail, which works once', async () => {
  const elsewhere = await newVisitor(world.browser, { language: 'en' })
  await elsewhere.goto(`${world.stack.urls.site}/forgot-password`)
  await elsewhere.getByLabel(t.identity.workEmail).fill(ada.email)
  await elsewhere.getByRole('button', { name: t.identity.sendLink }).click()
  await elsewhere.getByRole('heading', { name: t.identity.checkMailTitle }).waitFor()

  const link = await linkInMail(world, ada.email, 'recovery')
  await elsewhere.goto(link)
  await elsewhere.getByLabel(t.identity.newPassword, { exact: true }).fill('another long sentence')
  await elsewhere.getByRole('button', { name: t.identity.savePassword }).click()
  await elsewhere.waitForURL('**/forum')
  const again = await newVisitor(world.browser, { language: 'en' })
  await signIn(world, again, { ...ada, password: 'another long sentence' })

  await again.goto(link)
  await again.getByLabel(t.identity.newPassword, { exact: true }).fill('a third long sentence')
  await again.getByRole('button', { name: t.identity.savePassword }).click()
  await again.getByRole('heading', { name: t.identity.spentTitle }).waitFor()
})

test('a new address counts once both the old one and the new one have agreed', async () => {
  const supabase = connect({
    url: world.stack.urls.api,
    key: world.stack.keys.publishable,
    auth: forgetful(),
  })
  await supabase.auth.signInWithPassword({ email: ada.email, password: 'another long sentence' })
  const newEmail = ada.email.replace('person@', 'moved@')
  expect((await supabase.auth.updateUser({ email: newEmail })).error).toBeNull()

  const page = await newVisitor(world.browser, { language: 'en' })
  await page.goto(await linkInMail(world, ada.email, 'email_change'))
  await page.getByRole('heading', { level: 1, name: t.identity.halfwayTitle }).waitFor()
  await page.getByText(t.identity.halfwayLead).waitFor()
  await page.goto(await linkInMail(world, newEmail, 'email_change'))
  await page.waitForURL('**/forum')
  await signIn(world, await newVisitor(world.browser, { language: 'en' }), {
    ...ada,
    email: newEmail,
    password: 'another long sentence',
  })
})
