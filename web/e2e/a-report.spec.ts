import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectSound, intercept, newVisitor } from './browser.ts'
import { sql } from './database.ts'
import { register, signIn, somebody, startWorld, type World, words } from './world.ts'

// Ada reports what Badr writes; Mona decides, Majid looks at it again. Badr and Majid read Arabic.
const ada = somebody('Ada', 'Lovelace', 'en')
const badr = somebody('Badr', 'Writer', 'ar')
const mona = somebody('Mona', 'Keeper', 'en')
const majid = somebody('Majid', 'Keeper', 'ar')
const note = 'Advertising is not wanted in this topic.'

let world: World
let hers: Page
let his: Page
let monas: Page
let majids: Page
let topic: string

beforeAll(async () => {
  world = await startWorld()
  for (const person of [ada, badr, mona, majid]) await register(world, person)
  await sql(
    world,
    `insert into platform_roles (user_id, role) select id, 'moderator' from auth.users where email = any ($1)`,
    [[mona.email, majid.email]],
  )
  const enter = async (person: typeof ada) => {
    const page = await newVisitor(world.browser, { language: person.locale })
    await signIn(world, page, person)
    return page
  }
  hers = await enter(ada)
  his = await enter(badr)
  monas = await enter(mona)
  majids = await enter(majid)
})
afterAll(() => world?.stop())

const at = (path: string) => `${world.stack.urls.site}${path}`
const button = (within: Page | Locator, name: string) => within.getByRole('button', { name, exact: true })
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true })
const editor = (page: Page) => page.getByRole('textbox', { name: words.ar.forum.yourReply })

/** Writes as the Data API lets this person, past the pages. */
const writtenBy = async (email: string, statement: string, values: unknown[]): Promise<string> => {
  const [row] = await sql(
    world,
    `with who as (select set_config('request.jwt.claims', jsonb_build_object('role', 'authenticated', 'sub', users.id,
       'session_id', (select id from auth.sessions where user_id = users.id limit 1))::text, false)
       from auth.users as users where email = $1)
     select ${statement} as id from who`,
    [email, ...values],
  )
  return String(row?.id)
}
const saying = (text: string) =>
  JSON.stringify({ type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] })

test('Ada reports a post, and the report goes to moderators alone', async () => {
  const { moderation } = words.en
  topic = await writtenBy(ada.email, `open_topic('quality', 'Porosity in castings', $2::jsonb)`, [
    saying('We see pores.'),
  ])
  await writtenBy(badr.email, `reply($2::uuid, $3::jsonb) ->> 'id'`, [topic, saying('Buy from my shop.')])
  await hers.goto(at(`/forum/topics/${topic}`))
  const post = hers.getByRole('article').filter({ hasText: 'Buy from my shop.' })
  await button(post, words.en.forum.postMenu).click()
  await hers.getByRole('menuitem', { name: moderation.report.open }).click()
  await button(hers, moderation.report.send).click()
  await hers.getByText(moderation.report.chooseWhy).waitFor()
  await hers.getByLabel(moderation.reasons.spam).check()
  await hers.getByLabel(moderation.report.note).fill('The same words stand in four topics.')
  await expectSound(hers, 'reporting')
  await button(hers, moderation.report.send).click()
  await hers.getByText(moderation.report.thanks).waitFor()
  expect(await hers.getByRole('link', { name: moderation.title }).count()).toBe(0)
  await hers.goto(at('/moderation'))
  await heading(hers, words.en.administration.notYours.platform).waitFor()
})

test('Mona decides: the post is hidden, a trace stays, and Badr cannot write for a week', async () => {
  const { moderation } = words.en
  await monas.getByRole('link', { name: moderation.title }).click()
  await heading(monas, moderation.title).waitFor()
  await monas.getByText('Buy from my shop.').waitFor()
  await expectSound(monas, 'the queue')
  await monas.getByRole('link', { name: 'Porosity in castings' }).click()
  await monas.getByText('The same words stand in four topics.').waitFor()
  await expectSound(monas, 'a case')
  await monas.getByLabel(moderation.choices.suspend).check()
  await button(monas, moderation.choices.suspend).click()
  await monas.getByText(words.en.errors.reason_invalid).waitFor()
  await monas.getByLabel(moderation.note, { exact: true }).fill(note)
  // She comes back to the tab, and what is read anew then fails.
  await intercept(
    monas,
    '**/rpc/moderation_case',
    (route) => route.fulfill({ status: 403, json: { code: '42501' } }),
    {
      times: 1,
    },
  )
  const failed = monas.waitForResponse('**/rpc/moderation_case')
  await monas.evaluate(() => window.dispatchEvent(new Event('visibilitychange')))
  await (await failed).finished()
  await button(monas, moderation.choices.suspend).click()
  await heading(monas, moderation.decisions.suspend).waitFor()
  await expectSound(monas, 'a decided case')

  await hers.goto(at(`/forum/topics/${topic}`))
  await hers.getByText(moderation.hidden).waitFor()
  expect(await hers.getByText('Buy from my shop.').count()).toBe(0)
})

