import {
  connect,
  deletePost,
  editPost,
  openTopic,
  reply,
  type Supabase,
  signIn as signInBy,
} from '@p2p/client'
import type { Post, RichText } from '@p2p/contracts'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectSound, hold, intercept, newVisitor } from './browser.ts'
import { sql } from './database.ts'
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

const stories = [
  {
    language: 'en' as const,
    ada: somebody('Ada', 'Lovelace', 'en'),
    bob: somebody('Bob', 'Stranger', 'en'),
    title: 'Which coupling holds on a hot line?',
    post: 'Answer number',
    wrong: 'Check the vents first',
    right: 'Check the pump first',
    words: ['vents', 'pump'] as const,
    part: 'the pump',
  },
  {
    language: 'ar' as const,
    ada: somebody('آدا', 'الصانع', 'ar'),
    bob: somebody('بدر', 'الغريب', 'ar'),
    title: 'أي وصلة تصمد على خط ساخن؟',
    post: 'الجواب رقم',
    wrong: 'افحص الصمام أولًا',
    right: 'افحص المضخة أولًا',
    words: ['الصمام', 'المضخة'] as const,
    part: 'المضخة',
  },
]

describe.each(stories)('in $language', (story) => {
  const { language, ada, bob, title } = story
  const t = words[language]
  let hers: Page
  let his: Supabase
  let topic: string
  let first: Post
  const branches: Post[] = []

  beforeAll(async () => {
    await Promise.all([register(world, ada), register(world, bob)])
    hers = await newVisitor(world.browser, { language })
    await signIn(world, hers, ada)
    const { api } = world.stack.urls
    his = connect({ url: api, key: world.stack.keys.publishable, auth: forgetful() })
    await signInBy(his, bob)
    topic = await openTopic(his, { category: 'energy', title, body: text(title), visibility: 'community' })
    first = await answer('A')
    for (const name of ['B', 'C', 'D', 'E', 'F', 'G', 'H']) await answer(name, first.id)
    for (let number = 1; number <= 24; number += 1) branches.push(await answer(`${number}.`))
  })

  const answer = async (name: string, parent?: string) => {
    // Nobody writes that fast.
    await sql(world, 'delete from private.rate_limits')
    return reply(his, { topic, body: text(`${story.post} ${name}`), ...(parent && { parent }) })
  }
  const post = (name: string) => hers.getByRole('article').filter({ hasText: `${story.post} ${name}` })
  const open = async (hash = '') => {
    await hers.goto('about:blank')
    await hers.goto(`${world.stack.urls.site}/forum/topics/${topic}${hash}`)
    await hers.getByText(t.forum.connection.joined).waitFor()
  }
  const focused = (name: string) =>
    hers.waitForFunction(
      (words) => document.activeElement?.textContent?.includes(words),
      `${story.post} ${name}`,
    )

  test('a long branch shows its beginning, the rest comes within it, and all of it folds away', async () => {
    await open()
    await post('F').waitFor()
    expect(await post('G').count()).toBe(0)
    await hers.getByRole('button', { name: language === 'en' ? '2 more replies' : 'ردّان آخران' }).click()
    await post('H').waitFor()
    const widthOf = async (name: string) => (await post(name).boundingBox())?.width ?? 0
    expect(await widthOf('B')).toBeLessThan(await widthOf('A'))
    await expectSound(hers, 'a thread')

    await post('A').getByRole('button', { name: t.thread.hideReplies }).click()
    await post('H').waitFor({ state: 'detached' })
    const more = hers.getByRole('button', { name: t.forum.moreReplies })
    await intercept(hers, '**/rpc/topic_page', (route) => route.abort())
    await more.click()
    await hers.getByRole('alert').filter({ hasText: t.errors.unavailable }).waitFor()
    await expectSound(hers, 'replies that could not be read')
    await hers.unroute('**/rpc/topic_page')
    await hers.getByRole('button', { name: t.ui.tryAgain }).click()
    await post('24.').waitFor()
    expect(await hers.getByRole('alert').count()).toBe(0)

    const unfold = language === 'en' ? 'Show 7 replies' : 'عرض 7 ردود'
    await post('A').getByRole('button', { name: unfold, expanded: false }).click()
    await post('H').waitFor()
  })

  test('a link to a late post leads to it, and what came before can be read on from there', async () => {
    const late = branches[22]
    await open(`#post-${late?.id}`)
    await focused('23.')
    expect(await post('1.').count()).toBe(0)
    await hers.getByRole('button', { name: t.thread.repliesBefore }).click()
    await post('4.').waitFor()

    await open(`#post-${crypto.randomUUID()}`)
    await hers.getByText(t.thread.targetGone).waitFor()
    await post('A').waitFor()
  })

  test('she sorts what a link led into, and is at the top of the new order', async () => {
    await hers.goto('about:blank')
    await hers.goto(`${world.stack.urls.site}/forum/topics/${topic}?write=reply#post-${branches[22]?.id}`)
    await post('23.').getByRole('textbox').waitFor()
    const order = hers.getByRole('combobox', { name: t.thread.sort.label })
    await order.focus()
    await order.selectOption('newest')
    await hers.waitForFunction(
      (words) => document.querySelectorAll('article')[1]?.textContent?.includes(words),
      `${story.post} 24.`,
    )
    expect(await hers.evaluate(() => document.activeElement?.tagName)).toBe('SELECT')
    expect(new URL(hers.url()).href).toBe(`${world.stack.urls.site}/forum/topics/${topic}`)
    await order.selectOption('oldest')
    await post('A').waitFor()
    expect(await order.evaluate((select) => select === document.activeElement)).toBe(true)
  })

  test('she sorts the newest first, and goes from post to post by one key', async () => {
    await open()
    await hers.getByRole('combobox', { name: t.thread.sort.label }).selectOption('newest')
    await post('24.').waitFor()
    await hers.waitForFunction(
      (words) => document.querySelectorAll('article')[1]?.textContent?.includes(words),
      `${story.post} 24.`,
    )
    await hers.getByRole('heading', { level: 1 }).click()
    await hers.keyboard.press('?')
    await hers.getByRole('dialog', { name: t.thread.keys.title }).waitFor()
    await expectSound(hers, 'the list of keys')
    await hers.keyboard.press('Escape')
    await hers.getByRole('dialog').waitFor({ state: 'detached' })

    await post('24.').focus()
    await hers.keyboard.press('j')
    await focused('23.')
    await hers.keyboard.press('k')
    await focused('24.')
    await hers.keyboard.press('r')
    await hers.keyboard.type('jjj')
    await post('24.').getByRole('textbox').getByText('jjj', { exact: true }).waitFor()
  })

  test('what she types while the editor is on its way is her answer, and no key of the topic', async () => {
    const editor = await hold(hers, '**/assets/editor-*.js')
    await open()
    await post('B').focus()
    await hers.keyboard.press('r')
    await hers.keyboard.type('jk')
    await hers.keyboard.press('?')
    await hers.keyboard.press('ArrowDown')
    await post('B').locator('[data-awaits-editor]:focus').waitFor()
    expect(await hers.getByRole('dialog').count()).toBe(0)
    await expectSound(hers, 'an answer whose editor is on its way')
    await (await editor.asked).continue()
    const field = post('B').getByRole('textbox')
    await field.getByText('jk?', { exact: true }).waitFor()
    await hers.keyboard.type(' c')
    await field.getByText('jk? c', { exact: true }).waitFor()
  })

  test('he changes what he wrote while she reads, and she sees what he said before', async () => {
    const changed = await reply(his, { topic, body: text(story.wrong) })
    await open(`#post-${changed.id}`)
    await hers.getByText(story.wrong).waitFor()
    await editPost(his, { post: changed.id, body: text(story.right) })
    const article = hers.getByRole('article').filter({ hasText: story.right })
    await article.getByRole('button', { name: t.forum.edited }).click()
    const dialog = hers.getByRole('dialog', { name: t.thread.history.title })
    await dialog.locator('del', { hasText: story.words[0] }).waitFor()
    await dialog.locator('ins', { hasText: story.words[1] }).waitFor()
    await expectSound(hers, 'what a post said before')
    await hers.keyboard.press('Escape')

    await article.getByRole('button', { name: t.thread.quote }).click()
    const editor = article.getByRole('textbox')
    await editor.locator('blockquote', { hasText: story.right }).waitFor()
    await hers.keyboard.press('Control+End')
    await hers.keyboard.type('OK')
    await article.getByRole('button', { name: t.forum.sendReply }).click()
    const hersNow = hers.getByRole('article').filter({ hasText: 'OK' }).last()
    await hersNow.locator('blockquote', { hasText: story.right }).waitFor()

    await deletePost(his, changed.id)
    await hers.getByText(t.forum.postDeleted).waitFor()
  })

  test('she selects some words of a post and quotes them alone', async () => {
    await open()
    await post('A').getByText(`${story.post} A`).selectText()
    await hers.getByRole('button', { name: t.thread.quote, exact: true }).last().click()
    await post('A')
      .getByRole('textbox')
      .locator('blockquote', { hasText: `${story.post} A` })
      .waitFor()
  })

  test('on a phone deep answers keep the width of the page', async () => {
    let parent = branches[0]
    for (const level of ['X1', 'X2', 'X3', 'X4', 'X5', 'X6']) parent = await answer(level, parent?.id)
    await hers.setViewportSize({ width: 390, height: 844 })
    await open(`#post-${parent?.id}`)
    await focused('X6')
    await expectSound(hers, 'a deep thread on a phone')
    const box = await post('X6').boundingBox()
    expect(box?.width).toBeGreaterThan(300)
    await hers.setViewportSize({ width: 1280, height: 800 })
  })
})
