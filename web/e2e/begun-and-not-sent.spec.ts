import {
  connect,
  deletePost,
  discardDraft,
  editTopic,
  openTopic,
  reply,
  type Supabase,
  saveDraft,
  signIn as signInBy,
} from '@p2p/client'
import type { Post, RichText } from '@p2p/contracts'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectSound, expectStill, hold, newVisitor } from './browser.ts'
import { sql } from './database.ts'
import {
  forgetful,
  type Language,
  register,
  type Somebody,
  signIn,
  somebody,
  startWorld,
  type World,
  words,
} from './world.ts'

const people = { en: somebody('Ada', 'Lovelace', 'en'), ar: somebody('نورة', 'القحطاني', 'ar') }
const bob = somebody('Bob', 'Stranger', 'en')

let world: World
let his: Supabase

beforeAll(async () => {
  world = await startWorld()
  await Promise.all([...Object.values(people), bob].map((person) => register(world, person)))
  his = await client(bob)
})
afterAll(() => world?.stop())

async function client(person: Somebody): Promise<Supabase> {
  const supabase = connect({
    url: world.stack.urls.api,
    key: world.stack.keys.publishable,
    auth: forgetful(),
  })
  await signInBy(supabase, person)
  return supabase
}

const body = (text: string): RichText => ({
  type: 'doc',
  content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
})
const topicOf = (by: Supabase, title: string) =>
  openTopic(by, { category: 'energy', title, body: body(`${title} it begins.`), visibility: 'community' })

