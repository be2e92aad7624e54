import { connect, listCategories, openTopic, reply, saveCategory, signIn as signInBy } from '@p2p/client'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectSound, newVisitor, withLanguage } from './browser.ts'
import { sql } from './database.ts'
import {
  demoAdmin,
  forgetful,
  register,
  signIn,
  signInWithCode,
  somebody,
  startWorld,
  type World,
  words,
} from './world.ts'

const t = words.en
const ar = words.ar
const ada = somebody('Ada', 'Lovelace', 'en')
const mona = somebody('منى', 'الحربي', 'ar')

let world: World
let hers: Page

beforeAll(async () => {
  world = await startWorld({ demo: true })
  await Promise.all([register(world, ada), register(world, mona)])
  hers = await newVisitor(world.browser, { language: 'en' })
  await signIn(world, hers, ada)
})
afterAll(() => world?.stop())

const site = (path: string) => `${world.stack.urls.site}${path}`
const paragraph = (text: string) => ({
  type: 'doc' as const,
  content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
})

async function client(person: { email: string; password: string }) {
  const { stack } = world
  const supabase = connect({ url: stack.urls.api, key: stack.keys.publishable, auth: forgetful() })
  await signInBy(supabase, person)
  return supabase
}

test('a question is asked with what its category needs: faults stand at their fields, words are kept', async () => {
  await hers.goto(site('/forum/new?category=maintenance'))
  await hers.getByLabel(t.forum.topicTitle).fill('Our mixer shakes')
  await hers.getByRole('button', { name: t.forum.publishTopic }).click()
  await hers.getByText(t.errors.template_answer_missing).first().waitFor()
  expect(await hers.getByText(t.errors.template_answer_missing).count()).toBe(2)
  await expectSound(hers, 'a new topic with faults')

  await hers.getByLabel('Machine').fill('Eirich R19, 2014')
  await hers.getByLabel('What do you notice?').fill('It shakes at 40 rpm.')
  const body = hers.getByRole('textbox', { name: t.forum.topicBody })
  await body.click()
  await hers.keyboard.type('Is it the bearing or the foundation?')

  // Enter in a field of its own sends nothing.
  const asked: string[] = []
  hers.on('request', (request) => asked.push(request.url()))
  await body.evaluate((area) => {
    const clipboardData = new DataTransfer()
    const id = '00000000-0000-4000-8000-000000000001'
    clipboardData.setData(
      'text/html',
      `<figure data-image="${id}" data-width="640" data-height="320"></figure>`,
    )
    area.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  })
  await body.getByRole('textbox', { name: t.ui.picture.alt }).press('Enter')
  await body.getByRole('button', { name: t.ui.picture.remove }).click()
  const tags = hers.getByRole('combobox', { name: t.asking.tags })
  await tags.fill('vibration')
  await hers.getByRole('option', { name: 'Condition monitoring' }).waitFor()
  await hers.keyboard.press('Enter')
  await hers.getByRole('option', { name: 'Condition monitoring' }).waitFor({ state: 'detached' })
  await hers.keyboard.press('Enter')
  await hers.keyboard.press('Escape')
  await hers.getByRole('button', { name: t.forum.publishTopic }).click()

  await hers.getByRole('heading', { level: 1, name: 'Our mixer shakes' }).waitFor()
  const facts = hers.locator('dl', { hasText: 'Eirich R19, 2014' })
  await facts.getByText('Machine').waitFor()
  const taken = hers.getByRole('main').getByRole('list', { name: t.asking.tags }).getByRole('link')
  expect(await taken.allTextContents()).toEqual(['Condition monitoring'])
  expect(asked.filter((url) => url.endsWith('/rpc/open_topic'))).toHaveLength(1)
  await expectSound(hers, 'a topic with answers to its template')
})

