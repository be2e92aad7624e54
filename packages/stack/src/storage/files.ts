import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { faults, StorageFault } from './fault.ts'

/** Bytes that are on the disk for good. */
export type Written = {
  version: string
  size: number
  /** As S3 makes it: the MD5 of the bytes, in quotes. */
  eTag: string
  lastModified: string
}

export type Files = {
  /** Keeps new bytes under a version of their own. More than `most` bytes are refused, and nothing stays. */
  write(body: AsyncIterable<Uint8Array>, most: number): Promise<Written>
  /** Keeps a file that lies elsewhere on this disk, which is then no longer there. */
  adopt(path: string, version: string): Promise<Written>
  copy(version: string): Promise<string>
  /** Nothing where there is no such version. Either stream or close ends it. */
  open(version: string): Promise<OpenFile | undefined>
  path(version: string): string
  remove(versions: Iterable<string>): Promise<void>
  versions(): Promise<string[]>
}

export type Range = { start: number; end: number }
export type OpenFile = {
  size: number
  /** The bytes from `start` to `end`, both included; all of them where no range is named. */
  stream(range?: Range): ReadableStream<Uint8Array>
  close(): Promise<void>
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
export const isVersion = (text: string) => uuid.test(text)

/**
 * Keeps the bytes of each version of each object in a file named after the version, which is a random number: no name
 * that people choose becomes a path. A file is flushed to the disk before its row says that it is there, and never changed
 * afterwards, so that a row and its bytes cannot part.
 */
export function keepFiles(dir: string): Files {
  const path = (version: string) => {
    if (!isVersion(version)) throw faults.noObject()
    return join(dir, version.slice(0, 2), version)
  }

  async function write(body: AsyncIterable<Uint8Array>, most: number): Promise<Written> {
    const version = randomUUID()
    const target = path(version)
    await mkdir(dirname(target), { recursive: true })
    const hash = createHash('md5')
    let size = 0
    try {
      await using file = await open(target, 'wx', 0o600)
      for await (const chunk of body) {
        size += chunk.byteLength
        if (size > most) throw faults.tooLarge()
        hash.update(chunk)
        await writeAll(file, chunk)
      }
      await file.sync()
      await flushFolder(dirname(target))
    } catch (error) {
      await rm(target, { force: true })
      throw error instanceof StorageFault ? error : brokenOff(error)
    }
    return { version, size, eTag: `"${hash.digest('hex')}"`, lastModified: new Date().toISOString() }
  }

  return {
    write,
    path,
    async adopt(from, version) {
      const target = path(version)
      await mkdir(dirname(target), { recursive: true })
      // Where it broke off after that, they have been moved already.
      if (await stat(from).catch(ifMissing)) await rename(from, target)
      const { size, eTag } = await describe(target)
      await flushFolder(dirname(target))
      return { version, size, eTag, lastModified: new Date().toISOString() }
    },
    async copy(from) {
      const version = randomUUID()
      const target = path(version)
      await mkdir(dirname(target), { recursive: true })
      await copyFile(path(from), target)
      await using file = await open(target, 'r+')
      await file.sync()
      await flushFolder(dirname(target))
      return version
    },
    async open(version) {
      if (!isVersion(version)) return undefined
      const file = await open(path(version)).catch(ifMissing)
      if (!file) return undefined
      const { size } = await file.stat()
      return {
        size,
        stream: (range) =>
          Readable.toWeb(createReadStream('', { fd: file, ...range })) as ReadableStream<Uint8Array>,
        close: () => file.close(),
      }
    },
    async remove(versions) {
      for (const version of versions) if (isVersion(version)) await rm(path(version), { force: true })
    },
    async versions() {
      const names = await readdir(dir, { recursive: true }).catch(ifMissing)
      return (names ?? []).map((name) => basename(name)).filter(isVersion)
    },
  }
}

export const ifMissing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== 'ENOENT') throw error
}

/** A sender that went away is no failure of ours; a disk that is full is. */
function brokenOff(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EIO' || code === 'EACCES' || code === 'EMFILE'
    ? error
    : new StorageFault(500, 'AbortedTerminate', 'The upload broke off', { status: 400 })
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.byteLength; ) at += (await file.write(chunk, at)).bytesWritten
}

async function describe(path: string): Promise<{ size: number; eTag: string }> {
  const hash = createHash('md5')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return { size: (await stat(path)).size, eTag: `"${hash.digest('hex')}"` }
}

/** A name lasts only once the folder that holds it is on the disk. */
export async function flushFolder(path: string): Promise<void> {
  await using folder = await open(path)
  await folder.sync()
}