describe.each(['en', 'ar'] as const)('with pages in %s', (language: Language) => {
  const t = words[language]
  let page: Page
  let hers: Supabase
  let first: Post
  let topic: string
  let closing: string
  const rows = () => page.getByRole('list', { name: t.drafts.title }).getByRole('listitem')
  const row = (text: string) => rows().filter({ hasText: text })
  const field = (name: string) => page.getByRole('textbox', { name })

  beforeAll(async () => {
    hers = await client(people[language])
    topic = await topicOf(his, 'A pump that leaks')
    closing = await topicOf(his, 'A topic of another company soon')
    first = await reply(his, { topic, body: body('Bob answers.') })
    const own = await reply(hers, { topic, body: body('Her own words.') })
    const begun: [string, object][] = [
      [`reply:${closing}`, { body: body('Words without a place') }],
      [
        'topic',
        {
          category: 'energy',
          title: 'مضخة لا تعمل',
          visibility: 'community',
          tags: [],
          template_answers: {},
          body: body('Of a new topic'),
        },
      ],
      [`edit:${own.id}`, { body: body('Her better words.') }],
      [`reply:${topic}:${first.id}`, { body: body('To Bob alone') }],
    ]
    for (const [key, content] of begun) await saveDraft(hers, { key, content, basedOn: null })
    await editTopic(his, { topic: closing, visibility: 'organization' })
    page = await newVisitor(world.browser, { language })
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await signIn(world, page, people[language])
  })

  test('what she writes now is the first of what waits, and she comes to it from the forum', async () => {
    await page.goto(`${world.stack.urls.site}/forum/topics/${topic}`)
    await field(t.forum.yourReply).click()
    await page.keyboard.type('Begun on this device')
    await page.getByText(t.asking.keptOnServer).first().waitFor()
    await page.goto(`${world.stack.urls.site}/forum`)
    const yours = page.getByRole('navigation', { name: t.drafts.yours })
    await yours.getByRole('link', { name: t.acts.deletedTitle }).waitFor()
    await yours.getByRole('link', { name: t.drafts.title }).click()
    await rows().first().waitFor()
    const kinds = t.drafts.kinds
    expect(await rows().locator('[role=status] > span:first-child').allInnerTexts()).toEqual([
      kinds.reply,
      kinds.answer,
      kinds.edit,
      kinds.topic,
      kinds.reply,
    ])
    await expectSound(page, 'drafts')
    await expectStill(page, 'drafts')
    await page.setViewportSize({ width: 360, height: 800 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await expectSound(page, 'drafts, on a phone')
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  test('each leads to where it was begun, with its words', async () => {
    const goesOn = async (text: string, title: string) => {
      await page.goto(`${world.stack.urls.site}/forum/drafts`)
      await row(text).getByRole('link', { name: title }).click()
    }
    await goesOn('To Bob alone', 'A pump that leaks')
    await field(t.forum.replyTo.replace('{{name}}', 'Bob Stranger')).getByText('To Bob alone').waitFor()
    await goesOn('Her better words.', 'A pump that leaks')
    await field(t.forum.editPost).getByText('Her better words.').waitFor()
    await goesOn('Begun on this device', 'A pump that leaks')
    await field(t.forum.yourReply).getByText('Begun on this device').waitFor()
    await goesOn('Of a new topic', 'مضخة لا تعمل')
    await field(t.forum.topicBody).getByText('Of a new topic').waitFor()
    expect(await field(t.forum.topicTitle).inputValue()).toBe('مضخة لا تعمل')
  })

  test('one that has no place any more gives its words back', async () => {
    await page.goto(`${world.stack.urls.site}/forum/drafts`)
    const lost = row('Words without a place')
    await lost.getByRole('heading', { name: t.drafts.unreachable }).waitFor()
    expect(await lost.getByRole('link').count()).toBe(0)
    await lost.getByRole('button', { name: t.drafts.copy }).click()
    await lost.getByText(t.drafts.copied).waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('Words without a place')
  })

  test('one that can be sent no more gives its words back, too', async () => {
    await deletePost(his, first.id)
    await page.reload()
    const late = row('To Bob alone')
    await late.getByText(t.drafts.gone).waitFor()
    await late.getByRole('button', { name: t.drafts.copy }).waitFor()
    expect(await late.getByRole('link').getAttribute('href')).toBe(`/forum/topics/${topic}`)
    await expectSound(page, 'a draft for a post that is gone')

    const closed = row('Begun on this device')
    expect(await closed.getByRole('button', { name: t.drafts.copy }).count()).toBe(0)
    await sql(world, 'update public.topics set locked_at = now() where id = $1', [topic])
    await page.reload()
    await closed.getByText(t.drafts.locked).waitFor()
    await closed.getByRole('button', { name: t.drafts.copy }).waitFor()
    await sql(world, 'update public.topics set locked_at = null where id = $1', [topic])
  })

  test('what she goes on with stays, where the draft before it was sent on another device', async () => {
    await discardDraft(hers, `reply:${topic}`)
    const read = await hold(page, '**/rest/v1/drafts*')
    await page.goto(`${world.stack.urls.site}/forum/topics/${topic}`)
    const words = field(t.forum.yourReply)
    await words.getByText('Begun on this device').click()
    await page.keyboard.press('End')
    await page.keyboard.type(' and on')
    await (await read.asked).continue()
    await page.getByText(t.asking.keptOnServer).first().waitFor()
    expect(await words.textContent()).toBe('Begun on this device and on')
    await page.goto(`${world.stack.urls.site}/forum/drafts`)
  })

  test('what she throws away can come back until she leaves; without any, the page says what it is for', async () => {
    const button = (text: string) => row(text).getByRole('button').last()
    await button('To Bob alone').click()
    await row('To Bob alone').getByText(t.drafts.thrownAway).waitFor()
    await expectSound(page, 'a draft that was thrown away')
    await button('To Bob alone').press('Enter')
    await row('To Bob alone').getByRole('link').waitFor()
    await page.reload()
    await row('To Bob alone').waitFor()
    expect(await rows().count()).toBe(5)

    for (const text of await rows().locator('h2 + p').allInnerTexts()) {
      await button(text).click()
      await row(text).getByText(t.drafts.thrownAway).waitFor()
    }
    await page.reload()
    await page.getByText(t.drafts.none).waitFor()
    await expectSound(page, 'no drafts')
    await page.goto(`${world.stack.urls.site}/forum/topics/${topic}`)
    await page.getByText('Her own words.').waitFor()
    expect(await field(t.forum.yourReply).textContent()).not.toContain('Begun')
  })
})
