import { connect, openTopic, reply, type Supabase, signIn as signInBy } from '@p2p/client'
import type { RichText } from '@p2p/contracts'
import type { Page, WebSocketRoute } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { expectSound, newVisitor } from './browser.ts'
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
  expect(await post('His answer.').getByRole('button', { name: t.forum.edit }).count()).toBe(0)

  await post('Her answer.').getByRole('button', { name: t.forum.edit }).click()
  await hers.getByRole('textbox', { name: t.forum.editPost }).waitFor()
  await hers.keyboard.type(' And more.')
  await hers.getByRole('button', { name: t.forum.saveEdit }).click()
  await post('Her answer. And more.').getByText(t.forum.edited).waitFor()

  await post('Her answer.').getByRole('button', { name: t.forum.delete }).click()
  await hers.getByRole('button', { name: t.forum.deletePost }).click()
  await post('Her answer.').waitFor({ state: 'detached' })
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
})
