import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectSound, expectStill, newVisitor, withLanguage } from './browser.ts'
import { sql } from './database.ts'
import { demoAdmin, demoPerson, signIn, signInWithCode, startWorld, type World, words } from './world.ts'

const nobodys = '00000000-0000-4000-8000-000000000000'
const visitorPages = [
  '/',
  '/sign-up',
  '/sign-in',
  '/sign-in?next=%2Fforum',
  '/forgot-password',
  '/check-mail',
  '/verify?token_hash=spent&type=signup',
  '/verify?token_hash=any&type=recovery',
  '/legal/terms',
  '/legal/privacy',
  '/invitation?token=guessed',
  '/join',
  '/unsubscribe?token=guessed',
  '/nothing/here',
]
const memberPages = [
  '/forum',
  '/forum/topics',
  '/forum/unread',
  '/forum/categories/energy',
  '/forum/categories/supply',
  '/forum/new',
  '/forum/drafts',
  '/forum/deleted',
  `/forum/topics/${nobodys}`,
  '/settings/profile',
  '/settings/security',
  '/settings/privacy',
  '/settings/standing',
  '/settings/notifications',
  '/notifications',
  '/moderation',
  '/search',
  '/search?q=zzqxv',
  '/people',
  '/people?q=zzzz',
  `/people/${nobodys}`,
  '/organizations',
  `/organizations/${nobodys}`,
  '/company',
  '/company/members',
  '/company/members?query=zzzz',
  '/company/invitations',
  '/company/profile',
  '/company/log',
  '/admin/organizations',
]
const adminPages = [
  '/admin/organizations',
  '/admin/people',
  '/admin/roles',
  '/admin/categories',
  '/admin/tags',
  '/admin/jobs',
  '/admin/log',
  '/moderation',
  '/moderation/words',
  '/moderation/rules',
  `/moderation/cases/${nobodys}`,
  `/moderation/held/${nobodys}`,
  `/admin/people/${nobodys}`,
]

let world: World
let member: BrowserContext
let admin: BrowserContext
let topics: string[]
/** Omar and his company, as addresses name them. */
let omar: { id: string; organization: string }

beforeAll(async () => {
  world = await startWorld({ demo: true })
  ;[omar] = (await sql(
    world,
    `select user_id as id, organization_id as organization from public.memberships
     join auth.users on users.id = user_id where email = $1`,
    [demoPerson.email],
  )) as [typeof omar]
  const page = await newVisitor(world.browser, { language: 'en' })
  await signIn(world, page, demoPerson)
  await page.goto(`${world.stack.urls.site}/forum/topics`)
  const links = page.getByRole('list', { name: words.en.forum.topics }).getByRole('link')
  await links.first().waitFor()
  const addresses = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''))
  // A topic's tags are links too.
  topics = addresses.filter((address) => !address.includes('?'))
  member = page.context()
  const reems = await newVisitor(world.browser, { language: 'en' })
  await signInWithCode(world, reems, demoAdmin)
  admin = reems.context()
})
afterAll(() => world?.stop())

describe.each(['en', 'ar'] as const)('in %s, light and dark, on a phone and on a wide screen', (language) => {
  let theirs: Record<'visitor' | 'member' | 'admin', Page>
  beforeAll(async () => {
    theirs = {
      visitor: await newVisitor(world.browser, { language }),
      member: await withLanguage(world.browser, member, language),
      admin: await withLanguage(world.browser, admin, language),
    }
  })

  test.each(visitorPages)('a visitor reads %s', (path) => expectSoundEverywhere(theirs.visitor, path))
  test.each(memberPages)('a member reads %s', (path) => expectSoundEverywhere(theirs.member, path))
  test.each([0, 1, 2])('a member reads topic %i of the demo world', (index) =>
    expectSoundEverywhere(theirs.member, topics[index] ?? ''),
  )
  test('a member reads the page of a person and of a company', async () => {
    await expectSoundEverywhere(theirs.member, `/people/${omar.id}`)
    await expectSoundEverywhere(theirs.member, `/organizations/${omar.organization}`)
  })
  test.each(adminPages)('an admin of the platform reads %s', (path) =>
    expectSoundEverywhere(theirs.admin, path),
  )
  test('an admin of the platform reads the page of a person and of a company', async () => {
    await expectSoundEverywhere(theirs.admin, `/admin/people/${omar.id}`)
    await expectSoundEverywhere(theirs.admin, `/admin/organizations/${omar.organization}`)
  })

  async function expectSoundEverywhere(page: Page, path: string) {
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 800 })
      await page.goto(`${world.stack.urls.site}${path}`)
      await page.getByRole('heading', { level: 1 }).first().waitFor()
      await page.waitForFunction(() => !document.querySelector('[data-loading]'))
      expect(await page.getAttribute('html', 'dir')).toBe(language === 'ar' ? 'rtl' : 'ltr')
      await expectStill(page, `${path}, ${width} pixels`)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor({ state: 'attached' })
        await expectSound(page, `${path}, ${colorScheme}, ${width} pixels`)
      }
    }
  }
})
