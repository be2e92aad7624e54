import { connect, openTopic, reply, type Supabase, signIn as signInBy } from '@p2p/client'
import type { RichText } from '@p2p/contracts'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectSound, newVisitor } from './browser.ts'
import { forgetful, register, signIn, somebody, startWorld, type World, words } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world?.stop())

const text = (...paragraphs: string[]): RichText => ({
  type: 'doc',
  content: paragraphs.map((words) => ({ type: 'paragraph', content: [{ type: 'text', text: words }] })),
})
const long = (opening: string) =>
  text(opening, ...Array.from({ length: 30 }, (_, line) => `Line ${line} of many.`))

describe.each([
  {
    language: 'en' as const,
    ada: somebody('Ada', 'Lovelace', 'en'),
    bob: somebody('Bob', 'Stranger', 'en'),
    titles: ['Kiln temperature drifts at night', 'Whose forklift is electric', 'A topic for nobody'] as const,
    typed: 'Temperature of the kiln drifts',
    newReplies: (count: number) => (count === 1 ? '1 new reply' : `${count} new replies`),
  },
  {
    language: 'ar' as const,
    ada: somebody('آدا', 'الصانع', 'ar'),
    bob: somebody('بدر', 'الغريب', 'ar'),
    titles: ['حرارة الفرن تتغير ليلًا', 'من لديه رافعة كهربائية', 'موضوع لا يعني أحدًا'] as const,
    typed: 'تغيّر حرارة الأفران في الفرن',
    newReplies: (count: number) => (count === 1 ? 'رد جديد' : 'ردّان جديدان'),
  },
])('in $language', ({ language, ada, bob, titles, typed, newReplies }) => {
  const t = words[language]
  const [kiln, forklift, dull] = titles
  let hers: Page
  let his: Supabase
  const topics: Record<string, string> = {}

  const open = (title: string) =>
    openTopic(his, { category: 'energy', title, body: text('It begins here.'), visibility: 'community' })
  const row = (title: string) =>
    hers.getByRole('list', { name: t.forum.topics }).getByRole('listitem').filter({ hasText: title })
  const go = async (path: string) => {
    await hers.goto(`${world.stack.urls.site}${path}`)
    await hers.getByRole('heading', { level: 1 }).waitFor()
  }
  const badge = () =>
    hers.getByRole('navigation', { name: t.app.navigation }).getByRole('link', { name: t.lists.unread })
  const titlesShown = () =>
    hers.getByRole('list', { name: t.forum.topics }).getByRole('heading').allTextContents()

  beforeAll(async () => {
    await Promise.all([register(world, ada), register(world, bob)])
    hers = await newVisitor(world.browser, { language })
    await signIn(world, hers, ada)
    his = connect({ url: world.stack.urls.api, key: world.stack.keys.publishable, auth: forgetful() })
    await signInBy(his, bob)
    for (const title of titles) topics[title] = await open(title)
  })

  test('what was opened since she came is new, and no more once she has opened it', async () => {
    await go('/forum/unread')
    for (const title of titles) await row(title).getByText(t.lists.new, { exact: true }).waitFor()
    await expectSound(hers, 'what is unread')
    await hers.getByRole('link', { name: kiln }).click()
    await hers.getByRole('heading', { level: 1, name: kiln }).waitFor()
    await hers.getByText('It begins here.').waitFor()
    await hers.goBack()
    await row(kiln).waitFor({ state: 'detached' })
    expect(await titlesShown()).toEqual([dull, forklift])
  })

  test('she follows one and mutes another, and reads what each does', async () => {
    await go(`/forum/topics/${topics[kiln]}`)
    const choice = hers.getByLabel(t.lists.follow)
    await choice.selectOption('following')
    await hers.getByText(t.lists.chooseHelp.following, { exact: true }).waitFor()
    await expectSound(hers, 'a topic that is followed')
    await go(`/forum/topics/${topics[dull]}`)
    await choice.selectOption('muted')
    await hers.getByText(t.lists.chooseHelp.muted, { exact: true }).waitFor()
    await go('/forum/topics')
    await row(kiln).getByText(t.lists.levels.following).waitFor()
    expect(await row(dull).count()).toBe(0)
    await hers.getByLabel(t.lists.show).selectOption('muted')
    await row(dull).getByText(t.lists.levels.muted).waitFor()
  })

  test('replies to what she follows are unread, and the topic opens where she left off', async () => {
    const topic = topics[kiln] as string
    await reply(his, { topic, body: long('The first answer.') })
    await reply(his, { topic, body: text('The second answer.') })
    await go('/forum/unread')
    await row(kiln).getByText(newReplies(2)).waitFor()
    await badge().filter({ hasText: '2' }).waitFor()
    await hers.getByRole('link', { name: kiln }).click()
    await hers.getByText(t.lists.newSince).waitFor()
    await hers.waitForFunction(() => document.activeElement?.textContent?.includes('The first answer.'))
    await expectSound(hers, 'a topic with replies since the last visit')

    // Only the first is on the screen: the second stays unread when she leaves.
    await hers.goBack()
    await row(kiln).getByText(newReplies(1)).waitFor()
    await hers.getByRole('link', { name: kiln }).click()
    const written = hers.waitForResponse(
      (response) =>
        response.url().endsWith('/rpc/mark_read') && response.request().postDataJSON().number === 3,
    )
    await hers.getByRole('article').filter({ hasText: 'The second answer.' }).scrollIntoViewIfNeeded()
    await written
    await hers.goBack()
    await row(kiln).waitFor({ state: 'detached' })
  })

  test('all is read at once, in words and numbers', async () => {
    await go('/forum/unread')
    await hers.getByRole('button', { name: t.lists.markAllRead }).click()
    await hers.getByRole('heading', { name: t.lists.allRead }).waitFor()
    await expectSound(hers, 'nothing unread')
    await hers.waitForFunction(
      (name) => !document.querySelector('nav')?.textContent?.match(`${name}\\s*\\d`),
      t.lists.unread,
    )
  })

  test('order and filters are in the address, and going back undoes them one by one', async () => {
    await go('/forum/topics')
    const order = hers.getByRole('navigation', { name: t.lists.order })
    await order.getByRole('link', { name: t.lists.sorts.newest }).click()
    await hers.waitForURL('**/forum/topics?sort=newest')
    await expect.poll(titlesShown, { timeout: 20_000 }).toContain(dull)
    await hers.getByLabel(t.lists.show).selectOption('following')
    await hers.waitForURL('**/forum/topics?sort=newest&show=following')
    await expect.poll(titlesShown, { timeout: 20_000 }).toEqual([kiln])
    await expectSound(hers, 'a narrowed list')
    await hers.getByLabel(t.lists.answer).selectOption('yes')
    await hers.getByText(t.lists.nothingFound).waitFor()
    await hers.goBack()
    await expect.poll(titlesShown, { timeout: 20_000 }).toEqual([kiln])
    await hers.goBack()
    await hers.goBack()
    await hers.waitForURL('**/forum/topics')
    expect(await order.getByRole('link', { name: t.lists.sorts.activity }).getAttribute('aria-current')).toBe(
      'page',
    )
    await hers.setViewportSize({ width: 360, height: 740 })
    await expectSound(hers, 'a list of topics on a phone')
    await hers.setViewportSize({ width: 1280, height: 800 })
  })

  test('while she types a title she sees who has asked it before', async () => {
    await go('/forum/new')
    await hers.getByLabel(t.forum.topicTitle).pressSequentially(typed)
    const similar = hers.getByRole('status').filter({ hasText: t.lists.similar })
    await similar.getByRole('link', { name: kiln }).waitFor()
    await expectSound(hers, 'a title that others have asked')
    await hers.getByLabel(t.forum.topicTitle).fill('')
    await similar.waitFor({ state: 'detached' })
  })
})
