import { randomUUID } from 'node:crypto'
import { glob, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mergeScriptCovs, type ScriptCov } from '@bcoe/v8-coverage'
import { convert } from 'ast-v8-to-istanbul'
import type { CDPSession, Page } from 'playwright-core'
import { parseAstAsync } from 'vite'

const folder = process.env.COVERAGE_DIR
const root = fileURLToPath(new URL('../..', import.meta.url))
/** What each of the site's scripts, by path, has run so far, in all pages. */
const seen = new Map<string, ScriptCov>()
const watched = new Set<CDPSession>()

/**
 * Where coverage is measured: remembers which of our own lines the page runs. V8 is asked directly: Playwright's own way
 * reads the text of every script at every navigation, which takes as long as the stories themselves. What a page ran
 * is gone when it is left, so it is asked before. Whether, not how often: counting keeps V8 from optimizing. Pages in
 * Arabic run the same lines and are left alone: being watched, a page takes a third longer.
 */
export async function watchCoverage(page: Page): Promise<void> {
  if (!folder || (await page.evaluate(() => navigator.language)).startsWith('ar')) return
  const session = await page.context().newCDPSession(page)
  await session.send('Profiler.enable')
  await session.send('Profiler.startPreciseCoverage', { callCount: false, detailed: true })
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

/** Writes down what all pages of these stories have run, as V8 says it. */
export async function saveCoverage(): Promise<void> {
  if (!folder) return
  for (const session of watched) await remember(session)
  watched.clear()
  await writeFile(join(folder, `pages-${randomUUID()}.json`), JSON.stringify([...seen.values()]))
  seen.clear()
}

/**
 * Writes down which lines all stories have run of the site built in `site`, as Istanbul's data, for
 * `npm run test:coverage`. Once for all of them: that takes seconds.
 */
export async function convertCoverage(site: string): Promise<void> {
  if (!folder) return
  const all = new Map<string, ScriptCov[]>()
  for await (const file of glob(join(folder, 'pages-*.json'))) {
    const scripts: ScriptCov[] = JSON.parse(await readFile(file, 'utf8'))
    for (const script of scripts) all.set(script.url, [...(all.get(script.url) ?? []), script])
  }
  const found = []
  for (const scripts of all.values()) {
    const script = mergeScriptCovs(scripts)
    if (script) found.push(...(await linesOf(script, site)))
  }
  await writeFile(join(folder, 'browser.json'), JSON.stringify(found))
}

/** What a page has run since it was asked last; nothing of a page that was closed. */
async function remember(session: CDPSession): Promise<void> {
  const taken = await session.send('Profiler.takePreciseCoverage').catch(() => undefined)
  for (const script of taken?.result ?? []) {
    const path = URL.canParse(script.url) ? new URL(script.url).pathname : ''
    if (!/^\/assets\/.*\.js$/.test(path)) continue
    const before = seen.get(path)
    const both = mergeScriptCovs([...(before ? [before] : []), { ...script, url: path }])
    if (both) seen.set(path, both)
  }
}

/**
 * A built script holds many of our files, and others': its source map says which, seen from where it was built. The
 * bundler's own has none.
 */
async function linesOf(script: ScriptCov, site: string) {
  const file = join(site, script.url)
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
