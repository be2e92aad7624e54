import { prepare } from '@p2p/stack/prepare'
import pg from 'pg'
import { buildFromLaw, migrationFiles, runFiles } from '../src/law.ts'

const templateName = 'p2p_law'

const urlOf = (adminUrl: string, database: string, user = 'postgres') => {
  const url = new URL(adminUrl)
  url.pathname = `/${database}`
  url.username = user
  return url.href
}

/** Runs `work` on a connection and closes it. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

export type ScratchDatabase = {
  url: string
  adminUrl: string
  /** Ends all connections to it; nothing happens where it is gone already. */
  drop: () => Promise<void>
}

/** An empty database that is prepared as Supabase prepares it. */
export async function emptyDatabase(adminUrl: string, name: string): Promise<ScratchDatabase> {
  await withClient(adminUrl, (admin) => admin.query(`create database ${name} owner postgres`))
  await prepare(urlOf(adminUrl, name, 'supabase_admin'))
  return scratch(adminUrl, name)
}

/** A database of its own, built from sql/ and with its reference rows; a clone of a template that is built once a run. */
export async function lawDatabase(adminUrl: string): Promise<ScratchDatabase> {
  const name = `p2p_${crypto.randomUUID().replaceAll('-', '')}`
  await withClient(adminUrl, async (admin) => {
    await admin.query(`select pg_advisory_lock(hashtext('${templateName}'))`)
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [templateName])
    if (!rowCount) await buildTemplate(adminUrl, admin)
    await admin.query(`create database ${name} template ${templateName} owner postgres`)
  })
  return scratch(adminUrl, name)
}

async function buildTemplate(adminUrl: string, admin: pg.Client): Promise<void> {
  const building = `${templateName}_building`
  await admin.query(`drop database if exists ${building} with (force)`)
  const { url } = await emptyDatabase(adminUrl, building)
  await withClient(url, async (client) => {
    await buildFromLaw(client)
    await runFiles(client, await referenceFiles())
  })
  await admin.query(`alter database ${building} rename to ${templateName}`)
}

/** The migrations that bring rows: what every database holds from its first day. */
async function referenceFiles() {
  return (await migrationFiles()).filter(({ name }) =>
    /_(queues|categories|legal_documents|reference)\.sql$/.test(name),
  )
}

const scratch = (adminUrl: string, name: string): ScratchDatabase => ({
  url: urlOf(adminUrl, name),
  adminUrl: urlOf(adminUrl, name, 'supabase_admin'),
  drop: () =>
    withClient(
      adminUrl,
      async (admin) => void (await admin.query(`drop database if exists ${name} with (force)`)),
    ),
})