test('Badr reads why and until when, and appeals once', async () => {
  const { moderation } = words.ar
  await his.goto(at(`/forum/topics/${topic}`))
  await his.getByText(moderation.hidden).waitFor()
  await his.getByText(note).waitFor()
  expect(await editor(his).count()).toBe(0)
  await expectSound(his, 'writing is paused')
  await his.goto(at('/forum/new'))
  await his.getByText(note).waitFor()
  await his.getByRole('link', { name: moderation.pausedMore }).click()
  await heading(his, moderation.standing).waitFor()
  await his.getByText('Buy from my shop.').waitFor()
  await expectSound(his, 'decisions about oneself')
  await button(his, moderation.appeal).click()
  await button(his, moderation.sendAppeal).click()
  await his.getByText(words.ar.errors.appeal_invalid).waitFor()
  await his.getByLabel(moderation.appealLabel).fill('كنت أجيب عن سؤال طُرح عليّ.')
  await button(his, moderation.sendAppeal).click()
  await his.getByText(moderation.appealWaits).waitFor()
})

test('Mona may not answer the appeal; Majid takes the decision back, and Badr writes again', async () => {
  const { moderation } = words.ar
  await monas.reload()
  await monas.getByText(words.en.errors.another_moderator).waitFor()
  await majids.goto(at('/moderation?state=appealed'))
  const appealed = majids.getByRole('link', { name: 'Porosity in castings' })
  await appealed.waitFor()
  await expectSound(majids, 'appeals')
  await appealed.click()
  await majids.getByText('كنت أجيب عن سؤال طُرح عليّ.').waitFor()
  await majids.getByLabel(moderation.note, { exact: true }).fill('السؤال قائم في الموضوع فعلًا.')
  await expectSound(majids, 'an appeal')
  await button(majids, moderation.overturn).click()
  await heading(majids, moderation.outcomes.overturned).waitFor()
  await his.goto(at(`/forum/topics/${topic}`))
  await his.getByText('Buy from my shop.').waitFor()
  await editor(his).waitFor()
  await his.goto(at('/notifications'))
  await his.getByRole('link', { name: words.ar.notifications.decision }).first().click()
  await heading(his, moderation.standing).waitFor()
  await his.getByText('السؤال قائم في الموضوع فعلًا.').waitFor()
})

test('a platform admin watches for a word, and it is not accepted', async () => {
  const { moderation } = words.en
  await sql(
    world,
    `with pat as (update platform_roles set role = 'admin' where user_id = (select id from auth.users where email = $1) returning user_id),
     factor as (
       insert into auth.mfa_factors (id, user_id, friendly_name, factor_type, status, secret, created_at, updated_at)
       select gen_random_uuid(), user_id, 'Phone', 'totp', 'verified', 'JBSWY3DPEHPK3PXP', now(), now() from pat)
     update auth.sessions set aal = 'aal2' from pat where sessions.user_id = pat.user_id`,
    [mona.email],
  )
  await monas.goto(at('/moderation/words'))
  await heading(monas, moderation.noWords).waitFor()
  await expectSound(monas, 'no words')
  await monas.getByLabel(moderation.word).fill('casino')
  await monas.getByLabel(moderation.whatFollows).selectOption('refuse')
  await button(monas, moderation.addWord).click()
  await monas.getByText('casino', { exact: true }).waitFor()
  await expectSound(monas, 'words')
  await expect(
    writtenBy(badr.email, `reply($2::uuid, $3::jsonb) ->> 'id'`, [topic, saying('A Casino!')]),
  ).rejects.toMatchObject({ detail: 'words_refused' })
  await button(monas, moderation.removeWord.replace('{{word}}', 'casino')).click()
  await heading(monas, moderation.noWords).waitFor()
})
