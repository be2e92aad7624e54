import {
  connect,
  markAllRead,
  markNotificationsRead,
  openTopic,
  reply,
  type Supabase,
  signIn as signInBy,
} from '@p2p/client'
import type { RichText } from '@p2p/contracts'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { expectSound, expectStill, intercept, newVisitor } from './browser.ts'
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

let world: World

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world?.stop())

const text = (words: string): RichText => ({
  type: 'doc',
  content: [{ type: 'paragraph', content: [{ type: 'text', text: words }] }],
})

/** Somebody at another machine, who acts past the pages. */
async function elsewhere(person: Somebody): Promise<Supabase> {
  const { stack } = world
  const supabase = connect({ url: stack.urls.api, key: stack.keys.publishable, auth: forgetful() })
  await signInBy(supabase, person)
  return supabase
}

const Mails = z.object({ messages: z.array(z.object({ ID: z.string(), Subject: z.string() })) })
const Mail = z.object({ HTML: z.string(), Text: z.string() })

/** Waits for the mail to somebody with these words in its subject. */
async function mailTo({ email }: Somebody, subject: string): Promise<z.infer<typeof Mail>> {
  const catcher = `${world.stack.urls.mail}/api/v1`
  const found = await vi.waitUntil(
    async () => {
      const { messages } = Mails.parse(await (await fetch(`${catcher}/search?query=to:${email}`)).json())
      return messages.find((mail) => mail.Subject.includes(subject))
    },
    { timeout: 20_000, interval: 100 },
  )
  return Mail.parse(await (await fetch(`${catcher}/message/${found.ID}`)).json())
}

/** The grace of the newest mail is over, and it goes before those that wait. */
const passGrace = () =>
  sql(
    world,
    `update pgboss.job set start_after = now(), priority = 1 where id = (
       select id from pgboss.job where name = 'notifications.send-mail' and state = 'created'
       order by created_on desc limit 1)`,
  )

