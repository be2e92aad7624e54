import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectSound, newVisitor } from './browser.ts'
import { sql } from './database.ts'
import { register, signIn, somebody, startWorld, type World, words } from './world.ts'

// Ada has asked before. Badr and Carol are new: he reads Arabic, she reads English. Mona and Majid look after the place.
const ada = somebody('Ada', 'Lovelace', 'en')
const badr = somebody('Badr', 'Newcomer', 'ar')
const carol = somebody('Carol', 'Newcomer', 'en')
const mona = somebody('Mona', 'Keeper', 'en')
const majid = somebody('Majid', 'Keeper', 'ar')
const answer = 'نظّفوا فتحات التهوية أولًا'
const title = 'Cracks in thin welds'

let world: World
let pages: Record<'ada' | 'badr' | 'carol' | 'mona' | 'majid', Page>
let topic: string

const at = (path: string) => `${world.stack.urls.site}${path}`
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true })

beforeAll(async () => {
  world = await startWorld()
  for (const person of [ada, badr, carol, mona, majid]) await register(world, person)
  await sql(
    world,
    `insert into platform_roles (user_id, role)
     select id, (case email when $1 then 'admin' else 'moderator' end)::platform_role from auth.users where email in ($1, $2)`,
    [mona.email, majid.email],
  )
  const enter = async (person: typeof ada) => {
    const page = await newVisitor(world.browser, { language: person.locale })
    await signIn(world, page, person)
    return page
  }
  pages = {
    ada: await enter(ada),
    badr: await enter(badr),
    carol: await enter(carol),
    mona: await enter(mona),
    majid: await enter(majid),
  }
  await sql(
    world,
    `with pat as (select id from auth.users where email = $1),
     factor as (
       insert into auth.mfa_factors (id, user_id, friendly_name, factor_type, status, secret, created_at, updated_at)
       select gen_random_uuid(), id, 'Phone', 'totp', 'verified', 'JBSWY3DPEHPK3PXP', now(), now() from pat)
     update auth.sessions set aal = 'aal2' from pat where sessions.user_id = pat.id`,
    [mona.email],
  )
  const [opened] = await sql(
    world,
    `with who as (select set_config('request.jwt.claims', jsonb_build_object('role', 'authenticated', 'sub', users.id,
       'session_id', (select id from auth.sessions where user_id = users.id limit 1))::text, false)
       from auth.users as users where email = $1)
     select open_topic('quality', 'Porosity in castings', $2::jsonb) as id from who`,
    [
      ada.email,
      JSON.stringify({
        type: 'doc',
        content: [{ type: 'paragraph', content: [{ type: 'text', text: 'We see pores.' }] }],
      }),
    ],
  )
  topic = String(opened?.id)
})
afterAll(() => world?.stop())

test('a platform admin lets the first post of everybody new wait', async () => {
  const { moderation } = words.en
  await pages.mona.goto(at('/moderation/rules'))
  const amount = pages.mona.getByLabel(moderation.heldFirstPosts)
  await amount.waitFor()
  expect(await amount.inputValue()).toBe('0')
  await expectSound(pages.mona, 'the rule')
  await amount.selectOption('1')
  await pages.mona.getByText(moderation.rulesSaved).waitFor()
  await pages.mona.reload()
  await amount.waitFor()
  expect(await amount.inputValue()).toBe('1')
})

test('Badr answers: his post waits, he sees it, and nobody else does', async () => {
  const { forum, moderation } = words.ar
  await pages.ada.goto(at(`/forum/topics/${topic}`))
  await pages.ada.getByText('We see pores.').waitFor()
  await pages.badr.goto(at(`/forum/topics/${topic}`))
  await pages.badr.getByText(moderation.willWait).waitFor()
  await pages.badr.getByRole('textbox', { name: forum.yourReply }).click()
  await pages.badr.keyboard.type(answer)
  await button(pages.badr, forum.sendReply).click()
  await pages.badr.getByText(moderation.postWaits).waitFor()
  await expectSound(pages.badr, 'a reply that waits')
  await pages.badr.getByRole('link', { name: moderation.seeWhatWaits }).click()
  await heading(pages.badr, moderation.heldStates.waiting).waitFor()
  await pages.badr.getByText(answer).waitFor()
  await expectSound(pages.badr, 'what waits')
  expect(await pages.ada.getByText(answer).count()).toBe(0)
})

