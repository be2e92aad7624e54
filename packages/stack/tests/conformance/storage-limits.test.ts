import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { asAdmin, ask, expectRefusal, newBucket } from './storage-world.ts'
import { admin, target } from './world.ts'

const tooLarge = 'The object exceeded the maximum allowed size'

describe('storage.from.upload', () => {
  it('takes what the bucket takes of size', async () => {
    const bucket = await newBucket({ public: false, fileSizeLimit: 1000 })
    const files = admin.storage.from(bucket)
    for (const whole of [Buffer.alloc(1000), new Blob([Buffer.alloc(1000)])])
      expect((await files.upload('whole', whole, { upsert: true })).error).toBeNull()
    for (const over of [Buffer.alloc(1001), new Blob([Buffer.alloc(1001)])])
      expectRefusal((await files.upload('over', over)).error, '413', 'EntityTooLarge', tooLarge)
    expect((await files.exists('over')).data).toBe(false)
    expectRefusal(
      (await files.upload('.emptyFolderPlaceholder', 'x')).error,
      '413',
      'EntityTooLarge',
      tooLarge,
    )
    expect((await files.upload('.emptyFolderPlaceholder', new Blob([]))).error).toBeNull()
  })

  it('leaves an object as it was where a new version is too large', async () => {
    const bucket = await newBucket({ public: false, fileSizeLimit: 10 })
    await admin.storage.from(bucket).upload('a', 'small')
    const { error } = await admin.storage.from(bucket).update('a', new Blob([Buffer.alloc(11)]))
    expectRefusal(error, '413', 'EntityTooLarge', tooLarge)
    expect(await (await admin.storage.from(bucket).download('a')).data?.text()).toBe('small')
  })

  it('takes what the bucket takes of kinds', async () => {
    const bucket = await newBucket({ public: false, allowedMimeTypes: ['image/*', 'text/plain'] })
    const files = admin.storage.from(bucket)
    for (const contentType of ['image/png', 'image/svg+xml', 'text/plain'])
      expect((await files.upload('a', 'x', { contentType, upsert: true })).error).toBeNull()
    expect(
      (await files.upload('a', new Blob(['x'], { type: 'image/png' }), { upsert: true })).error,
    ).toBeNull()
    for (const contentType of ['text/html', 'application/pdf', 'image']) {
      const { error } = await files.upload('b', 'x', { contentType })
      expectRefusal(error, '415', 'InvalidMimeType', `mime type ${contentType} is not supported`)
    }
    const blob = await files.upload('b', new Blob(['x'], { type: 'text/html' }))
    expectRefusal(blob.error, '415', 'InvalidMimeType', 'mime type text/html is not supported')
  })

  it('counts what is sent without saying how long it is', async () => {
    const bucket = await newBucket({ public: false, fileSizeLimit: 100_000 })
    expect(await sendChunked(`/object/${bucket}/small`, 10)).toMatchObject({ Key: `${bucket}/small` })
    const info = await admin.storage.from(bucket).info('small')
    expect(info.data?.size).toBe(10 * 1000)
  })

  it('keeps own metadata within bounds', async () => {
    const form = new FormData()
    form.append('metadata', JSON.stringify({ long: 'x'.repeat(2 ** 20) }))
    form.append('', new Blob(['x']), 'a.txt')
    const answer = await ask(`/object/${await newBucket()}/a`, {
      method: 'POST',
      headers: asAdmin,
      body: form,
    })
    expect(await answer.json()).toMatchObject({
      statusCode: '413',
      message: 'The user_metadata exceeded the maximum allowed size',
    })
  })

  it('keeps a tag for robots, and refuses one that is none', async () => {
    const bucket = await newBucket({ public: true })
    const put = (tag: string) =>
      ask(`/object/${bucket}/a`, {
        method: 'PUT',
        headers: { ...asAdmin, 'x-robots-tag': tag },
        body: 'x',
      })
    expect((await put('noindex, nofollow, max-snippet: 5')).status).toBe(200)
    const { headers } = await ask(`/object/public/${bucket}/a`)
    expect(headers.get('x-robots-tag')).toBe('noindex, nofollow, max-snippet: 5')
    for (const none of ['anything', 'max-snippet: x', 'noindex,,nofollow'])
      expect([none, (await put(none)).status]).toEqual([none, 400])
  })
})

/** Thousand bytes at a time, with no length beforehand. */
function sendChunked(path: string, parts: number): Promise<unknown> {
  return new Promise((done, failed) => {
    const sent = request(
      `${target.api}/storage/v1${path}`,
      { method: 'POST', headers: { ...asAdmin, 'content-type': 'text/plain' } },
      async (answer) => done(JSON.parse((await answer.toArray()).join(''))),
    )
    sent.on('error', failed)
    for (let part = 0; part < parts; part += 1) sent.write('x'.repeat(1000))
    sent.end()
  })
}
