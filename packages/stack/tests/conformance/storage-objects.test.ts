import { createReadStream } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { asAdmin, ask, expectRefusal, newBucket } from './storage-world.ts'
import { admin, fresh, target, visitor } from './world.ts'

let bucket: string
let open: string
beforeAll(async () => {
  ;[bucket, open] = [await newBucket(), await newBucket({ public: true })]
})
const files = () => admin.storage.from(bucket)
const textOf = async (path: string) => (await files().download(path)).data?.text()

describe('storage.from.upload', () => {
  it('takes every kind of body', async () => {
    const form = new FormData()
    form.append('', new Blob(['hello']), 'file.txt')
    const bodies = {
      text: 'hello',
      buffer: Buffer.from('hello'),
      arrayBuffer: new TextEncoder().encode('hello').buffer,
      bytes: new TextEncoder().encode('hello'),
      blob: new Blob(['hello']),
      file: new File(['hello'], 'named.txt'),
      form,
      stream: new Blob(['hello']).stream(),
      params: new URLSearchParams({ hello: 'Ada' }),
    }
    for (const [name, body] of Object.entries(bodies)) {
      const { data, error } = await files().upload(`kinds/${name}`, body)
      expect([name, error]).toEqual([name, null])
      expect(data).toEqual({
        id: expect.stringMatching(/^[\da-f-]{36}$/),
        path: `kinds/${name}`,
        fullPath: `${bucket}/kinds/${name}`,
      })
      expect([name, await textOf(`kinds/${name}`)]).toEqual([name, name === 'params' ? 'hello=Ada' : 'hello'])
    }
  })

  it('takes a stream whose length nobody knows', async () => {
    const stream = createReadStream(new URL('./storage-world.ts', import.meta.url))
    expect((await files().upload('stream.ts', stream, { duplex: 'half' })).error).toBeNull()
    expect(await textOf('stream.ts')).toContain('newBucket')
  })

  it('keeps kind, cache time and own metadata, of a form and of bare bytes', async () => {
    const options = { contentType: 'image/x-test', cacheControl: '7200', metadata: { by: 'Ada', n: 1 } }
    for (const [name, body] of Object.entries({
      bare: 'x',
      form: new Blob(['x'], { type: 'image/x-test' }),
    })) {
      await files().upload(`kept/${name}`, body, options)
      expect((await files().info(`kept/${name}`)).data).toMatchObject({
        size: 1,
        contentType: 'image/x-test',
        cacheControl: 'max-age=7200',
        metadata: { by: 'Ada', n: 1 },
      })
    }
  })

  it('refuses a name that is taken, and with upsert replaces what is there', async () => {
    const first = await files().upload('taken.txt', 'old')
    const again = await files().upload('taken.txt', 'new')
    expect(again.data).toBeNull()
    expectRefusal(again.error, '409', 'KeyAlreadyExists', 'The resource already exists')
    const upsert = await files().upload('taken.txt', 'new', { upsert: true })
    expect(upsert.data?.id).toBe(first.data?.id)
    expect(await textOf('taken.txt')).toBe('new')
  })

  it('refuses names that are none, and buckets that are not there', async () => {
    for (const name of ['صورة.png', 'a#b', 'a%5Cb', 'a%00b', 'a[b]', 'é.txt', 'a`b']) {
      const answer = await ask(`/object/${bucket}/${name.includes('%') ? name : encodeURIComponent(name)}`, {
        method: 'POST',
        headers: asAdmin,
        body: 'x',
      })
      expect([name, answer.status]).toEqual([name, 400])
    }
    expectRefusal((await files().upload('é.txt', 'x')).error, '400', 'InvalidKey', 'Invalid key: é.txt')
    const { error } = await admin.storage.from(fresh('none')).upload('a.txt', 'x')
    expectRefusal(error, '404', 'NoSuchBucket', 'Bucket not found')
  })

  it('takes the signs that hosted takes', async () => {
    const names = ["a/b c/!-_.*'()&$@=;:+,.txt", '.hidden', 'a.b.c/d']
    for (const name of names) {
      const url = `/object/${bucket}/${name.split('/').map(encodeURIComponent).join('%2F')}`
      const put = await ask(url, { method: 'POST', headers: asAdmin, body: name })
      expect([name, put.status, await put.json()]).toEqual([
        name,
        200,
        { Id: expect.any(String), Key: `${bucket}/${name}` },
      ])
      expect(await (await ask(url, { headers: asAdmin })).text()).toBe(name)
    }
  })

  it('refuses a form without a file, and one that is none', async () => {
    const empty = new FormData()
    empty.append('cacheControl', '1')
    const noFile = await ask(`/object/${bucket}/no-file`, { method: 'POST', headers: asAdmin, body: empty })
    expect(noFile.status).toBe(400)
    for (const type of ['multipart/form-data', 'multipart/form-data; boundary=x']) {
      const headers = { ...asAdmin, 'content-type': type }
      const answer = await ask(`/object/${bucket}/no-form`, { method: 'POST', headers, body: 'no form' })
      expect([type, answer.status]).toEqual([type, 400])
    }
    expect((await files().exists('no-form')).data).toBe(false)
  })

  it('writes what hosted writes of it', async () => {
    await files().upload('row.txt', 'hello', { contentType: 'text/plain' })
    const { data } = await files().list('', { search: 'row.txt' })
    expect(data?.[0]).toEqual({
      name: 'row.txt',
      id: expect.any(String),
      updated_at: expect.any(String),
      created_at: expect.any(String),
      last_accessed_at: expect.any(String),
      metadata: {
        eTag: '"5d41402abc4b2a76b9719d911017c592"',
        size: 5,
        mimetype: 'text/plain',
        cacheControl: 'max-age=3600',
        lastModified: expect.stringMatching(/Z$/),
        contentLength: 5,
        httpStatusCode: 200,
      },
    })
  })
})