test('the same fields are asked in Arabic, and its reader sees the labels in hers', async () => {
  const page = await newVisitor(world.browser, { language: 'ar', width: 390 })
  await signIn(world, page, mona)
  await page.goto(site('/forum/new?category=maintenance'))
  await page.getByLabel(ar.forum.topicTitle).fill('ارتفاع حرارة المضخة')
  await page.getByLabel('الآلة').fill('مضخة KSB، 2018')
  await page.getByLabel('ماذا تلاحظ؟').fill('تصل إلى 90 درجة بعد ساعة.')
  await expectSound(page, 'a new topic in Arabic on a phone')
  await page.getByRole('textbox', { name: ar.forum.topicBody }).click()
  await page.keyboard.type('من أين أبدأ؟')
  await page.getByRole('button', { name: ar.forum.publishTopic }).click()
  await page.getByRole('heading', { level: 1, name: 'ارتفاع حرارة المضخة' }).waitFor()
  await page.locator('dt', { hasText: 'الآلة' }).waitFor()
  await expectSound(page, 'her topic on a phone')
  const address = page.url()
  await page.context().close()

  await hers.goto(address)
  await hers.locator('dt', { hasText: 'Machine' }).waitFor()
})

test('what is begun on one device is found on another, and who writes on both is asked', async () => {
  await hers.goto(site('/forum/new'))
  await hers.getByLabel(t.forum.topicTitle).fill('Begun in the office')
  await hers.getByText(t.asking.keptOnServer).waitFor()

  const phone = await newVisitor(world.browser, { language: 'en', width: 390 })
  await signIn(world, phone, ada)
  await phone.goto(site('/forum/new'))
  await phone.getByText(t.asking.restored).waitFor()
  expect(await phone.getByLabel(t.forum.topicTitle).inputValue()).toBe('Begun in the office')
  await phone.getByLabel(t.forum.topicTitle).fill('Gone on between two machines')
  await phone.getByText(t.asking.keptOnServer).waitFor()

  await hers.getByLabel(t.forum.topicTitle).fill('Gone on in the office')
  await hers.getByText(t.asking.elsewhere).waitFor()
  await expectSound(hers, 'a draft of two devices')
  await hers.getByRole('button', { name: t.asking.takeElsewhere }).click()
  expect(await hers.getByLabel(t.forum.topicTitle).inputValue()).toBe('Gone on between two machines')
  await hers.getByText(t.asking.keptOnServer).waitFor()

  await hers.getByLabel(t.forum.category).selectOption('quality')
  await hers.getByRole('textbox', { name: t.forum.topicBody }).click()
  await hers.keyboard.type('Done.')
  await hers.getByRole('button', { name: t.forum.publishTopic }).click()
  await hers.getByRole('heading', { level: 1, name: 'Gone on between two machines' }).waitFor()
  await expect
    .poll(async () => (await sql(world, "select from drafts where key = 'topic'", [])).length)
    .toBe(0)
  await phone.reload()
  await phone.getByLabel(t.forum.topicTitle).waitFor()
  expect(await phone.getByLabel(t.forum.topicTitle).inputValue()).toBe('')
  await phone.context().close()
})

test('its author edits, moves and deletes a topic, and brings it back', async () => {
  const supabase = await client(ada)
  const topic = await openTopic(supabase, {
    category: 'quality',
    title: 'A title in haste',
    body: paragraph('Words.'),
    visibility: 'community',
  })
  await hers.goto(site(`/forum/topics/${topic}`))
  const act = async (name: string) => {
    await hers.getByRole('button', { name: t.acts.menu }).click()
    await hers.getByRole('menuitem', { name, exact: true }).click()
    await hers.getByRole('dialog').waitFor()
  }
  await act(t.acts.edit.open)
  await expectSound(hers, 'editing a topic')
  await hers.getByRole('dialog').getByLabel(t.forum.topicTitle).fill('A title with thought')
  await hers.getByRole('button', { name: t.acts.edit.action }).click()
  await hers.getByRole('heading', { level: 1, name: 'A title with thought' }).waitFor()

  await act(t.acts.move.open)
  await hers.getByRole('dialog').getByLabel(t.forum.category).selectOption('energy')
  await hers.getByRole('button', { name: t.acts.move.action }).click()
  await hers.getByRole('dialog').waitFor({ state: 'detached' })
  await hers.getByRole('main').getByRole('link', { name: 'Energy and water' }).waitFor()

  await act(t.acts.delete.open)
  await hers.getByRole('button', { name: t.acts.delete.action }).click()
  await hers.getByRole('heading', { level: 1, name: t.acts.deletedTitle }).waitFor()
  await expectSound(hers, 'deleted topics')
  await hers.getByRole('button', { name: 'Restore A title with thought' }).click()
  await hers.getByRole('heading', { level: 1, name: 'A title with thought' }).waitFor()
})

