import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import type { App } from '@supabase/lite'
import { z } from 'zod'

type Adapter = NonNullable<App['_storageAdapter']>
type Metadata = Awaited<ReturnType<Adapter['headObject']>>

const Head = z.object({ contentType: z.string(), cacheControl: z.string() })
type Head = z.infer<typeof Head>

/*
 * A file is: four bytes with the length of its head, the head (JSON: what it is and how long it may be cached), and the
 * object itself. One file, so that an object and its description cannot part.
 */
const lengthBytes = 4

/**
 * Keeps Storage's objects below `dir`. A write goes to a file beside, is flushed to the disk, and takes the object's
 * name in one step: whoever reads meanwhile, or after a power cut, finds the old object or the new one, never a part.
 */
export function fileStorage(dir: string): Adapter {
  // A name people chose never becomes a path.
  const pathOf = (bucket: string, key: string) => {
    const hash = createHash('sha256').update(`${bucket}/${key}`).digest('hex')
    return join(dir, hash.slice(0, 2), hash)
  }

  async function write(path: string, head: Head, body: AsyncIterable<Uint8Array>): Promise<Metadata> {
    await mkdir(dirname(path), { recursive: true })
    const beside = `${path}.${randomUUID()}`
    try {
      await using file = await open(beside, 'wx', 0o600)
      const headBytes = Buffer.from(JSON.stringify(head))
      const length = Buffer.alloc(lengthBytes)
      length.writeUInt32BE(headBytes.length)
      await file.appendFile(Buffer.concat([length, headBytes]))
      for await (const chunk of body) await file.appendFile(chunk)
      await file.sync()
      await rename(beside, path)
      await flushFolder(dirname(path))
      return describe(file, head, lengthBytes + headBytes.length)
    } catch (error) {
      await rm(beside, { force: true })
      throw error
    }
  }

  async function read(path: string): Promise<{ metadata: Metadata; head: Head; start: number }> {
    await using file = await open(path)
    const { buffer: length } = await file.read(Buffer.alloc(lengthBytes), 0, lengthBytes, 0)
    const headLength = length.readUInt32BE()
    const { buffer } = await file.read(Buffer.alloc(headLength), 0, headLength, lengthBytes)
    const head = Head.parse(JSON.parse(buffer.toString('utf8')))
    const start = lengthBytes + headLength
    return { metadata: await describe(file, head, start), head, start }
  }

  return {
    driver: null,
    async uploadObject(bucket, key, _version, body, contentType, cacheControl) {
      return write(pathOf(bucket, key), { contentType, cacheControl }, chunks(body))
    },
    async getObject(bucket, key) {
      const path = pathOf(bucket, key)
      const { metadata, start } = await read(path)
      const body = metadata.size === 0 ? Buffer.alloc(0) : Readable.toWeb(createReadStream(path, { start }))
      return { metadata, httpStatusCode: 200, body }
    },
    async headObject(bucket, key) {
      return (await read(pathOf(bucket, key))).metadata
    },
    async copyObject(sourceBucket, source, _version, bucket, key) {
      const from = pathOf(sourceBucket, source)
      const { head, start } = await read(from)
      return write(pathOf(bucket, key), head, createReadStream(from, { start }))
    },
    async deleteObject(bucket, key) {
      await rm(pathOf(bucket, key), { force: true })
    },
    async deleteObjects(bucket, keys) {
      await Promise.all(keys.map((key) => rm(pathOf(bucket, key), { force: true })))
    },
    async privateAssetUrl() {
      throw new Error('Objects on disk have no address of their own.')
    },
  }
}

async function describe(file: FileHandle, head: Head, start: number): Promise<Metadata> {
  const { size: whole, mtime } = await file.stat()
  const size = whole - start
  return {
    cacheControl: head.cacheControl,
    contentLength: size,
    size,
    mimetype: head.contentType,
    lastModified: mtime,
    eTag: `"${mtime.getTime().toString(16)}-${size.toString(16)}"`,
    httpStatusCode: 200,
  }
}

/** A rename lasts only once the folder that holds the name is on the disk. */
async function flushFolder(path: string): Promise<void> {
  await using folder = await open(path)
  await folder.sync()
}

async function* chunks(body: Parameters<Adapter['uploadObject']>[3]): AsyncIterable<Uint8Array> {
  if (body instanceof Uint8Array) yield body
  else yield* body as AsyncIterable<Uint8Array>
}
