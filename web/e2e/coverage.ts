import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { convert } from 'ast-v8-to-istanbul'
import type { Browser, Page } from 'playwright-core'
import { parseAstAsync } from 'vite'

const folder = process.env.COVERAGE_DIR
const web = fileURLToPath(new URL('..', import.meta.url))

/** Where coverage is measured: remembers which of our own lines the page runs. */
export async function watchCoverage(page: Page): Promise<void> {
  if (folder) await page.coverage.startJSCoverage({ resetOnNavigation: false })
}

/** Writes down what all open pages of the browser have run, as Istanbul's data, for `npm run test:coverage`. */
export async function saveCoverage(browser: Browser): Promise<void> {
  if (!folder) return
  const pages = browser.contexts().flatMap((context) => context.pages())
  const found = (await Promise.all(pages.map(linesOf))).flat()
  await writeFile(join(folder, `browser-${randomUUID()}.json`), JSON.stringify(found))
}

async function linesOf(page: Page) {
  const scripts = await page.coverage.stopJSCoverage().catch(() => [])
  const ours = scripts.filter(({ url, source }) => source && new URL(url).pathname.startsWith('/src/'))
  const converted = await Promise.all(
    ours.map(async ({ url, scriptId, functions, source: code = '' }) => {
      const sourceMap = mapIn(code)
      if (!sourceMap) return []
      const file = join(web, new URL(url).pathname)
      const coverage = { scriptId, url: `file://${file}`, functions }
      return Object.values(
        await convert({ code, sourceMap, ast: parseAstAsync(code), coverage, wrapperLength: 0 }),
      )
    }),
  )
  return converted.flat()
}

// Vite serves each module with its source map in it.
function mapIn(code: string) {
  const [, map] =
    /\/\/# sourceMappingURL=data:application\/json;base64,([A-Za-z0-9+/=]+)\s*$/.exec(code) ?? []
  return map ? JSON.parse(Buffer.from(map, 'base64').toString()) : undefined
}
