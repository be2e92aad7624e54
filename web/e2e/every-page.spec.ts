import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectSound, newVisitor, withLanguage } from './browser.ts'
import { demoPerson, signIn, startWorld, type World, words } from './world.ts'

const visitorPages = [
  '/',
  '/sign-up',
  '/sign-in',
  '/sign-in?next=%2Fforum',
  '/forgot-password',
  '/check-mail',
  '/verify?token_hash=spent&type=signup',
  '/verify?token_hash=any&type=recovery',
  '/nothing/here',
]
const memberPages = [
  '/forum',
  '/forum/topics',
  '/forum/categories/energy',
  '/forum/categories/supply',
  '/forum/new',
  '/forum/topics/00000000-0000-4000-8000-000000000000',
  '/settings/profile',
  '/reset-password',
]

let world: World
let member: BrowserContext
let topics: string[]

beforeAll(async () => {
  world = await startWorld({ demo: true })
  const page = await newVisitor(world.browser, { language: 'en' })
  await signIn(world, page, demoPerson)
  await page.goto(`${world.stack.urls.site}/forum/topics`)
  const links = page.getByRole('list', { name: words.en.forum.topics }).getByRole('link')
  await links.first().waitFor()
  topics = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''))
  member = page.context()
})
afterAll(() => world?.stop())

describe.each(['en', 'ar'] as const)('in %s, light and dark, on a phone and on a wide screen', (language) => {
  let theirs: { visitor: Page; member: Page }
  beforeAll(async () => {
    const visitor = await newVisitor(world.browser, { language })
    theirs = { visitor, member: await withLanguage(world.browser, member, language) }
  })

  test.each(visitorPages)('a visitor reads %s', (path) => expectSoundEverywhere(theirs.visitor, path))
  test.each(memberPages)('a member reads %s', (path) => expectSoundEverywhere(theirs.member, path))
  test.each([0, 1, 2])('a member reads topic %i of the demo world', (index) =>
    expectSoundEverywhere(theirs.member, topics[index] ?? ''),
  )

  async function expectSoundEverywhere(page: Page, path: string) {
    await page.goto(`${world.stack.urls.site}${path}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForFunction(() => !document.querySelector('[data-loading]'))
    expect(await page.getAttribute('html', 'dir')).toBe(language === 'ar' ? 'rtl' : 'ltr')
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 800 })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor()
        await expectSound(page, `${path}, ${colorScheme}, ${width} pixels`)
      }
    }
  }
})
