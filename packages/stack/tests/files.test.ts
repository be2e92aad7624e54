import { randomUUID } from 'node:crypto'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { Upload } from '@tus/server'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Files, keepFiles } from '../src/storage/files.ts'
import { lifetime, UnfinishedUploads } from '../src/storage/resumable/unfinished.ts'
import { temporaryFolder } from '../testing/stack.ts'

let dir: string
let files: Files
beforeEach(async () => {
  dir = await temporaryFolder()
  files = keepFiles(join(dir, 'objects'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const put = (text: string, most = 1000) => files.write(Readable.from([Buffer.from(text)]), most)
const read = async (version: string, range?: { start: number; end: number }) => {
  const file = await files.open(version)
  return file && new Response(file.stream(range)).text()
}
const onDisk = async () =>
  (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())

describe('bytes on disk', () => {
  test('come back as they were put, whole and in parts', async () => {
    const { version, size, eTag } = await put('hello')
    expect([size, eTag]).toEqual([5, '"5d41402abc4b2a76b9719d911017c592"'])
    expect(await read(version)).toBe('hello')
    expect(await read(version, { start: 1, end: 2 })).toBe('el')
    expect(await files.versions()).toEqual([version])
  })

  test('may be none', async () => {
    expect(await read((await put('')).version)).toBe('')
  })

  test('leave nothing where they break off or are too many', async () => {
    const broken = async function* () {
      yield Buffer.from('he')
      throw new Error('the line was cut')
    }
    await expect(files.write(broken(), 10)).rejects.toMatchObject({ status: 400 })
    await expect(put('hello', 4)).rejects.toMatchObject({ statusCode: 413 })
    expect(await onDisk()).toEqual([])
    expect((await put('hello', 5)).size).toBe(5)
  })

  test('are copied, taken over from elsewhere, and removed', async () => {
    const { version } = await put('x')
    const copy = await files.copy(version)
    await files.remove([version, version, 'no version'])
    expect([await read(version), await read(copy)]).toEqual([undefined, 'x'])
    await writeFile(join(dir, 'elsewhere'), 'hello')
    const adopted = await files.adopt(join(dir, 'elsewhere'), randomUUID())
    expect([adopted.size, adopted.eTag]).toEqual([5, '"5d41402abc4b2a76b9719d911017c592"'])
    expect(await onDisk()).toHaveLength(2)
  })

  test('are named by a version, never by a path', async () => {
    for (const name of ['../../etc/passwd', '', 'x', `${randomUUID()}/../x`]) {
      expect(await files.open(name)).toBeUndefined()
      expect(() => files.path(name)).toThrow('Object not found')
    }
  })
})

describe('an upload that is not whole', () => {
  let isOver: boolean
  let uploads: UnfinishedUploads
  const id = `bucket/a/b.txt/${randomUUID()}`
  const begin = async (size?: number) => {
    const metadata = { contentType: 'text/plain' }
    await uploads.create(new Upload({ id, offset: 0, metadata, ...(size !== undefined && { size }) }))
  }
  const add = (text: string, offset: number) => uploads.write(Readable.from([Buffer.from(text)]), id, offset)
  beforeEach(() => {
    isOver = false
    uploads = new UnfinishedUploads(join(dir, 'uploads'), files, async () => isOver)
  })

  test('goes on where it stood, as far as the bytes came', async () => {
    await begin(10)
    const broken = async function* () {
      yield Buffer.from('hel')
      throw new Error('the line was cut')
    }
    await expect(uploads.write(Readable.from(broken()), id, 0)).rejects.toThrow('cut')
    expect((await uploads.getUpload(id)).offset).toBe(3)
    expect(await add('lo', 3)).toBe(5)
    expect(await uploads.getUpload(id)).toMatchObject({
      offset: 5,
      size: 10,
      metadata: { contentType: 'text/plain' },
    })
  })

  test('lacks its last byte until its row is there', async () => {
    await begin(5)
    await add('hello', 0)
    expect((await uploads.getUpload(id)).offset).toBe(4)
    isOver = true
    expect((await uploads.getUpload(id)).offset).toBe(5)
  })

  test('is found among the objects where it broke off right before its row', async () => {
    await begin(5)
    await add('hello', 0)
    const version = id.split('/').at(-1) ?? ''
    await files.adopt(uploads.path(id), version)
    expect((await uploads.getUpload(id)).offset).toBe(4)
    await add('o', 4)
    const again = await files.adopt(uploads.path(id), version)
    expect([again.size, again.eTag]).toEqual([5, '"5d41402abc4b2a76b9719d911017c592"'])
    expect(await read(version)).toBe('hello')
  })

  test('may say its length later', async () => {
    await begin()
    expect((await uploads.getUpload(id)).sizeIsDeferred).toBe(true)
    await uploads.declareUploadLength(id, 7)
    expect((await uploads.getUpload(id)).size).toBe(7)
  })

  test('is not there under another name, nor once it was thrown away', async () => {
    await begin(5)
    await expect(uploads.getUpload(id.replace('b.txt', 'c.txt'))).rejects.toMatchObject({ status_code: 404 })
    await uploads.remove(id)
    await expect(uploads.getUpload(id)).rejects.toMatchObject({ status_code: 404 })
    expect(await onDisk()).toEqual([])
  })

  test('is given up for a newer one of the same person and name, and for no other', async () => {
    const start = async (name: string, owner?: string) => {
      const upload = new Upload({ id: `bucket/a/${name}/${randomUUID()}`, offset: 0, size: 5 })
      uploads.setOwner(upload, owner)
      await uploads.create(upload)
      return upload.id
    }
    const isThere = (one: string) => uploads.getUpload(one).then(Boolean, ({ status_code }) => status_code)
    const others = [await start('b.txt', 'bob'), await start('c.txt', 'ada'), await start('b.txt')]
    const first = await start('b.txt', 'ada')
    const broken = uploads.write(
      Readable.from(
        (async function* () {
          yield Buffer.from('he')
          others.push(await start('b.txt', 'ada'))
          yield Buffer.from('llo')
        })(),
      ),
      first,
      0,
    )
    await expect(broken).rejects.toMatchObject({ status_code: 410 })
    expect(await isThere(first)).toBe(404)
    expect(await Promise.all(others.map(isThere))).toEqual([true, true, true, true])
    const atOnce = await Promise.all(Array.from({ length: 10 }, () => start('b.txt', 'ada')))
    expect((await Promise.all(atOnce.map(isThere))).filter((there) => there === true)).toHaveLength(1)
    expect(await onDisk()).toHaveLength(2 * others.length)
  })

  test('is thrown away after a day', async () => {
    await begin(5)
    expect(await uploads.deleteExpired(Date.now() + lifetime - 60_000)).toBe(0)
    expect(await uploads.deleteExpired(Date.now() + lifetime + 60_000)).toBe(1)
    expect(await onDisk()).toEqual([])
  })
})