test('Mona finds it in the queue and publishes it: Ada sees it appear, and Badr is told', async () => {
  const { moderation } = words.en
  await pages.mona.goto(at('/moderation'))
  await pages.mona.getByText(answer).waitFor()
  await expectSound(pages.mona, 'the queue')
  await pages.mona.getByRole('link', { name: 'Porosity in castings' }).click()
  await heading(pages.mona, moderation.heldReply).waitFor()
  await pages.mona.getByText('We see pores.').waitFor()
  await expectSound(pages.mona, 'a post that waits')
  await button(pages.mona, moderation.heldChoices.accept).click()
  await heading(pages.mona, moderation.heldStates.accepted).waitFor()

  await pages.ada.getByText(answer).waitFor()
  await pages.badr.goto(at('/notifications'))
  await pages.badr.getByRole('link', { name: words.ar.notifications.held.accepted }).click()
  await pages.badr.getByRole('article').filter({ hasText: answer }).waitFor()
  // His next one goes out at once.
  await pages.badr.getByRole('textbox', { name: words.ar.forum.yourReply }).waitFor()
  await pages.badr.getByText(words.ar.moderation.willWait).waitFor({ state: 'detached' })
})

test('Carol opens a topic that Majid refuses: she reads why', async () => {
  const { forum, moderation } = words.en
  await pages.carol.goto(at('/forum/new'))
  await pages.carol.getByLabel(forum.category).selectOption('quality')
  await pages.carol.getByLabel(forum.topicTitle).fill(title)
  await pages.carol.getByRole('textbox', { name: forum.topicBody }).click()
  await pages.carol.keyboard.type('See my shop.')
  await pages.carol.getByText(moderation.willWait).waitFor()
  await button(pages.carol, forum.publishTopic).click()
  await pages.carol.getByText(moderation.postWaits).waitFor()
  await expectSound(pages.carol, 'a topic that waits')

  const ar = words.ar.moderation
  await pages.majid.goto(at('/moderation'))
  await pages.majid.getByRole('link', { name: title }).click()
  await heading(pages.majid, ar.heldTopic).waitFor()
  await pages.majid.getByLabel(ar.heldChoices.refuse).check()
  await button(pages.majid, ar.heldChoices.refuse).click()
  await pages.majid.getByText(words.ar.errors.reason_invalid).waitFor()
  await expectSound(pages.majid, 'refusing')
  await pages.majid.getByLabel(ar.note, { exact: true }).fill('هذا إعلان لا سؤال.')
  await button(pages.majid, ar.heldChoices.refuse).click()
  await heading(pages.majid, ar.heldStates.refused).waitFor()

  await pages.carol.goto(at('/notifications'))
  await pages.carol.getByRole('link', { name: words.en.notifications.held.refused }).click()
  await heading(pages.carol, moderation.heldStates.refused).waitFor()
  await pages.carol.getByText('هذا إعلان لا سؤال.').waitFor()
  await pages.carol.getByText('See my shop.').waitFor()
  await expectSound(pages.carol, 'what was refused')
})

test('Carol answers instead, and takes it back before anybody has read it', async () => {
  const { forum, moderation } = words.en
  await pages.carol.goto(at(`/forum/topics/${topic}`))
  await pages.carol.getByRole('textbox', { name: forum.yourReply }).click()
  await pages.carol.keyboard.type('Never mind')
  await button(pages.carol, forum.sendReply).click()
  await pages.carol.getByRole('link', { name: moderation.seeWhatWaits }).click()
  await button(pages.carol, moderation.withdraw).click()
  await pages.carol.getByText(moderation.withdrawSure).waitFor()
  await expectSound(pages.carol, 'taking it back')
  await button(pages.carol, moderation.withdraw).click()
  await pages.carol.getByText('Never mind').waitFor({ state: 'detached' })
  await pages.majid.goto(at('/moderation'))
  await heading(pages.majid, words.ar.moderation.none.open).waitFor()
})

test('Majid deletes Ada’s topic: she is told, reads why and can appeal', async () => {
  const { acts } = words.ar
  const { moderation, notifications } = words.en
  const because = 'طلبت الشركة سحب هذه الأرقام.'
  await pages.majid.goto(at(`/forum/topics/${topic}`))
  await button(pages.majid, acts.menu).click()
  await pages.majid.getByRole('menuitem', { name: acts.delete.open }).click()
  const dialog = pages.majid.getByRole('dialog')
  await dialog.getByLabel(acts.delete.reason).fill(because)
  await dialog.getByRole('button', { name: acts.delete.action, exact: true }).click()
  await pages.majid.waitForURL(/deleted/)

  await pages.ada.goto(at('/notifications'))
  await pages.ada.getByRole('link', { name: notifications.decision }).click()
  await heading(pages.ada, moderation.decisions.delete).waitFor()
  await pages.ada.getByText(because).waitFor()
  await button(pages.ada, moderation.appeal).waitFor()
  await expectSound(pages.ada, 'a topic that was deleted')
})
