import { connect, deletePost, openTopic, reply, type Supabase, signIn as signInBy } from '@p2p/client'
import type { RichText } from '@p2p/contracts'
import type { Page, WebSocketRoute } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { expectSound, hold, newVisitor } from './browser.ts'
import { sql } from './database.ts'
import { forgetful, register, signIn, somebody, startWorld, type World, words } from './world.ts'

const t = words.en
const ada = somebody('Ada', 'Lovelace', 'en')
const bob = somebody('Bob', 'Stranger', 'en')

let world: World
let hers: Page
let his: Supabase
let topic: string

beforeAll(async () => {
  world = await startWorld()
  await Promise.all([register(world, ada), register(world, bob)])
  hers = await newVisitor(world.browser, { language: 'en' })
  await signIn(world, hers, ada)
  const { api } = world.stack.urls
  his = connect({ url: api, key: world.stack.keys.publishable, auth: forgetful() })
  await signInBy(his, bob)
})
afterAll(() => world?.stop())

beforeEach(async () => {
  // Nobody writes as fast as this story.
  await sql(world, 'delete from private.rate_limits')
  topic = await openTopic(his, {
    category: 'energy',
    title: 'A topic of its own',
    body: text('It begins here.'),
    visibility: 'community',
  })
})

const text = (...paragraphs: string[]): RichText => ({
  type: 'doc',
  content: paragraphs.map((words) => ({ type: 'paragraph', content: [{ type: 'text', text: words }] })),
})
const long = (opening: string) =>
  text(opening, ...Array.from({ length: 25 }, (_, line) => `Line ${line} of many.`))
const answer = (body: RichText, parent?: string) => reply(his, { topic, body, ...(parent && { parent }) })

async function openIt(hash = '') {
  await hers.goto(`${world.stack.urls.site}/forum/topics/${topic}${hash}`)
  await hers.getByText('It begins here.').waitFor()
  await hers.getByText(t.forum.connection.joined).waitFor()
}
const post = (words: string) => hers.getByRole('article').filter({ hasText: words })
const topOf = async (words: string) => (await post(words).boundingBox())?.y

test('a reply that arrives out of sight is counted, and moves nothing that is read', async () => {
  await answer(long('The first answer.'))
  await openIt()
  const before = await topOf('It begins here.')
  await answer(text('A late answer.'))
  const notice = hers.getByRole('button', { name: '1 new reply' })
  await notice.waitFor()
  expect(await topOf('It begins here.')).toBe(before)
  await expectSound(hers, 'the notice of a new reply')

  await notice.click()
  await post('A late answer.').waitFor()
  expect(await hers.evaluate(() => document.activeElement?.textContent)).toContain('A late answer.')
  await notice.waitFor({ state: 'detached' })
})

test('a reply that would push aside what is read waits until it is asked for', async () => {
  const first = await answer(text('The first answer.'))
  await answer(long('The second answer.'))
  await openIt()
  await post('The second answer.').waitFor()
  const before = await topOf('The second answer.')
  await answer(text('An answer to the first.'), first.id)
  const notice = hers.getByRole('button', { name: '1 new reply' })
  await notice.waitFor()
  expect(await topOf('The second answer.')).toBe(before)
  expect(await post('An answer to the first.').count()).toBe(0)
  await notice.click()
  await post('An answer to the first.').waitFor()
})

test('a link leads to a reply that waits; one that is deleted before it was seen is not counted', async () => {
  const first = await answer(text('The first answer.'))
  await answer(long('The second answer.'))
  await openIt()
  await post('The second answer.').waitFor()
  const notice = hers.getByRole('button', { name: '1 new reply' })
  const hasty = await answer(text('A hasty answer.'), first.id)
  await notice.waitFor()
  await deletePost(his, hasty.id)
  await notice.waitFor({ state: 'detached' })

  const linked = await answer(text('An answer to the first.'), first.id)
  await notice.waitFor()
  await hers.evaluate((id) => {
    location.hash = `post-${id}`
  }, linked.id)
  await post('An answer to the first.').waitFor()
  expect(await hers.evaluate(() => document.activeElement?.textContent)).toContain('An answer to the first.')
  await notice.waitFor({ state: 'detached' })
})

test('a reply in a branch that is folded away is seen as soon as it is shown', async () => {
  const first = await answer(text('The first answer.'))
  await answer(text('An answer to the first.'), first.id)
  await openIt()
  await post('The first answer.').getByRole('button', { name: t.thread.hideReplies }).click()
  await answer(text('A late answer to the first.'), first.id)
  const notice = hers.getByRole('button', { name: '1 new reply' })
  await notice.click()
  await post('A late answer to the first.').waitFor()
  await notice.waitFor({ state: 'detached' })
})

