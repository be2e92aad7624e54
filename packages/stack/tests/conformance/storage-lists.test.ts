import { beforeAll, describe, expect, it } from 'vitest'
import { expectRefusal, newBucket } from './storage-world.ts'
import { admin } from './world.ts'

let bucket: string
beforeAll(async () => {
  bucket = await newBucket()
})
const files = () => admin.storage.from(bucket)

describe('storage.from.list', () => {
  it('shows one folder: objects by their names in it, folders without an id', async () => {
    const place = await newBucket()
    for (const name of ['b.txt', 'a.txt', 'box/one.txt', 'box/two.txt', 'box/deep/three.txt', 'c/x'])
      await admin.storage.from(place).upload(name, 'x')
    const list = async (path?: string, options?: object) =>
      (await admin.storage.from(place).list(path, options)).data?.map(({ name }) => name)
    expect(await list()).toEqual(['a.txt', 'b.txt', 'box', 'c'])
    expect(await list('box')).toEqual(['deep', 'one.txt', 'two.txt'])
    expect(await list('box/')).toEqual(['deep', 'one.txt', 'two.txt'])
    expect(await list('', { limit: 2, offset: 1 })).toEqual(['b.txt', 'box'])
    expect(await list('', { sortBy: { column: 'name', order: 'desc' } })).toEqual([
      'c',
      'box',
      'b.txt',
      'a.txt',
    ])
    expect(await list('', { sortBy: { column: 'created_at', order: 'asc' } })).toEqual([
      'box',
      'c',
      'b.txt',
      'a.txt',
    ])
    expect(await list('box', { search: 'tw' })).toEqual(['two.txt'])
    expect(await list('nowhere')).toEqual([])
    const { data } = await admin.storage.from(place).list('', { search: 'box' })
    expect(data).toEqual([
      {
        name: 'box',
        id: null,
        updated_at: null,
        created_at: null,
        last_accessed_at: null,
        metadata: null,
      },
    ])
  })

  it('refuses an order that is none', async () => {
    const options = { sortBy: { column: 'size', order: 'asc' } }
    expectRefusal((await files().list('', options)).error, '400', 'InvalidRequest')
  })
})

describe('storage.from.listV2', () => {
  it('shows whole names, a folder with a delimiter, page after page', async () => {
    const place = await newBucket()
    const names = ['p/c', 'p/a', 'p/b', 'p/q/d', 'r']
    for (const name of names) await admin.storage.from(place).upload(name, 'x')
    const all = await admin.storage.from(place).listV2()
    expect(all.data?.objects.map(({ name }) => name)).toEqual(['p/a', 'p/b', 'p/c', 'p/q/d', 'r'])
    expect(all.data).toMatchObject({ hasNext: false, folders: [] })
    const root = await admin.storage.from(place).listV2({ with_delimiter: true })
    expect(root.data?.folders).toEqual([expect.objectContaining({ key: 'p', name: 'p/' })])
    expect(root.data?.objects).toEqual([expect.objectContaining({ key: 'r', name: 'r' })])
    for (const [column, order, expected] of [
      ['name', 'asc', ['p/a', 'p/b', 'p/c', 'p/q/']],
      ['name', 'desc', ['p/q/', 'p/c', 'p/b', 'p/a']],
      ['created_at', 'asc', ['p/c', 'p/a', 'p/b', 'p/q/']],
      ['created_at', 'desc', ['p/q/', 'p/b', 'p/a', 'p/c']],
    ] as const) {
      const seen: string[] = []
      for (let cursor: string | undefined, more = true; more; ) {
        const options = { prefix: 'p/', with_delimiter: true, limit: 1, sortBy: { column, order } }
        const { data, error } = await admin.storage
          .from(place)
          .listV2(cursor ? { ...options, cursor } : options)
        expect(error).toBeNull()
        seen.push(...[...(data?.folders ?? []), ...(data?.objects ?? [])].map(({ name }) => name))
        ;[cursor, more] = [data?.nextCursor, data?.hasNext ?? false]
      }
      expect([column, order, seen]).toEqual([column, order, expected])
    }
  })

  it('goes on without a delimiter by name and by time', async () => {
    const place = await newBucket()
    for (const name of ['c', 'a/x', 'b']) await admin.storage.from(place).upload(name, 'x')
    for (const [column, expected] of [
      ['name', ['a/x', 'b', 'c']],
      ['created_at', ['c', 'a/x', 'b']],
    ] as const) {
      const first = await admin.storage.from(place).listV2({ limit: 2, sortBy: { column } })
      const cursor = first.data?.nextCursor
      const rest = await admin.storage.from(place).listV2({ limit: 2, ...(cursor && { cursor }) })
      const names = [first, rest].flatMap(({ data }) => data?.objects.map(({ name }) => name))
      expect(names).toEqual(expected)
    }
  })

  it('refuses a cursor that is none', async () => {
    expectRefusal((await files().listV2({ cursor: 'nothing' })).error, '400', 'InvalidParameter')
  })
})