describe.for(['en', 'ar'] as Language[])('in %s', (language) => {
  const t = words[language].notifications
  const ada = somebody('Ada', 'Lovelace', language)
  const bob = somebody('Bob', 'Stranger', language)
  const title = { en: 'Pores in the castings', ar: 'مسامات في المصبوبات' }[language]
  let hers: Page
  let his: Supabase
  let topic: string

  beforeAll(async () => {
    await Promise.all([register(world, ada), register(world, bob)])
    hers = await newVisitor(world.browser, { language })
    await signIn(world, hers, ada)
    his = await elsewhere(bob)
    topic = await openTopic(await elsewhere(ada), {
      category: 'quality',
      title,
      body: text('We see pores.'),
      visibility: 'community',
    })
  })

  const goto = async (path: string, name: string) => {
    await hers.goto(world.stack.urls.site + path)
    await hers.getByRole('heading', { level: 1, name }).waitFor()
  }
  const quiet = () => hers.getByRole('button', { name: t.title, exact: true })
  const ringing = (role: 'button' | 'link' = 'button') =>
    hers.getByRole(role, { name: t.bell_one.replace('{{number}}', '1') })
  const latest = () => hers.getByRole('dialog')
  const isFocused = (what: Locator) =>
    vi.waitFor(async () => expect(await what.evaluate((it) => it === document.activeElement)).toBe(true))

  test('a reply rings the bell at once, and is read where it is opened', async () => {
    await goto('/notifications', t.title)
    await hers.getByText(t.none).waitFor()
    await expectSound(hers, `an empty centre in ${language}`)
    await hers.goto(`${world.stack.urls.site}/people`)
    await quiet().click()
    await latest().getByText(t.none).waitFor()
    await expectSound(hers, `the empty bell in ${language}`)
    await hers.keyboard.press('Escape')
    await latest().waitFor({ state: 'detached' })

    await reply(his, { topic, body: text('Check the vents.') })
    await ringing().waitFor()
    expect(await hers.title()).toMatch(/^\(1\) /)
    await goto('/notifications', t.title)
    const notice = hers.getByRole('link').filter({ hasText: title })
    await notice.waitFor()
    await hers.getByText('Check the vents.').waitFor()
    await expectSound(hers, `the centre in ${language}`)
    await expectStill(hers, `the centre in ${language}`)

    await notice.click()
    await hers.getByRole('article').filter({ hasText: 'Check the vents.' }).waitFor()
    await ringing().waitFor({ state: 'detached' })
    expect(await hers.title()).not.toMatch(/^\(/)
  })

  test('the bell opens the latest where one is, goes on being live, and works by keyboard', async () => {
    await goto('/settings/profile', words[language].identity.profileTitle)
    await reply(his, { topic, body: text('Is it the mould?') })
    await ringing().focus()
    expect(await ringing().getAttribute('aria-expanded')).toBe('false')
    await hers.keyboard.press('Enter')
    const row = latest().getByRole('link').filter({ hasText: title }).first()
    await row.waitFor()
    await expectSound(hers, `the open bell in ${language}`)
    await expectStill(hers, `the open bell in ${language}`)

    await reply(his, { topic, body: text('Or the metal?') })
    await latest()
      .getByText(language === 'en' ? '2 new replies to you' : 'ردّان جديدان عليك')
      .waitFor()
    expect(await ringing().getAttribute('aria-expanded')).toBe('true')
    await hers.keyboard.press('ArrowDown')
    await isFocused(row)
    await hers.keyboard.press('Escape')
    await latest().waitFor({ state: 'detached' })
    await isFocused(ringing())

    await hers.keyboard.press('Enter')
    await isFocused(latest().getByRole('heading', { name: t.title }))
    await hers.keyboard.press('ArrowDown')
    await hers.keyboard.press('Enter')
    await hers.getByRole('article').filter({ hasText: 'Or the metal?' }).waitFor()
    await latest().waitFor({ state: 'detached' })
    await quiet().waitFor()
  })

  test('from the bell all is read, and there are ways on; what fails is said', async () => {
    await goto('/settings/profile', words[language].identity.profileTitle)
    await reply(his, { topic, body: text('Send a picture.') })
    await ringing().click()
    const all = latest().getByRole('button', { name: t.markAll })
    await all.press('Enter')
    await quiet().waitFor()
    await vi.waitFor(async () => expect(await all.getAttribute('aria-disabled')).toBe('true'))
    await isFocused(all)
    await latest().getByRole('link', { name: t.settings }).click()
    await hers.getByRole('heading', { level: 1, name: t.settings }).waitFor()
    await latest().waitFor({ state: 'detached' })

    await quiet().click()
    await latest().getByRole('link', { name: t.seeAll }).click()
    await hers.getByRole('heading', { level: 1, name: t.title }).waitFor()

    await intercept(hers, '**/rpc/list_notifications', (route) => route.abort())
    await goto('/settings/profile', words[language].identity.profileTitle)
    await quiet().click()
    await latest().getByRole('alert').waitFor()
    await expectSound(hers, `a bell that could not ask, in ${language}`)
    await hers.unroute('**/rpc/list_notifications')
    await latest().getByRole('button', { name: words[language].ui.tryAgain }).click()
    await latest().getByRole('link').filter({ hasText: title }).first().waitFor()
    await hers.keyboard.press('Escape')
  })

  test('on a phone the bell leads to the centre, and the bar below counts unread topics', async () => {
    await markAllRead(await elsewhere(ada))
    await hers.setViewportSize({ width: 360, height: 800 })
    await goto('/people', words[language].directory.people)
    await hers.waitForLoadState('networkidle')
    const unread = hers
      .getByRole('navigation', { name: words[language].app.navigation })
      .getByRole('link', { name: words[language].app.unreadShort })
    expect(await unread.textContent()).not.toMatch(/\d/)
    await openTopic(his, {
      category: 'quality',
      title: 'A newer question',
      body: text('How do you weigh scrap?'),
      visibility: 'community',
    })
    await unread.filter({ hasText: '1' }).waitFor()
    await reply(his, { topic, body: text('We use wax.') })
    await ringing('link').waitFor()
    await unread.filter({ hasText: '2' }).waitFor()
    await expectSound(hers, `the bar with its count in ${language}`)
    await unread.click()
    await hers.getByRole('heading', { level: 1, name: words[language].lists.unread }).waitFor()
    await expectSound(hers, `unread topics on a phone in ${language}`)
    await ringing('link').click()
    await hers.getByRole('heading', { level: 1, name: t.title }).waitFor()
    await hers.getByRole('button', { name: t.markAll }).click()
    await ringing('link').waitFor({ state: 'detached' })
    await hers.setViewportSize({ width: 1280, height: 800 })
  })

  test('who is in the topic gets no mail about it', async () => {
    await hers.goto(`${world.stack.urls.site}/forum/topics/${topic}`)
    await hers.getByText(words[language].forum.connection.joined).waitFor()
    await reply(his, { topic, body: text('For her who is here.') })
    await hers.getByRole('article').filter({ hasText: 'For her who is here.' }).waitFor()
    const owed = () =>
      sql(
        world,
        `select private.notification_mail(mail.id) as says from private.notification_mails as mail
         join auth.users on users.id = mail.user_id where users.email = $1 and closed_at is null`,
        [ada.email],
      )
    await vi.waitFor(async () => {
      const mails = await owed()
      expect(mails.length).toBeGreaterThan(0)
      expect(mails.filter(({ says }) => says)).toEqual([])
    }, 10_000)
    await markNotificationsRead(await elsewhere(ada))
    await quiet().waitFor()
  })

  test('two replies are one notice, and all is read with one press', async () => {
    await goto('/settings/profile', words[language].identity.profileTitle)
    await reply(his, { topic, body: text('And the runners.') })
    await reply(his, { topic, body: text('And the gates.') })
    await ringing().waitFor()
    await goto('/notifications', t.title)
    const newest = hers.getByRole('main').getByRole('listitem').first()
    await newest.getByText(language === 'en' ? '2 new replies to you' : 'ردّان جديدان عليك').waitFor()
    await hers.getByRole('button', { name: t.markAll }).click()
    await ringing().waitFor({ state: 'detached' })
    await hers.getByText(t.onlyUnread, { exact: true }).click()
    await hers.getByText(t.noneUnread).waitFor()
  })

  test('whoever is away gets a mail, whose link ends such mails without signing in', async () => {
    await goto('/settings/profile', words[language].identity.profileTitle)
    await reply(his, { topic, body: text('One more thing.') })
    await passGrace()
    const mail = await mailTo(ada, title)
    expect(mail.Text).toContain('> One more thing.')
    const link = /href="([^"]*\/unsubscribe\?[^"]*)"/.exec(mail.HTML)?.[1]?.replaceAll('&amp;', '&') ?? ''

    const stranger = await newVisitor(world.browser, { language, width: 390 })
    await stranger.goto(link)
    await stranger.getByText(t.kinds.reply).waitFor()
    await expectSound(stranger, `the page that ends mails in ${language}`)
    await stranger.getByRole('button', { name: t.leave.these }).click()
    await stranger.getByRole('heading', { name: t.leave.doneTitle }).waitFor()
    await expectSound(stranger, `the end of mails in ${language}`)
    await stranger.goto(`${world.stack.urls.site}/unsubscribe?token=cut-short`)
    await stranger.getByText(words[language].errors.unsubscribe_unknown).waitFor()
    await stranger.context().close()

    await goto('/settings/notifications', t.settings)
    expect(await hers.getByLabel(t.emailFor.replace('{{kind}}', t.kinds.reply)).inputValue()).toBe('none')
  })

  test('she is asked once whether a reply answers her question, and chooses how she is asked', async () => {
    await goto('/settings/notifications', t.settings)
    await markNotificationsRead(await elsewhere(ada))
    await quiet().waitFor()
    const asks = hers.getByLabel(t.emailFor.replace('{{kind}}', t.kinds.nudge))
    expect(await asks.inputValue()).toBe('at_once')
    await sql(
      world,
      `with old as (update topics set created_at = now() - interval '4 days' where id = $1 returning id)
       update posts set vote_count = 2 from old where topic_id = old.id and number = 2`,
      [topic],
    )
    await sql(world, `select private.enqueue('forum.nudge-authors', '{}')`)
    await ringing().waitFor()
    await ringing().click()
    const line = t.lines.nudge_one.replace('{{who}}', '\u2068Bob Stranger\u2069')
    await latest().getByText(line).waitFor()
    await expectSound(hers, `the question whether it is answered, in ${language}`)
    await hers.keyboard.press('Escape')
    await passGrace()
    const mail = await mailTo(ada, language === 'en' ? 'may have answered your question' : 'جواب سؤالك')
    expect(mail.HTML).toContain('/unsubscribe?token=')

    await asks.selectOption('none')
    await ringing().click()
    await latest().getByText(line).click()
    await hers.getByRole('button', { name: words[language].votes.chooseAnswer }).first().waitFor()
    await quiet().waitFor()
  })

  test('she chooses how she is told, and a summary comes at her hour', async () => {
    await goto('/settings/notifications', t.settings)
    const replies = hers.getByLabel(t.emailFor.replace('{{kind}}', t.kinds.reply))
    await replies.selectOption('daily')
    const hour = await hers.evaluate(() =>
      String(
        Number(
          new Date().toLocaleString('en-GB', { hour: '2-digit', hourCycle: 'h23', timeZone: 'Asia/Riyadh' }),
        ),
      ),
    )
    await hers.getByLabel(t.hour, { exact: true }).selectOption(hour)
    await expectSound(hers, `the settings in ${language}`)
    await expectStill(hers, `the settings in ${language}`)
    await hers.waitForLoadState('networkidle')
    await hers.reload()
    await replies.waitFor()
    expect([await replies.inputValue(), await hers.getByLabel(t.hour, { exact: true }).inputValue()]).toEqual(
      ['daily', hour],
    )
    await hers.context().setOffline(true)
    await replies.selectOption('none')
    await hers.getByRole('alert').filter({ hasText: words[language].errors.offline }).waitFor()
    expect(await replies.inputValue()).toBe('daily')
    await hers.context().setOffline(false)

    await reply(his, { topic, body: text('For the summary.') })
    await sql(
      world,
      `update notification_events set created_at = now() - interval '2 hours' where mail_id is null`,
      [],
    )
    await sql(world, `select private.enqueue('notifications.send-digests', '{}')`, [])
    const mail = await mailTo(ada, language === 'en' ? 'Today: one topic' : 'ملخص اليوم: جديد في موضوع واحد')
    expect(mail.Text).toContain(title)
  })
})
