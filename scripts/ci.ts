// All checks in a row, then their sum as "N passed, N failed": `npm run ci`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

const statusOf = (command: string, ...args: string[]): number => {
  process.stdout.write(`\n── ${[command, ...args].join(' ')}\n`)
  return spawnSync(command, args, { stdio: 'inherit' }).status ?? 1
}
const run = (...command: Parameters<typeof statusOf>): boolean => statusOf(...command) === 0

const report = join(mkdtempSync(join(tmpdir(), 'p2p-ci-')), 'tests.json')
const TestReport = z.object({ numPassedTests: z.number(), numFailedTests: z.number() })

/** A run that ended before it could count is one failure. */
function countTests(exitedWell: boolean): { passed: number; failed: number } {
  try {
    const { numPassedTests: passed, numFailedTests } = TestReport.parse(
      JSON.parse(readFileSync(report, 'utf8')),
    )
    return { passed, failed: exitedWell ? numFailedTests : Math.max(numFailedTests, 1) }
  } catch {
    return { passed: 0, failed: 1 }
  }
}

const checks = [
  run('npm', 'run', '--silent', 'lint'),
  run('npm', 'run', '--silent', 'types'),
  run('npm', 'run', '--silent', 'db:advisors'),
  run('npm', 'run', '--silent', 'build'),
]
const measured = statusOf(
  'npm',
  'run',
  '--silent',
  'test:coverage',
  '--',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
)
const tests = countTests((measured & 1) === 0)
checks.push((measured & 2) === 0)

const passed = tests.passed + checks.filter(Boolean).length
const failed = tests.failed + checks.filter((fine) => !fine).length
process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
process.exitCode = failed > 0 ? 1 : 0
