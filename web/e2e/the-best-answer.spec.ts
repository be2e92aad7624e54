import {
  chooseBestAnswer,
  connect,
  openTopic,
  reply,
  type Supabase,
  signIn as signInBy,
  vote,
} from '@p2p/client'
import type { RichText } from '@p2p/contracts'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { expectSound, expectStill, intercept, newVisitor } from './browser.ts'
import {
  forgetful,
  register,
  type Somebody,
  signIn,
  somebody,
  startWorld,
  type World,
  words,
} from './world.ts'

const { en, ar } = words
const ada = somebody('Ada', 'Lovelace', 'en')
const bob = somebody('باسم', 'الزهراني', 'ar')
const eve = somebody('Eve', 'Onlooker', 'en')

let world: World
let hers: Page
let his: Page
let sdk: Record<'ada' | 'bob' | 'eve', Supabase>
let topic: string
let answer: string

const text = (...paragraphs: string[]): RichText => ({
  type: 'doc',
  content: paragraphs.map((line) => ({ type: 'paragraph', content: [{ type: 'text', text: line }] })),
})

async function sdkOf(person: Somebody): Promise<Supabase> {
  const client = connect({
    url: world.stack.urls.api,
    key: world.stack.keys.publishable,
    auth: forgetful(),
  })
  await signInBy(client, person)
  return client
}

beforeAll(async () => {
  world = await startWorld()
  await Promise.all([register(world, ada), register(world, bob), register(world, eve)])
  sdk = { ada: await sdkOf(ada), bob: await sdkOf(bob), eve: await sdkOf(eve) }
  hers = await newVisitor(world.browser, { language: 'en' })
  his = await newVisitor(world.browser, { language: 'ar' })
  await Promise.all([signIn(world, hers, ada), signIn(world, his, bob)])
})
afterAll(() => world?.stop())

beforeEach(async () => {
  topic = await openTopic(sdk.ada, {
    category: 'quality',
    title: 'Pores in our castings',
    body: text('Why do we see pores?'),
    visibility: 'community',
  })
  const answered = await reply(sdk.bob, { topic, body: text('تحقّق من فتحات التهوية أولًا.') })
  answer = answered.id
  await reply(sdk.eve, { topic, body: text('We have them too.') })
})

async function open(page: Page, t: typeof en | typeof ar) {
  await page.goto(`${world.stack.urls.site}/forum/topics/${topic}`)
  await page.getByRole('article').filter({ hasText: 'تحقّق' }).waitFor()
  await page.getByText(t.forum.connection.joined).waitFor()
}
const post = (page: Page) => page.locator(`#post-${answer}`)
const onTop = (page: Page, t: typeof en | typeof ar) => page.getByRole('region', { name: t.votes.bestAnswer })

test('Ada finds a reply useful, others too; she is asked, chooses it, and everybody sees it', async () => {
  await Promise.all([open(hers, en), open(his, ar)])
  const useful = post(hers).getByRole('button', { name: en.votes.useful })
  await useful.click()
  await post(hers).getByText('1 vote', { exact: true }).waitFor({ state: 'attached' })
  expect(await useful.getAttribute('aria-pressed')).toBe('true')

  // It arrives on his page, where his own post has no button.
  await post(his).getByText(ar.votes.count_one).waitFor({ state: 'attached' })
  expect(await post(his).getByRole('button', { name: ar.votes.useful }).count()).toBe(0)
  expect(await his.getByRole('button', { name: ar.votes.chooseAnswer }).count()).toBe(0)

  await vote(sdk.eve, { post: answer, useful: true })
  await post(hers).getByText('2 votes', { exact: true }).waitFor({ state: 'attached' })
  const question = hers.getByRole('region', { name: en.votes.oneOfThese_one })
  await question.waitFor()
  await expectSound(hers, 'the question whether it is answered')
  await question.getByRole('button', { name: en.votes.chooseAnswer }).click()

  await onTop(hers, en).waitFor()
  await question.waitFor({ state: 'detached' })
  await onTop(his, ar).getByText('تحقّق من فتحات التهوية').waitFor()
  await post(his).getByText(ar.votes.bestAnswer).waitFor()
  await expectSound(hers, 'a topic with its answer')
  await expectSound(his, 'a topic with its answer, in Arabic')

  await onTop(hers, en).getByRole('link').last().click()
  await hers.waitForFunction((id) => document.activeElement?.id === `post-${id}`, answer)

  for (const [page, t] of [[hers, en] as const, [his, ar] as const]) {
    await page.goto(`${world.stack.urls.site}/forum/topics`)
    const row = page
      .getByRole('listitem')
      .filter({ has: page.locator(`a[href*="${topic}"]`) })
      .first()
    await row.getByText(t.votes.answered).waitFor()
  }
})

test('she changes her mind, and takes the choice back', async () => {
  await open(hers, en)
  await post(hers).getByRole('button', { name: en.votes.chooseAnswer }).click()
  await onTop(hers, en).waitFor()
  const other = hers.getByRole('article').filter({ hasText: 'We have them too.' })
  await other.getByRole('button', { name: en.votes.chooseAnswer }).click()
  await onTop(hers, en).getByText('We have them too.').waitFor()
  await other.getByRole('button', { name: en.votes.takeBackAnswer }).press('Enter')
  await onTop(hers, en).waitFor({ state: 'detached' })
})

test('a vote that was refused is taken back on the page, with the reason', async () => {
  await open(hers, en)
  await intercept(hers, '**/rpc/vote', (route) => route.abort())
  const useful = post(hers).getByRole('button', { name: en.votes.useful })
  await useful.press('Space')
  await post(hers).getByRole('alert').waitFor()
  expect(await useful.getAttribute('aria-pressed')).toBe('false')
  await expectSound(hers, 'a vote that did not arrive')
  await hers.unroute('**/rpc/vote')
  await useful.press('Space')
  await post(hers).getByText('1 vote', { exact: true }).waitFor({ state: 'attached' })
  await post(hers).getByRole('alert').waitFor({ state: 'detached' })
})

test('what others found useful of somebody stands on their page, and beside their name', async () => {
  await vote(sdk.eve, { post: answer, useful: true })
  await chooseBestAnswer(sdk.ada, { topic, post: answer })
  await open(hers, en)
  await expectStill(hers, 'a topic with its answer')
  const author = post(hers).getByRole('link').first()
  await author.click()
  const standing = hers.getByRole('heading', { name: en.votes.standing })
  await standing.waitFor()
  await expectSound(hers, 'the page of a person with a reputation')
  const { data } = await sdk.ada.from('reputations').select('score').gt('score', 14)
  expect(data).toHaveLength(1)
  await hers.getByText(`${data?.[0]?.score} points`).waitFor()
  await his.goto(hers.url())
  await his.getByRole('heading', { name: ar.votes.standing }).waitFor()
  await expectSound(his, 'the page of a person with a reputation, in Arabic')
})