test('an admin gives a category its template, its look and its place; a page that is open is asked anew', async () => {
  await hers.goto(site('/forum/new?category=quality'))
  await hers.getByLabel(t.forum.topicTitle).fill('Asked before the fields were there')
  await hers.getByRole('textbox', { name: t.forum.topicBody }).click()
  await hers.keyboard.type('Why?')

  const admins = await newVisitor(world.browser, { language: 'en' })
  await signInWithCode(world, admins, demoAdmin)
  await admins.goto(site('/admin/categories'))
  await admins.getByRole('button', { name: 'Edit Quality' }).click()
  const dialog = admins.getByRole('dialog')
  await dialog.getByRole('button', { name: t.keeping.addField }).click()
  const field = dialog.getByRole('region', { name: 'Field 1' })
  await field.getByLabel(t.keeping.required).check()
  await field.getByLabel(t.keeping.labelEn).fill('Part and process')
  await dialog.getByRole('button', { name: t.keeping.save }).click()
  await dialog.getByText(t.errors.template_invalid).waitFor()
  await field.getByLabel(t.keeping.labelAr).fill('القطعة والعملية')
  await dialog.getByRole('radio', { name: t.keeping.colors.pink }).check()
  await expectSound(admins, 'a category and its template')
  await dialog.getByRole('button', { name: t.keeping.save }).click()
  await dialog.waitFor({ state: 'detached' })
  await admins.getByText('1 field', { exact: true }).waitFor()

  await admins.getByRole('button', { name: 'Move Quality up' }).focus()
  await admins.keyboard.press('Enter')
  await admins.getByText('Quality is now number 2').waitFor()
  await expectSound(admins, 'the categories of an admin')

  await hers.getByRole('button', { name: t.forum.publishTopic }).click()
  await hers.getByLabel('Part and process').fill('Wheel hub, low pressure')
  await hers.getByRole('button', { name: t.forum.publishTopic }).click()
  await hers.getByRole('heading', { level: 1, name: 'Asked before the fields were there' }).waitFor()
  await hers.getByText('Wheel hub, low pressure').waitFor()

  const inArabic = await withLanguage(world.browser, admins.context(), 'ar')
  await inArabic.goto(site('/admin/categories'))
  await inArabic.getByRole('heading', { level: 1, name: ar.keeping.categories }).waitFor()
  await inArabic.getByRole('list', { name: ar.keeping.categories }).waitFor()
  await expectSound(inArabic, 'the categories of an admin in Arabic')
  await inArabic.context().close()
  await admins.context().close()
})

