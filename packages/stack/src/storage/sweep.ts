import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { withClient } from '../sql.ts'
import { ifMissing, keepFiles } from './files.ts'
import { UnfinishedUploads } from './resumable/unfinished.ts'

/** Where Storage keeps what it is given, below the stack's folder. */
export const storagePlaces = ({ dir }: Pick<Config, 'dir'>) => ({
  objects: join(dir, 'storage', 'objects'),
  uploads: join(dir, 'storage', 'uploads'),
})

/**
 * Throws away what a process that was killed has left: bytes whose row was never written, or is no more, and uploads that
 * nobody finished in time. Only while nobody answers at the gateway: bytes are there before their row is.
 */
export const sweepStorage = (config: Config): Promise<void> => sweep(config, 0)

/** No upload stands still that long between its last byte and its row, in milliseconds: Node ends a request before. */
const oldEnough = 10 * 60 * 1000

/** The same while the gateway answers: what is old. */
export const sweepOld = (config: Config): Promise<void> => sweep(config, oldEnough)

async function sweep(config: Config, age: number): Promise<void> {
  const places = storagePlaces(config)
  const files = keepFiles(places.objects)
  const uploads = new UnfinishedUploads(places.uploads, files, async () => false)
  await uploads.deleteExpired()
  const unfinished = await uploads.versions()
  const found = (await files.versions()).filter((version) => !unfinished.has(version))
  if (found.length === 0) return
  const kept = await versionsWithRow(config.databaseAs('supabase_storage_admin'))
  for (const version of found) {
    if (kept.has(version)) continue
    const file = await stat(files.path(version)).catch(ifMissing)
    if (file && file.mtimeMs <= Date.now() - age) await files.remove([version])
  }
}

const versionsWithRow = (url: string): Promise<Set<string>> =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ version: string }>(
      'select version from storage.objects where version is not null',
    )
    return new Set(rows.map(({ version }) => version))
  })
