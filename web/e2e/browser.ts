import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import chromium from '@sparticuz/chromium'
import type axe from 'axe-core'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  chromium as playwright,
  type Route,
} from 'playwright-core'
import { expect } from 'vitest'
import { watchCoverage } from './coverage.ts'

export type Look = { language: 'ar' | 'en'; width?: number }

// The package's own arguments are for a serverless machine: one process, which dies with its first context, and no
// web security. A browser that tests should be a browser.
const args = ['--no-sandbox', '--disable-setuid-sandbox', '--disable-gpu', '--disable-dev-shm-usage']

export async function openBrowser(): Promise<Browser> {
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    args,
    headless: true,
    // Without it a file whose name is not ASCII is saved as "download".
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  })
}

/** Somebody's own browser: nothing in it is shared with another's. */
export const newVisitor = async (browser: Browser, look: Look): Promise<Page> =>
  openTab(await newContext(browser, look))

/** The same person, signed in as before, who reads another language on this device. */
export async function withLanguage(
  browser: Browser,
  person: BrowserContext,
  language: Look['language'],
): Promise<Page> {
  const context = await newContext(browser, { language }, { storageState: await person.storageState() })
  await context.addInitScript((chosen) => localStorage.setItem('language', chosen), language)
  return openTab(context)
}

function newContext(browser: Browser, { language, width = 1280 }: Look, more: BrowserContextOptions = {}) {
  return browser.newContext({
    viewport: { width, height: 800 },
    locale: language === 'ar' ? 'ar-SA' : 'en-GB',
    reducedMotion: 'reduce',
    ...more,
  })
}

/** How long a page may take for what it is asked to do. */
const patience = 20_000

/** One more page of somebody's browser. */
export async function openTab(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  await page.addInitScript(watchShifts)
  page.setDefaultTimeout(patience)
  await watchCoverage(page)
  return page
}

/**
 * Answers what a page asks of an address, until `page.unroute` ends it. Chrome says that it intercepts while a busy page
 * still lets requests leave; so the page asks for something that only the story answers.
 */
export async function intercept(page: Page, ...route: Parameters<Page['route']>): Promise<void> {
  const probe = '/intercepted'
  await page.route(...route)
  await page.route(`**${probe}`, (route) => route.fulfill({ status: 204 }))
  await expect.poll(() => page.evaluate(async (url) => (await fetch(url)).status, probe)).toBe(204)
  await page.unroute(`**${probe}`)
}

/** Keeps the next request to an address from leaving; the story says how it goes on with what `asked` brings. */
export async function hold(page: Page, address: string): Promise<{ asked: Promise<Route> }> {
  const { promise, resolve, reject } = Promise.withResolvers<Route>()
  await intercept(page, address, resolve, { times: 1 })
  const late = setTimeout(() => reject(new Error(`Nobody asks for ${address}.`)), patience)
  const asked = promise.finally(() => clearTimeout(late))
  // Told to whoever waits for it; a story that has failed before does not.
  asked.catch(() => {})
  return { asked }
}

const axeSource = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** No fault that axe finds, and nothing to scroll sideways. `where` names the page in the failure. */
export async function expectSound(page: Page, where: string): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource)
  const found = await page.evaluate(async (runOnly) => {
    const { violations } = await window.axe.run({ runOnly, resultTypes: ['violations'] })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`)
  }, rules)
  expect(found, where).toEqual([])
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  expect(tooWide, `${where} scrolls sideways`).toBe(0)
}

declare global {
  interface Window {
    axe: typeof axe
    shifts?: { size: number; of: string }[]
  }
}

/** Remembers in the page what jumped without anybody having touched it. */
function watchShifts() {
  const shifts: { size: number; of: string }[] = []
  window.shifts = shifts
  type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node: Node | null }[] }
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries() as Shift[]) {
      const of = sources.map(({ node }) => (node instanceof Element ? node.outerHTML.slice(0, 120) : ''))
      if (!hadRecentInput) shifts.push({ size: value, of: of.join(' | ') })
    }
  }).observe({ type: 'layout-shift', buffered: true })
}

/** What counts as good (https://web.dev/articles/cls). */
const mostShift = 0.1

/** Nothing jumped while the page came together. */
export async function expectStill(page: Page, where: string): Promise<void> {
  const shifts = await page.evaluate(() => window.shifts ?? [])
  const sum = shifts.reduce((total, { size }) => total + size, 0)
  expect(sum, `${where} jumps: ${JSON.stringify(shifts)}`).toBeLessThan(mostShift)
}
