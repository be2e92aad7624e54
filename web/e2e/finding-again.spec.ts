import { connect, openTopic } from '@p2p/client'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { expectSound, expectStill, newVisitor } from './browser.ts'
import { sql } from './database.ts'
import { forgetful, register, signIn, somebody, startWorld, type World, words } from './world.ts'

let world: World
const people = { en: somebody('Ada', 'Lovelace', 'en'), ar: somebody('Bob', 'Hopper', 'ar') }

beforeAll(async () => {
  world = await startWorld()
  for (const person of Object.values(people)) await register(world, person)
  const { api } = world.stack.urls
  const ada = connect({ url: api, key: world.stack.keys.publishable, auth: forgetful() })
  await ada.auth.signInWithPassword(people.en)
  const write = (title: string, text: string) =>
    openTopic(ada, {
      category: 'quality',
      title,
      body: { type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] },
      visibility: 'community',
    })
  await write('Porosity in castings', 'We see pores in aluminium since the furnace is new.')
  await write('اهتزاز المضخات', 'تهتز المضخّة بشدة، والأفران تعمل بلا توقف.')
  // As the job does every ten minutes, for what was written just now.
  await sql(world, `update private.search_entries set written_at = written_at - interval '2 minutes'`)
  await sql(world, 'select private.learn_words()')
})
afterAll(() => world?.stop())

const asked = {
  en: {
    part: 'alumin',
    hit: 'aluminium',
    mistyped: 'furnase',
    meant: 'furnace',
    title: 'Porosity in castings',
  },
  ar: { part: 'المضخه', hit: 'المضخّة', mistyped: 'مضحة', meant: 'مضخه', title: 'اهتزاز المضخات' },
}

describe.each(['en', 'ar'] as const)('in %s', (language) => {
  const t = words[language]
  const { part, hit, mistyped, meant, title } = asked[language]
  let page: Page
  beforeAll(async () => {
    page = await newVisitor(world.browser, { language })
    await signIn(world, page, people[language])
  })
  const field = () => page.getByRole('searchbox', { name: t.search.label })
  const result = () => page.getByRole('list', { name: t.search.results }).getByRole('link', { name: title })

  test('a part of a word is enough; the address keeps what was asked', async () => {
    await page.getByRole('link', { name: t.search.title, exact: true }).first().click()
    await page.getByText(t.search.nothingAsked).waitFor()
    await expectSound(page, 'the search, before anything is asked')
    await field().fill(part)
    await result().waitFor()
    expect(await page.locator('mark').allTextContents()).toContainEqual(expect.stringContaining(hit))
    await vi.waitFor(() => expect(new URL(page.url()).searchParams.get('q')).toBe(part))
    await expectSound(page, 'what was found')
    await page.reload()
    await result().waitFor()
    await expectStill(page, 'what was found')
  })

  test('a mistyped word is taken for what was meant, and that is said', async () => {
    await field().fill(mistyped)
    await page.getByRole('status').filter({ hasText: meant }).waitFor()
    await result().click()
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
    await page.goBack()
    await result().waitFor()
  })

  test('what is nowhere says so, on a phone as well', async () => {
    await page.setViewportSize({ width: 360, height: 800 })
    await field().fill('zzqxv')
    await page.getByText(t.search.nothing).waitFor()
    await expectSound(page, 'nothing found')
    await page.getByLabel(t.search.category).selectOption('quality')
    await field().fill(part)
    await result().waitFor()
    await expectSound(page, 'what was found, on a phone')
  })

  test('what is answered can be told from what is not', async () => {
    const state = page.getByLabel(t.search.state)
    await state.selectOption({ label: t.search.answered })
    await page.getByText(t.search.nothing).waitFor()
    await page.reload()
    await page.getByText(t.search.nothing).waitFor()
    await state.selectOption({ label: t.search.unanswered })
    await result().waitFor()
  })
})
