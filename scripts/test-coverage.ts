// Runs all tests and measures which lines of our own code ran: `npm run test:coverage`. Tests start processes of their
// own (the stack, the worker) and a browser; each leaves what V8 saw in a folder, and all of it is one sum here. Ends
// with 1 where a test failed, 2 where too few lines ran, 3 where both is so.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { convert } from 'ast-v8-to-istanbul'
import { parseAstAsync } from 'vite'

const least = 90
const root = fileURLToPath(new URL('..', import.meta.url))
const seen = mkdtempSync(join(tmpdir(), 'p2p-coverage-'))

const tests = spawnSync('vitest', ['run', '--coverage', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, COVERAGE_DIR: seen },
})

/** How often each line ran, by file. A line that several processes ran counts for all of them. */
const lines = new Map<string, Map<number, number>>()

type Statements = {
  statementMap: Record<string, { start: { line: number } }>
  s: Record<string, number>
}

function add(file: string, { statementMap, s }: Statements): void {
  const counts = lines.get(file) ?? new Map<number, number>()
  lines.set(file, counts)
  for (const [id, { start }] of Object.entries(statementMap)) {
    counts.set(start.line, Math.max(counts.get(start.line) ?? 0, s[id] ?? 0))
  }
}

/** As vitest.config.ts has it: what measures and what runs the checks runs outside of the tests. */
const skipped = /\.test\.|\/scripts\/(bench|ci|test-coverage|db-advisors)\b/

type Script = Parameters<typeof convert>[0]['coverage'] & { source?: string }

/** Node runs our files with their types blanked out: what V8 says of the code holds for the file. */
async function addScript(script: Script): Promise<void> {
  const file = script.url.startsWith('file:') ? fileURLToPath(script.url) : script.url
  const ours = file.startsWith(root) && /\/(src|testing|scripts)\//.test(file)
  if (!ours || file.includes('node_modules') || skipped.test(file)) return
  const text = readFileSync(file, 'utf8')
  const code = file.endsWith('.ts') ? stripTypeScriptTypes(text) : text
  const coverage = await convert({ code, ast: parseAstAsync(code), coverage: script, wrapperLength: 0 })
  for (const data of Object.values(coverage)) add(file, data)
}

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'))

/** None where a process was ended while it wrote them down. */
function scriptsIn(file: string): Script[] {
  try {
    return read(file).result
  } catch (fault) {
    if (fault instanceof SyntaxError) return []
    throw fault
  }
}

for (const [file, data] of Object.entries<Statements>(read(join(root, 'coverage/coverage-final.json'))))
  add(file, data)
for (const name of readdirSync(seen).filter((name) => name.startsWith('coverage-'))) {
  for (const script of scriptsIn(join(seen, name))) await addScript(script)
}
// Where no story ran, there is none.
const browser = join(seen, 'browser.json')
if (existsSync(browser)) {
  for (const data of read(browser) as (Statements & { path: string })[]) add(data.path, data)
}

const folders = new Map<string, { ran: number; all: number }>()
for (const [file, counts] of lines) {
  const folder = relative(root, file).split('/src/')[0]!.split('/').slice(0, 2).join('/')
  for (const name of [folder, 'all']) {
    const sum = folders.get(name) ?? { ran: 0, all: 0 }
    folders.set(name, {
      ran: sum.ran + [...counts.values()].filter(Boolean).length,
      all: sum.all + counts.size,
    })
  }
}
const percent = ({ ran, all }: { ran: number; all: number }) => (100 * ran) / all
for (const [name, sum] of [...folders].sort(([a], [b]) => a.localeCompare(b))) {
  process.stdout.write(
    `${name.padEnd(24)} ${percent(sum).toFixed(1).padStart(5)} %  ${sum.ran} of ${sum.all} lines\n`,
  )
}
const enough = percent(folders.get('all')!) >= least
if (!enough) process.stdout.write(`Fewer than ${least} % of lines ran.\n`)
process.exitCode = (tests.status === 0 ? 0 : 1) + (enough ? 0 : 2)