test('an admin keeps the vocabulary: a word that is taken is said so, and two tags become one', async () => {
  const admins = await newVisitor(world.browser, { language: 'en' })
  await signIn(world, admins, demoAdmin)
  await sql(
    world,
    `update auth.sessions set aal = 'aal2' where user_id = (select id from auth.users where email = $1)`,
    [demoAdmin.email],
  )
  await admins.goto(site('/admin/tags'))
  await admins.getByRole('button', { name: t.keeping.newTag }).click()
  const dialog = admins.getByRole('dialog')
  await dialog.getByLabel(t.keeping.nameEn).fill('Foundry')
  await dialog.getByLabel(t.keeping.nameAr).fill('المسابك')
  await dialog.getByLabel(t.keeping.slug).fill('foundries')
  await dialog.getByRole('button', { name: t.keeping.save }).click()
  await dialog.getByText(t.errors.tag_taken).first().waitFor()
  await expectSound(admins, 'a tag whose word is taken')
  await dialog.getByLabel(t.keeping.nameEn).fill('Iron foundries')
  await dialog.getByRole('button', { name: t.keeping.save }).click()
  await dialog.waitFor({ state: 'detached' })

  await admins.getByRole('button', { name: 'Merge Iron foundries' }).click()
  await dialog.getByLabel(t.keeping.mergeInto).selectOption('casting')
  await dialog.getByLabel('Type Iron foundries').fill('Iron foundries')
  await dialog.getByRole('button', { name: t.keeping.merge }).click()
  await dialog.waitFor({ state: 'detached' })
  await admins.getByRole('listitem').filter({ hasText: 'Casting' }).getByText('Iron foundries').waitFor()
  await expectSound(admins, 'the tags of an admin')
  await admins.context().close()
})

test('a moderator pins, closes and deletes with a reason, which its author reads', async () => {
  const supabase = await client(ada)
  const topic = await openTopic(supabase, {
    category: 'supply',
    title: 'Who was the bad supplier?',
    body: paragraph('Names, please.'),
    visibility: 'community',
  })
  await reply(await client(mona), { topic, body: paragraph('لا أذكر أسماء.') })
  const moderators = await newVisitor(world.browser, { language: 'en' })
  await signIn(world, moderators, { ...demoAdmin, email: 'omar@jubail-polymers.example' })
  await sql(
    world,
    `insert into platform_roles (user_id, role) select id, 'moderator' from auth.users where email = $1`,
    ['omar@jubail-polymers.example'],
  )
  await moderators.goto(site(`/forum/topics/${topic}`))
  const act = async (name: string) => {
    await moderators.getByRole('button', { name: t.acts.menu }).click()
    await moderators.getByRole('menuitem', { name, exact: true }).click()
    await moderators.getByRole('dialog').waitFor()
  }
  await act(t.acts.pin.open)
  await moderators.getByRole('radio', { name: t.acts.pin.forum }).check()
  await expectSound(moderators, 'pinning a topic')
  await moderators.getByRole('button', { name: t.acts.pin.action }).click()
  await moderators.getByRole('dialog').waitFor({ state: 'detached' })
  await act(t.acts.lock.open)
  await moderators.getByRole('button', { name: t.acts.lock.action }).click()
  await moderators.getByText(t.forum.lockedHelp).waitFor()
  await act(t.acts.delete.open)
  await moderators.getByRole('button', { name: t.acts.delete.action }).click()
  await moderators.getByText(t.errors.reason_invalid).waitFor()
  await moderators.getByLabel(t.acts.delete.reason).fill('It asks to name others in public.')
  await moderators.getByRole('button', { name: t.acts.delete.action }).click()
  await moderators.getByRole('heading', { level: 1, name: t.acts.deletedTitle }).waitFor()
  await moderators.context().close()

  await hers.goto(site('/forum/deleted'))
  const row = hers.getByRole('listitem').filter({ hasText: 'Who was the bad supplier?' })
  await row.getByText('It asks to name others in public.').waitFor()
  expect(await row.getByRole('button').count()).toBe(0)
})

test('a page for admins is nobody else’s', async () => {
  const supabase = await client(ada)
  const [category] = await listCategories(supabase)
  if (!category) throw new Error('There are no categories.')
  await expect(
    saveCategory(supabase, { id: category.id, revision: category.revision, patch: { name_en: 'Hers' } }),
  ).rejects.toMatchObject({ code: 'not_allowed' })
  await hers.goto(site('/admin/categories'))
  await hers.getByText(t.errors.not_allowed).waitFor()
})
