import { jobs, queuesOf } from '@p2p/contracts'
import { lawFiles, queueSchema, type SqlFile } from './law.ts'

const note = (source: string) =>
  `-- Derived from ${source} by \`npm run db:migrations\`; change that, not this.\n\n`

/** The migrations that are derived, as they should stand in `supabase/migrations` until the first release. */
export async function derivedMigrations(): Promise<SqlFile[]> {
  const law = (await lawFiles()).map(({ text }) => text)
  return [
    { name: '20261121000000_pgboss.sql', text: note('the queue library pg-boss') + queueSchema() },
    { name: '20261121000100_baseline.sql', text: note('sql/') + law.join('\n') },
    { name: '20261121000200_queues.sql', text: note('packages/contracts/src/jobs.ts') + queues() },
  ]
}

/** Queues are there before the first worker is, so that a change that promises work never fails for lack of one. */
const queues = () =>
  jobs
    .flatMap(queuesOf)
    .map(({ name, options }) => {
      const settings = JSON.stringify({ policy: 'standard', ...options })
      return `select pgboss.create_queue('${name}', '${settings}');\n`
    })
    .join('')
