// Runs what speaks over the wire alone against any Supabase: `npm run test:against -- <url>`. It makes tables, people and
// buckets there and leaves people behind: never give it a Supabase that somebody lives on.
import { spawnSync } from 'node:child_process'
import { localKeys } from '../packages/stack/src/keys.ts'

const [given] = process.argv.slice(2)
if (!given || !URL.canParse(given)) {
  process.stderr.write('Say which Supabase: npm run test:against -- http://127.0.0.1:54321\n')
  process.exit(2)
}
const url = new URL(given)
const port = Number(url.port)

/** What every local stack has, of the CLI or of ours: known keys, and its parts on the ports that follow. */
const local = {
  TARGET_PUBLISHABLE_KEY: localKeys.publishable,
  TARGET_SECRET_KEY: localKeys.secret,
  TARGET_DB_URL: `postgresql://postgres:postgres@127.0.0.1:${port + 1}/postgres`,
  TARGET_MAILPIT_URL: `http://127.0.0.1:${port + 3}`,
}
const isLocal = ['127.0.0.1', 'localhost'].includes(url.hostname) && port > 0

const { status } = spawnSync(
  'vitest',
  [
    'run',
    '--project=conformance',
    '--project=stack',
    // Where the embedded stack has less, and says so, the other one need not.
    '--testNamePattern=^(?!.*(differs|off|missing): )',
    'tests/conformance/',
    'tests/journey-forum',
    'tests/eve-forum',
    'tests/eve-tables',
  ],
  { stdio: 'inherit', env: { ...(isLocal && local), ...process.env, TARGET_API_URL: url.origin } },
)
process.exitCode = status ?? 1
