// Asks Supabase's own advisors about the database that the migrations make: `npm run db:advisors`. Fails on any warning.
import { spawnSync } from 'node:child_process'
import { buildFromMigrations } from '../packages/database/src/index.ts'
import { emptyDatabase, withClient } from '../packages/database/testing/database.ts'
import { throwAwayPostgres } from '../packages/stack/testing/postgres.ts'

const postgres = await throwAwayPostgres()
try {
  const { url } = await emptyDatabase(postgres.adminUrl, 'advised')
  await withClient(url, buildFromMigrations)
  const { status } = spawnSync(
    'supabase',
    ['db', 'advisors', `--remote=${url}`, '--level=warn', '--fail-on=warn'],
    { stdio: 'inherit', env: { ...process.env, PGSSLMODE: 'disable', SUPABASE_TELEMETRY_DISABLED: '1' } },
  )
  process.exitCode = status ?? 1
} finally {
  await postgres.stop()
}
