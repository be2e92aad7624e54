import { beforeAll, describe, expect, it } from 'vitest'
import { asAdmin, ask, expectRefusal, newBucket } from './storage-world.ts'
import { admin, fresh, target, visitor } from './world.ts'

let bucket: string
let open: string
beforeAll(async () => {
  ;[bucket, open] = [await newBucket(), await newBucket({ public: true })]
})
const files = () => admin.storage.from(bucket)

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