describe('storage.from.update', () => {
  it('replaces an object, and its version with it', async () => {
    await files().upload('update.txt', 'old', { metadata: { a: 1 } })
    const before = (await files().info('update.txt')).data
    const { data, error } = await files().update('update.txt', 'new')
    expect([error, data?.path, data?.fullPath]).toEqual([null, 'update.txt', `${bucket}/update.txt`])
    const after = (await files().info('update.txt')).data
    expect(after?.id).toBe(before?.id)
    expect(after?.version).not.toBe(before?.version)
    expect(await textOf('update.txt')).toBe('new')
  })
})

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

describe('storage.from.info', () => {
  it('tells all of an object', async () => {
    await files().upload('info.txt', 'hello', { contentType: 'text/plain' })
    expect((await files().info('info.txt')).data).toEqual({
      id: expect.any(String),
      name: 'info.txt',
      version: expect.any(String),
      bucketId: bucket,
      size: 5,
      contentType: 'text/plain',
      cacheControl: 'max-age=3600',
      etag: '"5d41402abc4b2a76b9719d911017c592"',
      metadata: {},
      lastModified: expect.any(String),
      createdAt: expect.any(String),
    })
  })

  it('does not find what is not there or not to be seen', async () => {
    expectRefusal((await files().info('none')).error, '404', 'NoSuchKey', 'Object not found')
    await files().upload('hidden.txt', 'x')
    expectRefusal((await visitor().storage.from(bucket).info('hidden.txt')).error, '404', 'NoSuchKey')
    const nobody = await ask(`/object/info/${bucket}/hidden.txt`)
    expect(await nobody.json()).toMatchObject({ statusCode: '404', code: 'NoSuchBucket' })
    expectRefusal((await admin.storage.from(fresh('none')).info('x')).error, '404', 'NoSuchBucket')
  })
})

describe('storage.from.exists', () => {
  it('answers yes or no', async () => {
    await files().upload('exists.txt', 'x')
    expect(await files().exists('exists.txt')).toEqual({ data: true, error: null })
    expect((await files().exists('none.txt')).data).toBe(false)
  })
})

