import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newVisitor } from './browser.ts'
import {
  linkInMail,
  password,
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

describe.each([
  {
    language: 'en' as const,
    ada: somebody('Ada', 'Lovelace', 'en'),
    bob: somebody('Bob', 'Stranger', 'en'),
    title: 'Who measures leaks in compressed air?',
    question: 'Our compressors run all night.',
    answer: 'We found 31 leaks with an ultrasonic detector.',
  },
  {
    language: 'ar' as const,
    ada: somebody('آدا', 'الصانع', 'ar'),
    bob: somebody('بدر', 'الغريب', 'ar'),
    title: 'من يقيس تسريب الهواء المضغوط؟',
    question: 'ضواغطنا تعمل طوال الليل.',
    answer: 'وجدنا 31 تسريبًا بكاشف الموجات فوق الصوتية.',
  },
])('in $language', ({ language, ada, bob, title, question, answer }) => {
  const t = words[language]

  test('Ada signs up, opens a topic, and sees Bob of another company write and answer', async () => {
    const hers = await newVisitor(world.browser, { language })
    await signUpByThePages(hers, ada)
    await signOutAndIn(hers, ada)

    await hers.getByRole('link', { name: t.forum.openTopic }).first().click()
    await hers.getByLabel(t.forum.category).selectOption('energy')
    await hers.getByLabel(t.forum.topicTitle).fill(title)
    await hers.getByRole('textbox', { name: t.forum.topicBody }).click()
    await hers.keyboard.type(question)
    await hers.getByRole('button', { name: t.forum.publishTopic }).click()
    await hers.getByRole('heading', { level: 1, name: title }).waitFor()
    await hers.getByText(t.forum.connection.joined).waitFor()
    await hers.evaluate(() => document.body.setAttribute('data-never-reloaded', ''))

    await register(world, bob)
    const his = await newVisitor(world.browser, { language })
    await signIn(world, his, bob)
    await his.getByRole('link', { name: t.forum.allTopics }).first().click()
    await his.getByRole('link', { name: title }).click()
    await his.getByText(question).waitFor()

    await hers.getByRole('img', { name: `${bob.first_name} ${bob.last_name}` }).waitFor()
    await his.getByRole('textbox', { name: t.forum.yourReply }).click()
    await his.keyboard.type(answer)
    await hers.getByTestId('typing').getByText(bob.first_name).waitFor()
    await his.getByRole('button', { name: t.forum.sendReply }).click()

    await hers.getByRole('article').filter({ hasText: answer }).waitFor()
    expect(await hers.getByTestId('typing').textContent()).toBe('')
    expect(await hers.locator('body[data-never-reloaded]').count()).toBe(1)
    expect(await hers.getAttribute('html', 'dir')).toBe(language === 'ar' ? 'rtl' : 'ltr')
  })

  async function signUpByThePages(page: Page, person: Somebody) {
    await page.goto(world.stack.urls.site)
    await page.getByRole('link', { name: t.landing.signUp }).click()
    await page.getByLabel(t.identity.organization).fill(person.organization_name)
    await page.getByLabel(t.identity.firstName).fill(person.first_name)
    await page.getByLabel(t.identity.lastName).fill(person.last_name)
    await page.getByLabel(t.identity.workEmail).fill(person.email)
    await page.getByLabel(t.identity.password, { exact: true }).fill(password)
    await page.getByRole('checkbox').check()
    await page.getByRole('button', { name: t.identity.signUp }).click()
    await page.getByRole('heading', { name: t.identity.checkMailTitle }).waitFor()
    await page.goto(await linkInMail(world, person.email, 'signup'))
    await page.getByRole('heading', { level: 1, name: t.forum.title }).waitFor()
  }

  async function signOutAndIn(page: Page, person: Somebody) {
    await page.getByRole('button', { name: `${person.first_name} ${person.last_name}` }).click()
    await page.getByRole('menuitem', { name: t.identity.signOut }).click()
    await page.getByRole('heading', { name: t.landing.title }).waitFor()
    await signIn(world, page, person)
  }
})
