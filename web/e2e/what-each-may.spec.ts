import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectSound, newVisitor, withLanguage } from './browser.ts'
import { sql } from './database.ts'
import {
  demoAdmin,
  demoPerson,
  type Language,
  signIn,
  signInWithCode,
  startWorld,
  type World,
  words,
} from './world.ts'

/*
 * Each actor of the place, from page to page: what they are offered, and what they find where somebody gave them an
 * address that is not for them.
 */

let world: World
beforeAll(async () => {
  world = await startWorld({ demo: true })
  await sql(
    world,
    `insert into public.platform_roles (user_id, role) select id, 'moderator' from auth.users where email = any ($1)`,
    [[demo.moderator.en, demo.moderator.ar]],
  )
})
afterAll(() => world?.stop())

const at = (path: string) => `${world.stack.urls.site}${path}`
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name, exact: true })

/** Who of the demo world is what, in whose language. */
const demo = {
  member: { en: 'lina@jubail-polymers.example', ar: 'fahad@najd-castings.example' },
  admin: { en: 'omar@jubail-polymers.example', ar: 'noura@najd-castings.example' },
  moderator: { en: 'priya@eastern-packaging.example', ar: 'salman@hijaz-foods.example' },
}

async function enter(who: keyof typeof demo, language: Language, width?: number): Promise<Page> {
  const page = await newVisitor(world.browser, { language, ...(width && { width }) })
  await signIn(world, page, { ...demoPerson, email: demo[who][language], locale: language })
  return page
}

const linksIn = (page: Page, navigation: string) =>
  page.getByRole('navigation', { name: navigation, exact: true }).getByRole('link')

/** What the links are called, without what is counted beside a name. */
async function namesIn(page: Page, navigation: string): Promise<string[]> {
  const links = linksIn(page, navigation)
  await links.first().waitFor()
  return links.evaluateAll((all) =>
    all.map(({ childNodes }) =>
      [...childNodes].map((node) => (node instanceof Text ? node.data.trim() : '')).join(''),
    ),
  )
}

const addressesFor = {
  members: ['/forum', '/people', '/organizations', '/company', '/company/members', '/settings/privacy'],
  admins: ['/company/log', '/company/invitations'],
  moderators: ['/moderation'],
  platform: [
    '/admin/organizations',
    '/admin/people',
    '/admin/roles',
    '/admin/categories',
    '/admin/tags',
    '/admin/jobs',
    '/admin/log',
    '/moderation/words',
    '/moderation/rules',
  ],
}

