import { beforeAll, describe, expect, it } from 'vitest'
import { asAdmin, ask, expectRefusal, newBucket } from './storage-world.ts'
import { admin, fresh } from './world.ts'

let bucket: string
let open: string
beforeAll(async () => {
  ;[bucket, open] = [await newBucket(), await newBucket({ public: true })]
})
const files = () => admin.storage.from(bucket)
const textOf = async (path: string) => (await files().download(path)).data?.text()

describe('storage.from.move', () => {
  it('gives an object another name, in another bucket too', async () => {
    await files().upload('move/from.txt', 'moved', { metadata: { of: 'Ada' } })
    expect((await files().move('move/from.txt', 'move/to.txt')).data).toEqual({
      message: 'Successfully moved',
    })
    expect((await files().exists('move/from.txt')).data).toBe(false)
    await files().move('move/to.txt', 'there.txt', { destinationBucket: open })
    expect((await admin.storage.from(open).info('there.txt')).data?.metadata).toEqual({ of: 'Ada' })
    expect(await (await admin.storage.from(open).download('there.txt')).data?.text()).toBe('moved')
  })

  it('refuses what is not there, a name that is taken and a bucket that is none', async () => {
    await files().upload('move/a', 'a')
    await files().upload('move/b', 'b')
    expectRefusal((await files().move('move/none', 'x')).error, '404', 'NoSuchKey', 'Object not found')
    const taken = await files().move('move/a', 'move/b')
    expectRefusal(taken.error, '409', 'ResourceAlreadyExists', 'The resource already exists')
    const nowhere = await files().move('move/a', 'x', { destinationBucket: fresh('none') })
    expectRefusal(nowhere.error, '404', 'InvalidRequest', 'The related resource does not exist')
    expectRefusal((await files().move('move/a', 'é')).error, '400', 'InvalidKey')
    expect(await textOf('move/a')).toBe('a')
  })
})

describe('storage.from.copy', () => {
  it('makes a second object of the same bytes', async () => {
    await files().upload('copy/a', 'copied', { metadata: { of: 'Ada' }, contentType: 'text/x-a' })
    expect((await files().copy('copy/a', 'copy/b')).data).toEqual({ path: `${bucket}/copy/b` })
    await files().copy('copy/a', 'copied.txt', { destinationBucket: open })
    await files().remove(['copy/a'])
    expect(await textOf('copy/b')).toBe('copied')
    expect((await files().info('copy/b')).data).toMatchObject({
      contentType: 'text/x-a',
      metadata: { of: 'Ada' },
    })
    expect(await (await admin.storage.from(open).download('copied.txt')).data?.text()).toBe('copied')
  })

  it('says other things of the copy where it is asked to', async () => {
    await files().upload('copy/c', 'x', { metadata: { of: 'Ada' }, contentType: 'text/x-a' })
    await files().copy('copy/c', 'copy/d', {
      copyMetadata: false,
      metadata: { mimetype: 'text/x-b' },
    } as never)
    const { data } = await files().info('copy/d')
    expect(data).toMatchObject({ contentType: 'text/x-b', cacheControl: 'max-age=3600' })
    expect(data?.metadata ?? {}).toEqual({})
  })

  it('refuses what is not there and a name that is taken', async () => {
    await files().upload('copy/e', 'e')
    expectRefusal((await files().copy('copy/none', 'x')).error, '404', 'NoSuchKey', 'Object not found')
    expectRefusal((await files().copy('copy/e', 'copy/e')).error, '409', 'KeyAlreadyExists')
    expectRefusal(
      (await files().copy('copy/e', 'copy/f', { destinationBucket: fresh('none') })).error,
      '404',
      'InvalidRequest',
    )
  })
})

describe('storage.from.remove', () => {
  it('deletes what is named and answers with what there was', async () => {
    for (const name of ['remove/a', 'remove/b', 'remove/c']) await files().upload(name, 'x')
    const { data } = await files().remove(['remove/a', 'remove/b', 'remove/none'])
    expect(data?.map(({ name }) => name).sort()).toEqual(['remove/a', 'remove/b'])
    expect(data?.[0]).toMatchObject({
      bucket_id: bucket,
      id: expect.any(String),
      version: expect.any(String),
      metadata: { size: 1 },
    })
    expect((await files().list('remove')).data?.map(({ name }) => name)).toEqual(['c'])
  })

  it('wants names, and not more than a thousand', async () => {
    expectRefusal((await files().remove([])).error, '400', 'InvalidRequest')
    const gone = await files().remove(['nothing'])
    expect(gone).toEqual({ data: [], error: null })
  })

  it('deletes one by its address', async () => {
    await files().upload('one.txt', 'x')
    const remove = () => ask(`/object/${bucket}/one.txt`, { method: 'DELETE', headers: asAdmin })
    expect(await (await remove()).json()).toEqual({ message: 'Successfully deleted' })
    expect(await (await remove()).json()).toMatchObject({ statusCode: '404', code: 'NoSuchKey' })
  })
})
