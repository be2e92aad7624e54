import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildExport } from '@p2p/contracts'

const prefix = 'p2p-export-'

/** Where a copy is put together; nobody else on the machine may read it. */
export const makeExportFolder = (): Promise<string> => mkdtemp(join(tmpdir(), prefix))

/**
 * Removes what workers that were killed have left on this machine, and answers how many folders that were. What is
 * younger than a job may become stays: another worker may be at it.
 */
export async function sweepExportFolders(): Promise<number> {
  const oldest = Date.now() - buildExport.settings.expireInSeconds * 1_000
  let count = 0
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(prefix)) continue
    const folder = join(tmpdir(), name)
    // Another worker may sweep at the same time.
    const found = await lstat(folder).catch(() => undefined)
    if (!found || found.uid !== process.getuid?.() || found.mtimeMs > oldest) continue
    await rm(folder, { recursive: true, force: true })
    count += 1
  }
  return count
}
