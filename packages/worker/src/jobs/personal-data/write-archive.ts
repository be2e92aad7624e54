import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'

/** A file on disk and its place in the archive. */
export type Entry = { file: string; path: string }

/** Writes files into a ZIP, one after the other, none of them whole in memory. */
export async function writeArchive(
  entries: readonly Entry[],
  target: string,
  signal: AbortSignal,
): Promise<void> {
  const zip = new ZipFile()
  const failed = new AbortController()
  // A file that cannot be read is told here and nowhere else.
  zip.on('error', (error) => failed.abort(error))
  for (const { file, path } of entries) zip.addFile(file, path)
  zip.end()
  await pipeline(zip.outputStream, createWriteStream(target), {
    signal: AbortSignal.any([signal, failed.signal]),
  })
}