test('a reply that arrives above leaves the page where it is', async () => {
  const first = await answer(text('The first answer.'))
  await answer(long('The second answer.'))
  await answer(long('The third answer.'))
  await openIt()
  await post('The third answer.').evaluate((element) => element.scrollIntoView({ block: 'start' }))
  const before = await topOf('The third answer.')
  await answer(text('An answer to the first.'), first.id)
  await post('An answer to the first.').waitFor({ state: 'attached' })
  expect(Math.abs(((await topOf('The third answer.')) ?? 0) - (before ?? 0))).toBeLessThan(1.5)
})

test('what somebody is writing survives a reload', async () => {
  await openIt()
  await hers.getByRole('textbox', { name: t.forum.yourReply }).click()
  await hers.keyboard.type('Half a thought')
  await hers.reload()
  await hers.getByRole('textbox', { name: t.forum.yourReply }).getByText('Half a thought').waitFor()
  await hers.getByRole('button', { name: t.forum.sendReply }).click()
  await post('Half a thought').waitFor()
  await hers.reload()
  await post('Half a thought').waitFor()
  expect(await hers.getByRole('textbox', { name: t.forum.yourReply }).textContent()).not.toContain('Half')
})

test("one edits and deletes one's own post, and nobody else's", async () => {
  await answer(text('His answer.'))
  await openIt()
  await hers.getByRole('textbox', { name: t.forum.yourReply }).click()
  await hers.keyboard.type('Her answer.')
  await hers.getByRole('button', { name: t.forum.sendReply }).click()
  const item = (name: string) => hers.getByRole('menuitem', { name })
  const menu = (words: string) => post(words).getByRole('button', { name: t.forum.postMenu })
  await menu('His answer.').click()
  await item(t.forum.copyLink).waitFor()
  expect(await item(t.forum.edit).count()).toBe(0)
  await hers.keyboard.press('Escape')

  await menu('Her answer.').click()
  await item(t.forum.edit).click()
  const editor = hers.getByRole('textbox', { name: t.forum.editPost })
  await expect.poll(() => editor.evaluate((field) => field === document.activeElement)).toBe(true)
  await hers.keyboard.type(' And more.')
  const edit = await hold(hers, '**/rpc/edit_post')
  await hers.keyboard.press('Control+Enter')
  await hers.keyboard.type(' Too late.')
  await (await edit.asked).abort()
  await hers.getByText(t.errors.unavailable).waitFor()
  await hers.getByRole('button', { name: t.forum.saveEdit }).click()
  await post('Her answer. And more.').getByText(t.forum.edited).waitFor()

  await answer(text('His last answer.'))
  await post('His last answer.').waitFor()
  await menu('Her answer.').click()
  await item(t.forum.delete).click()
  await hers.getByRole('button', { name: t.forum.deletePost }).click()
  await post('Her answer.').waitFor({ state: 'detached' })
  await hers.getByRole('status').filter({ hasText: t.forum.deleted }).waitFor({ state: 'attached' })
  await hers.waitForFunction(() => document.activeElement?.textContent?.includes('His last answer.'))
})

test('where she can send no more, her words stay as they are, to be copied', async () => {
  await hers.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const answered = await answer(text('His answer.'))
  await openIt()
  const field = hers.getByRole('textbox', { name: t.forum.yourReply })
  await field.click()
  await hers.keyboard.type('For all of you.')
  await post('His answer.').getByRole('button', { name: t.forum.reply, exact: true }).click()
  await post('His answer.').getByRole('textbox').click()
  await hers.keyboard.type('For you alone.')
  await deletePost(his, answered.id)
  const box = hers.getByRole('article').filter({ hasText: t.forum.goneHelp })
  await box.waitFor()
  await hers.keyboard.type(' More.')
  expect(await box.getByRole('textbox').textContent()).toBe('For you alone.')
  await box.getByRole('button', { name: t.drafts.copy }).click()
  await box.getByText(t.drafts.copied).waitFor()
  expect(await hers.evaluate(() => navigator.clipboard.readText())).toBe('For you alone.')
  await expectSound(hers, 'words for a post that is gone')
  await box.getByRole('button', { name: t.ui.close }).click()
  await box.waitFor({ state: 'detached' })

  await sql(world, 'update public.topics set locked_at = now() where id = $1', [topic])
  await hers.getByText(t.forum.lockedHelp).waitFor()
  expect(await field.getAttribute('aria-readonly')).toBe('true')
  expect(await field.textContent()).toBe('For all of you.')
  await hers.reload()
  await field.getByText('For all of you.').waitFor()
  await hers.getByRole('button', { name: t.drafts.copy }).waitFor()
  await expectSound(hers, 'words for a topic that is closed')
})

