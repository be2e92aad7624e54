import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mergeScriptCovs, type ScriptCov } from '@bcoe/v8-coverage'
import { convert } from 'ast-v8-to-istanbul'
import type { CDPSession, Page } from 'playwright-core'
import { parseAstAsync } from 'vite'

const folder = process.env.COVERAGE_DIR
const web = fileURLToPath(new URL('..', import.meta.url))
/** What each of our scripts has run so far, in all pages. */
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
  const [goto, reload] = [page.goto.bind(page), page.reload.bind(page)]
  page.goto = async (...to) => {
    await remember(session)
    return goto(...to)
  }
  page.reload = async (...how) => {
    await remember(session)
    return reload(...how)
  }
}

/** Writes down what all open pages have run, as Istanbul's data, for `npm run test:coverage`. The site still answers. */
export async function saveCoverage(): Promise<void> {
  if (!folder) return
  for (const session of watched) await remember(session)
  watched.clear()
  const found = await Promise.all([...seen.values()].map(linesOf))
  seen.clear()
  await writeFile(join(folder, `browser-${randomUUID()}.json`), JSON.stringify(found.flat()))
}

/** What a page has run since it was asked last; nothing of a page that was closed. */
async function remember(session: CDPSession): Promise<void> {
  const taken = await session.send('Profiler.takePreciseCoverage').catch(() => undefined)
  for (const script of taken?.result ?? []) {
    const before = seen.get(script.url)
    const both = isOurs(script.url) && mergeScriptCovs(before ? [before, script] : [script])
    if (both) seen.set(script.url, both)
  }
}

const isOurs = (url: string) => URL.canParse(url) && /^\/src\/.*\.tsx?$/.test(new URL(url).pathname)

async function linesOf(script: ScriptCov) {
  const code = await (await fetch(script.url)).text()
  const sourceMap = mapIn(code)
  if (!sourceMap) return []
  const coverage = { ...script, url: `file://${join(web, new URL(script.url).pathname)}` }
  return Object.values(
    await convert({ code, sourceMap, ast: parseAstAsync(code), coverage, wrapperLength: 0 }),
  )
}

// Vite serves each module with its source map in it.
function mapIn(code: string) {
  const [, map] =
    /\/\/# sourceMappingURL=data:application\/json;base64,([A-Za-z0-9+/=]+)\s*$/.exec(code) ?? []
  return map ? JSON.parse(Buffer.from(map, 'base64').toString()) : undefined
}
