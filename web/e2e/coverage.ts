import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mergeScriptCovs, type ScriptCov } from '@bcoe/v8-coverage'
import { convert } from 'ast-v8-to-istanbul'
import type { CDPSession, Page } from 'playwright-core'
import { parseAstAsync } from 'vite'

const folder = process.env.COVERAGE_DIR
const root = fileURLToPath(new URL('../..', import.meta.url))
/** What each of the site's scripts has run so far, in all pages. */
const seen = new Map<string, ScriptCov>()
const watched = new Set<CDPSession>()

/**
 * Where coverage is measured: remembers which of our own lines the page runs. V8 is asked directly: Playwright's own way
 * reads the text of every script at every navigation, which takes as long as the stories themselves. What a page ran
 * is gone when it is left, so it is asked before.
 */
export async function watchCoverage(page: Page): Promise<void> {
  if (!folder) return
  const session = await page.context().newCDPSession(page)
  await session.send('Profiler.enable')
  await session.send('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  watched.add(session)
  const [goto, reload, close] = [page.goto.bind(page), page.reload.bind(page), page.close.bind(page)]
  page.goto = async (...to) => {
    await remember(session)
    return goto(...to)
  }
  page.reload = async (...how) => {
    await remember(session)
    return reload(...how)
  }
  page.close = async (...how) => {
    await remember(session)
    watched.delete(session)
    return close(...how)
  }
}

/** Writes down what all pages have run of the site built in `site`, as Istanbul's data, for `npm run test:coverage`. */
export async function saveCoverage(site: string): Promise<void> {
  if (!folder) return
  for (const session of watched) await remember(session)
  watched.clear()
  const found = []
  for (const script of seen.values()) found.push(...(await linesOf(script, site)))
  seen.clear()
  await writeFile(join(folder, `browser-${randomUUID()}.json`), JSON.stringify(found))
}

/** What a page has run since it was asked last; nothing of a page that was closed. */
async function remember(session: CDPSession): Promise<void> {
  const taken = await session.send('Profiler.takePreciseCoverage').catch(() => undefined)
  for (const script of taken?.result ?? []) {
    const before = seen.get(script.url)
    const both = isOfSite(script.url) && mergeScriptCovs(before ? [before, script] : [script])
    if (both) seen.set(script.url, both)
  }
}

const isOfSite = (url: string) => URL.canParse(url) && /^\/assets\/.*\.js$/.test(new URL(url).pathname)

/** A built script holds many of our files, and others': its source map says which. The bundler's own has none. */
async function linesOf(script: ScriptCov, site: string) {
  const file = join(site, new URL(script.url).pathname)
  const map = await readFile(`${file}.map`, 'utf8').catch(() => null)
  if (!map) return []
  const code = await readFile(file, 'utf8')
  const found = await convert({
    code,
    sourceMap: JSON.parse(map),
    ast: parseAstAsync(code),
    coverage: { ...script, url: `file://${file}` },
    wrapperLength: 0,
  })
  return Object.values(found).filter(
    ({ path }) => path.startsWith(root) && /\.tsx?$/.test(path) && !path.includes('node_modules'),
  )
}