test('what one begins while an answer is on its way stays open when that has arrived', async () => {
  await answer(text('His answer.'))
  await answer(text('His other answer.'))
  await openIt()
  const reply = (words: string) => post(words).getByRole('button', { name: t.forum.reply, exact: true })
  const field = (words: string) => post(words).getByRole('textbox')
  await reply('His answer.').click()
  await field('His answer.').click()
  await hers.keyboard.type('First of two.')
  const first = await hold(hers, '**/rpc/reply')
  await hers.keyboard.press('Control+Enter')
  await reply('His other answer.').click()
  await hers.keyboard.type('Second')
  await (await first.asked).continue()
  await post('First of two.').waitFor()
  await hers.keyboard.type(' of two.')
  await field('His other answer.').getByText('Second of two.').waitFor()

  const second = await hold(hers, '**/rpc/reply')
  await hers.keyboard.press('Control+Enter')
  await post('His other answer.').getByRole('button', { name: t.thread.quote }).click()
  await (await second.asked).continue()
  await post('Second of two.').waitFor()
  await field('His other answer.').locator('blockquote', { hasText: 'His other answer.' }).waitFor()
  expect(await field('His other answer.').textContent()).not.toContain('Second')
})

test('deep answers stand side by side and name what they answer, and a permalink leads to one', async () => {
  let parent: string | undefined
  for (const level of [1, 2, 3, 4, 5, 6]) parent = (await answer(text(`Level ${level}.`), parent)).id
  await openIt(`#post-${parent}`)
  await post('Level 6.').waitFor()
  await hers.waitForFunction(() => document.activeElement?.textContent?.includes('Level 6.'))
  const left = async (words: string) => (await post(words).boundingBox())?.x ?? 0
  expect(await left('Level 2.')).toBeGreaterThan(await left('Level 1.'))
  expect(await left('Level 6.')).toBe(await left('Level 5.'))
  await post('Level 6.').getByText('in answer to Bob Stranger').waitFor()

  await hers.setViewportSize({ width: 360, height: 740 })
  await expectSound(hers, 'a deep thread on a phone')
  expect(await left('Level 6.')).toBe(await left('Level 2.'))
  await hers.setViewportSize({ width: 1280, height: 800 })
})

test('a script that somebody types is read as words', async () => {
  await openIt()
  const alarms: string[] = []
  hers.on('dialog', (dialog) => alarms.push(dialog.message()))
  await answer(text('<img src=x onerror=alert(1)><script>alert(2)</script>'))
  await post('<script>alert(2)</script>').waitFor()
  expect(await post('<script>').locator('img, script').count()).toBe(0)
  expect(alarms).toEqual([])
})

test('what was said while the connection was lost is there when it is back', async () => {
  let cut = false
  const lines = new Set<WebSocketRoute>()
  await hers.routeWebSocket(/realtime/, (line) => {
    if (cut) return line.close()
    line.connectToServer()
    lines.add(line)
  })
  await openIt()
  cut = true
  await Promise.all([...lines].map((line) => line.close()))
  await hers.getByText(t.forum.connection.lost).waitFor()
  await answer(text('Said meanwhile.'))
  cut = false
  await post('Said meanwhile.').waitFor()
  await hers.getByText(t.forum.connection.joined).waitFor()
})

test('a new topic is announced over the list, which stays still', async () => {
  await hers.goto(`${world.stack.urls.site}/forum/topics`)
  const list = hers.getByRole('list', { name: t.forum.topics })
  await list.getByRole('link').first().waitFor()
  const rows = await list.getByRole('listitem').count()
  const hint = hers.getByRole('button', { name: '1 new topic' })
  const open = { category: 'quality', body: text('Fresh.'), visibility: 'community' as const }
  await openTopic(his, { ...open, title: 'A fresh topic' })
  await hint.waitFor()
  expect(await list.getByRole('listitem').count()).toBe(rows)
  await hint.click()
  await list.getByRole('link', { name: 'A fresh topic' }).waitFor()

  await openTopic(his, { ...open, title: 'A second one' })
  await hint.waitFor()
  await hers.getByLabel(t.lists.answer).selectOption('no')
  await list.getByRole('link', { name: 'A second one' }).waitFor()
  await hint.waitFor({ state: 'detached' })
  await openTopic(his, { ...open, title: 'A third one' })
  await hint.waitFor()
  await hers.getByLabel(t.lists.answer).selectOption('yes')
  await hers.getByText(t.lists.nothingFound).waitFor()
  expect(await hint.count()).toBe(0)
})
