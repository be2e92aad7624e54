import { readdir, rm } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fileStorage } from '../src/storage/files.ts'
import { temporaryFolder } from '../testing/stack.ts'

let dir: string
let files: ReturnType<typeof fileStorage>
beforeEach(async () => {
  dir = await temporaryFolder()
  files = fileStorage(dir)
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const put = (key: string, body: Parameters<typeof files.uploadObject>[3]) =>
  files.uploadObject('bucket', key, undefined, body, 'text/plain', 'max-age=60')
const read = async (key: string) => {
  const { body } = await files.getObject('bucket', key, undefined)
  return new Response(body as BodyInit).text()
}
const onDisk = async () =>
  (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())

describe('objects on disk', () => {
  test('come back as they were put, with what was said of them', async () => {
    const said = await put('a/b.txt', Buffer.from('hello'))
    expect(said).toMatchObject({
      size: 5,
      contentLength: 5,
      mimetype: 'text/plain',
      cacheControl: 'max-age=60',
    })
    expect(await read('a/b.txt')).toBe('hello')
    expect(await files.headObject('bucket', 'a/b.txt', undefined)).toEqual(said)
  })

  test('may be empty', async () => {
    await put('empty', Buffer.alloc(0))
    expect(await read('empty')).toBe('')
  })

  test('stay what they were where a new version breaks off', async () => {
    await put('a', Buffer.from('old'))
    const broken = new ReadableStream({
      start: (controller) => controller.enqueue(Buffer.from('ne')),
      pull: (controller) => controller.error(new Error('the line was cut')),
    })
    await expect(put('a', broken)).rejects.toThrow('the line was cut')
    expect(await read('a')).toBe('old')
    expect(await onDisk()).toHaveLength(1)
  })

  test('are read whole while they are replaced', async () => {
    const [before, after] = ['a'.repeat(300_000), 'b'.repeat(300_000)]
    await put('a', Buffer.from(before))
    const reading = files.getObject('bucket', 'a', undefined)
    const [{ body }] = await Promise.all([reading, put('a', Buffer.from(after))])
    expect([before, after]).toContain(await new Response(body as BodyInit).text())
  })

  test('are copied and removed', async () => {
    await put('a', Buffer.from('x'))
    await files.copyObject('bucket', 'a', undefined, 'other', 'b', undefined)
    await files.deleteObject('bucket', 'a', undefined)
    await expect(read('a')).rejects.toThrow('ENOENT')
    expect((await files.headObject('other', 'b', undefined)).size).toBe(1)
  })

  test('never leave the folder, whatever they are called', async () => {
    await put('../../outside', Buffer.from('x'))
    expect(await onDisk()).toHaveLength(1)
    expect(await read('../../outside')).toBe('x')
  })
})