describe('storage.from.download', () => {
  it('gives the bytes and what was said of them', async () => {
    await files().upload('down.txt', 'hello', { contentType: 'text/plain', cacheControl: '60' })
    const { data } = await files().download('down.txt')
    expect([data?.type, await data?.text()]).toEqual(['text/plain', 'hello'])
    const answer = await ask(`/object/${bucket}/down.txt`, { headers: asAdmin })
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'cache-control': 'max-age=60',
      'content-length': '5',
      'content-type': 'text/plain',
      etag: '"5d41402abc4b2a76b9719d911017c592"',
      'last-modified': expect.stringMatching(/GMT$/),
      'x-robots-tag': 'none',
    })
  })

  it('gives a stream', async () => {
    await files().upload('stream.txt', 'hello')
    const { data } = await files().download('stream.txt').asStream()
    expect(await new Response(data).text()).toBe('hello')
  })

  it('gives parts', async () => {
    await files().upload('parts.txt', '0123456789')
    const part = async (range: string) => {
      const answer = await ask(`/object/${bucket}/parts.txt`, { headers: { ...asAdmin, range } })
      return [answer.status, answer.headers.get('content-range'), await answer.text()]
    }
    expect(await part('bytes=2-4')).toEqual([206, 'bytes 2-4/10', '234'])
    expect(await part('bytes=7-')).toEqual([206, 'bytes 7-9/10', '789'])
    expect(await part('bytes=-2')).toEqual([206, 'bytes 8-9/10', '89'])
    expect(await part('bytes=8-99')).toEqual([206, 'bytes 8-9/10', '89'])
    for (const none of ['bytes=10-', 'bytes=5-2', 'bytes=x', 'bytes=-0']) {
      const answer = await ask(`/object/${bucket}/parts.txt`, { headers: { ...asAdmin, range: none } })
      expect([none, answer.status, await answer.json()]).toEqual([
        none,
        416,
        {
          statusCode: '416',
          error: 'invalid_range',
          message: 'invalid range provided',
          code: 'InvalidRange',
        },
      ])
    }
  })

  it('sends nothing again that the caller has', async () => {
    await files().upload('had.txt', 'x')
    const get = (headers: Record<string, string>) =>
      ask(`/object/${bucket}/had.txt`, { headers: { ...asAdmin, ...headers } })
    const { headers } = await get({})
    const [etag, time] = [headers.get('etag') ?? '', headers.get('last-modified') ?? '']
    expect((await get({ 'if-none-match': etag })).status).toBe(304)
    expect((await get({ 'if-modified-since': time })).status).toBe(304)
    const changed = await get({ 'if-none-match': '"other"' })
    expect([changed.status, changed.headers.get('cache-control')]).toEqual([
      200,
      'max-age=3600, stale-while-revalidate=30',
    ])
    expect((await get({ 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' })).status).toBe(200)
  })

  it('tells the headers alone', async () => {
    await files().upload('head.txt', 'hello', { contentType: 'text/plain' })
    const { status, headers } = await ask(`/object/${bucket}/head.txt`, { method: 'HEAD', headers: asAdmin })
    expect([status, headers.get('content-length'), headers.get('content-type')]).toEqual([
      200,
      '5',
      'text/plain',
    ])
    const none = await ask(`/object/${bucket}/none.txt`, { method: 'HEAD', headers: asAdmin })
    expect(none.status).toBe(400)
  })

  it('shows no page as one of its own', async () => {
    await files().upload('page.html', '<script>', { contentType: 'text/html' })
    const answer = await ask(`/object/${bucket}/page.html`, { headers: asAdmin })
    expect(answer.headers.get('content-type')).toBe('text/plain')
  })

  it('does not find what is not there', async () => {
    const { data, error } = await files().download('none.txt')
    expect(data).toBeNull()
    expectRefusal(error, '404', 'NoSuchKey', 'Object not found')
  })
})

describe('storage.from.getPublicUrl', () => {
  it('opens what is in a public bucket to anybody', async () => {
    await admin.storage.from(open).upload('a b/public.txt', 'hello')
    const { data } = visitor().storage.from(open).getPublicUrl('a b/public.txt')
    expect(data.publicUrl).toBe(`${target.api}/storage/v1/object/public/${open}/a%20b/public.txt`)
    const answer = await fetch(data.publicUrl)
    expect([answer.status, await answer.text()]).toEqual([200, 'hello'])
    expect(await (await ask(`/object/${open}/a%20b/public.txt`)).text()).toBe('hello')
    expect((await fetch(data.publicUrl, { method: 'HEAD' })).headers.get('content-length')).toBe('5')
    expect((await (await ask(`/object/info/public/${open}/a%20b/public.txt`)).json()).size).toBe(5)
  })

  it('saves it under a name', async () => {
    await admin.storage.from(open).upload('save.txt', 'x')
    const saved = async (download: string | boolean) => {
      const { data } = admin.storage.from(open).getPublicUrl('save.txt', { download })
      return (await fetch(data.publicUrl)).headers.get('content-disposition')
    }
    expect(await saved(true)).toBe('attachment;')
    expect(await saved('ملف.txt')).toBe(
      `attachment; filename=${encodeURIComponent('ملف.txt')}; filename*=UTF-8''${encodeURIComponent('ملف.txt')}`,
    )
  })

  it('does not open what is private', async () => {
    await files().upload('private.txt', 'x')
    const answer = await fetch(files().getPublicUrl('private.txt').data.publicUrl)
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { statusCode: '404', error: 'Bucket not found', message: 'Bucket not found', code: 'NoSuchBucket' },
    ])
    const missing = await fetch(admin.storage.from(open).getPublicUrl('none').data.publicUrl)
    expect([missing.status, await missing.json()]).toEqual([
      400,
      { statusCode: '404', error: 'not_found', message: 'Object not found', code: 'NoSuchKey' },
    ])
  })
})

describe('storage.from.purgeCache', () => {
  it('is for the secret key alone', async () => {
    const { error } = await visitor().storage.from(bucket).purgeCache('a.txt')
    expectRefusal(error, '403', 'AccessDenied', 'Access denied: Invalid role', 403)
  })

  it('differs: there is no cache, and it answers with success', async () => {
    expect((await files().purgeCache('a.txt')).data).toEqual({ message: 'success' })
  })
})