describe.each(['en', 'ar'] as const)('in %s', (language) => {
  const t = words[language]
  const everywhere = [
    t.forum.title,
    t.forum.allTopics,
    t.lists.unread,
    t.drafts.title,
    t.search.title,
    t.directory.people,
    t.directory.organizations,
    t.app.sections.organization,
  ]

  async function expectClosed(page: Page, paths: string[]) {
    for (const path of paths) {
      await page.goto(at(path))
      await page.getByText(t.errors.not_allowed).first().waitFor()
      expect(await page.getByRole('table').count(), path).toBe(0)
    }
    await expectSound(page, `${paths[0]}, which is not theirs`)
  }

  test('a visitor is offered the way in, reads the terms, and is asked to sign in for all else', async () => {
    const page = await newVisitor(world.browser, { language })
    await page.goto(at('/'))
    await page.getByRole('heading', { level: 1 }).waitFor()
    for (const door of ['/sign-up', '/sign-in']) await page.locator(`a[href="${door}"]`).first().waitFor()
    for (const path of Object.values(addressesFor).flat()) {
      await page.goto(at(path))
      await heading(page, t.identity.signInTitle).waitFor()
      expect(new URL(page.url()).searchParams.get('next')).toBe(path)
    }
    for (const document of ['terms', 'privacy'] as const) {
      await page.goto(at(`/legal/${document}`))
      await heading(page, t.privacy.kinds[document]).waitFor()
    }
  })

  test('a member sees the place and their company, and nobody’s address; what admins do is not offered', async () => {
    const page = await enter('member', language)
    expect(await namesIn(page, t.app.navigation)).toEqual(everywhere)
    await page.goto(at('/company'))
    expect(await namesIn(page, t.app.sections.organization)).toEqual([t.overview.title, t.members.title])

    await page.goto(at('/company/members'))
    await page.getByText(t.members.you, { exact: true }).first().waitFor()
    expect(await page.getByText('@').count()).toBe(0)
    expect(await page.getByRole('button', { name: actionsFor(t) }).count()).toBe(0)
    await page.goto(at('/people'))
    await page.getByRole('list').getByRole('link').first().waitFor()
    expect(await page.getByText('@').count()).toBe(0)
    await expectClosed(page, ['/company/log', ...addressesFor.moderators, ...addressesFor.platform])
  })

  test('an admin of a company has its people, its invitations, its profile and its log, and not the platform’s', async () => {
    const page = await enter('admin', language)
    expect(await namesIn(page, t.app.navigation)).toEqual(everywhere)
    await page.goto(at('/company/members'))
    await page
      .getByRole('button', { name: actionsFor(t) })
      .first()
      .waitFor()
    const offered = await namesIn(page, t.app.sections.organization)
    expect(offered).toEqual(
      expect.arrayContaining([
        t.overview.title,
        t.members.title,
        t.organizations.profileTitle,
        t.audit.title,
      ]),
    )
    await page.goto(at('/company/log'))
    await heading(page, t.audit.title).waitFor()
    await page.goto(at('/company/profile'))
    await heading(page, t.organizations.profileTitle).waitFor()
    await expectClosed(page, [...addressesFor.moderators, ...addressesFor.platform])
  })

  test('a moderator has the cases, and no page of the platform’s admins', async () => {
    const page = await enter('moderator', language, 390)
    await expectClosed(page, addressesFor.platform)
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.goto(at('/forum'))
    await heading(page, t.forum.title).waitFor()
    expect(await namesIn(page, t.app.navigation)).toEqual([...everywhere, t.moderation.title])
  })
})

test('an admin of the platform has all of its pages, in both languages, once the second factor is confirmed', async () => {
  const page = await newVisitor(world.browser, { language: 'en' })
  await signInWithCode(world, page, demoAdmin)
  for (const language of ['en', 'ar'] as const) {
    const t = words[language]
    const reading = language === 'en' ? page : await withLanguage(world.browser, page.context(), language)
    await reading.goto(at('/admin/organizations'))
    await heading(reading, t.administration.organizations).waitFor()
    expect(await namesIn(reading, t.app.navigation)).toContain(t.app.sections.admin)
    const tabs = [
      t.administration.organizations,
      t.administration.people,
      t.administration.rolesTitle,
      t.keeping.categories,
      t.keeping.tags,
      t.administration.jobsTitle,
      t.audit.title,
    ]
    expect(await namesIn(reading, t.app.sections.admin)).toEqual(tabs)
    for (const tab of tabs) {
      await linksIn(reading, t.app.sections.admin).filter({ hasText: tab }).first().click()
      await heading(reading, tab).waitFor()
    }
  }
})

describe('who may not act', () => {
  const cases = {
    'is deactivated': {
      become: `update public.profiles set status = 'deactivated' where id = $1`,
      title: 'title',
    },
    'was removed': { become: 'delete from public.memberships where user_id = $1', title: 'titleAlone' },
  } as const
  const people: Record<keyof typeof cases, Language> = { 'is deactivated': 'en', 'was removed': 'ar' }
  test.each(Object.entries(cases))(
    'a member who %s is told so on every page, and keeps what is their own',
    async (who, { become, title }) => {
      const language = people[who as keyof typeof cases]
      const t = words[language]
      const page = await enter('member', language)
      await sql(
        world,
        become.replace('$1', `(select id from auth.users where email = '${demo.member[language]}')`),
      )
      for (const path of ['/forum', '/people', '/company', '/company/members']) {
        await page.goto(at(path))
        await heading(page, t.app.notActive[title]).waitFor()
      }
      await expectSound(page, 'told that the account is paused')
      await page.goto(at('/settings/privacy'))
      await heading(page, t.privacy.title).waitFor()
      await page.goto(at('/settings/security'))
      await heading(page, t.security.title).waitFor()
    },
  )
})

const actionsFor = (t: (typeof words)[Language]) => new RegExp(t.members.actionsFor.replace('{{name}}', '.+'))
