import { beforeAll, describe, expect, it } from 'vitest'
import { asAdmin, ask, expectRefusal, newBucket } from './storage-world.ts'
import { admin, fresh, target, visitor } from './world.ts'

let bucket: string
beforeAll(async () => {
  bucket = await newBucket()
})
const files = () => admin.storage.from(bucket)

describe('storage.from.createSignedUrl', () => {
  it('opens one object to whoever has the link', async () => {
    await files().upload('a b/link.txt', 'hello', { contentType: 'text/plain' })
    const { data } = await files().createSignedUrl('a b/link.txt', 60)
    expect(data?.signedUrl).toContain(`${target.api}/storage/v1/object/sign/${bucket}/a%20b/link.txt?token=`)
    const answer = await fetch(data?.signedUrl ?? '')
    expect([answer.status, await answer.text()]).toEqual([200, 'hello'])
    expect(answer.headers.get('cache-control')).toBeNull()
    expect(Date.parse(answer.headers.get('expires') ?? '')).toBeGreaterThan(Date.now())
    const part = await fetch(data?.signedUrl ?? '', { headers: { range: 'bytes=0-1' } })
    expect([part.status, await part.text()]).toEqual([206, 'he'])
    expect((await fetch(data?.signedUrl ?? '', { method: 'HEAD' })).status).toBe(200)
  })

  it('saves it under a name', async () => {
    await files().upload('save.txt', 'x')
    const { data } = await files().createSignedUrl('save.txt', 60, { download: 'other.txt' })
    const { headers } = await fetch(data?.signedUrl ?? '')
    expect(headers.get('content-disposition')).toBe(
      "attachment; filename=other.txt; filename*=UTF-8''other.txt",
    )
  })

  it('opens no other object, no longer than it says, and nothing but what was signed', async () => {
    await files().upload('one.txt', 'x')
    await files().upload('two.txt', 'x')
    const link = (await files().createSignedUrl('one.txt', 1)).data?.signedUrl ?? ''
    const wordsOf = async (url: string, init?: RequestInit) => {
      const { statusCode, code, message } = await (await fetch(url, init)).json()
      return [statusCode, code, message]
    }
    expect(await wordsOf(link.replace('one.txt', 'two.txt'))).toEqual([
      '400',
      'InvalidSignature',
      'Invalid signature',
    ])
    expect(await wordsOf(`${link}x`)).toEqual(['400', 'InvalidJWT', 'signature verification failed'])
    expect(await wordsOf(link.replace(/token=.*/, 'token=x'))).toEqual([
      '400',
      'InvalidJWT',
      'Invalid Compact JWS',
    ])
    expect((await wordsOf(link.replace(/\?token=.*/, '')))[2]).toBe(
      "querystring must have required property 'token'",
    )
    const put = link.replace('/object/sign/', '/object/upload/sign/')
    expect(await wordsOf(put, { method: 'PUT', body: 'x' })).toEqual([
      '400',
      'InvalidSignature',
      'Token is not scoped for upload',
    ])
    await expect.poll(async () => (await fetch(link)).status).toBe(400)
    expect(await wordsOf(link)).toEqual(['400', 'InvalidJWT', '"exp" claim timestamp check failed'])
  })

  it('is for what the caller may see', async () => {
    await files().upload('unseen.txt', 'x')
    const { error } = await visitor().storage.from(bucket).createSignedUrl('unseen.txt', 60)
    expectRefusal(error, '404', 'NoSuchKey', 'Object not found')
    expectRefusal((await files().createSignedUrl('none.txt', 60)).error, '404', 'NoSuchKey')
    const noTime = await files().createSignedUrl('unseen.txt', 0)
    expectRefusal(noTime.error, '400', 'InvalidRequest', 'body/expiresIn must be >= 1')
  })
})

describe('storage.from.createSignedUrls', () => {
  it('signs what is there and says what is not', async () => {
    await files().upload('many.txt', 'many')
    const { data } = await files().createSignedUrls(['many.txt', 'none.txt'], 60)
    expect(data?.map(({ path, error }) => [path, error])).toEqual([
      ['many.txt', null],
      ['none.txt', 'Either the object does not exist or you do not have access to it'],
    ])
    expect(data?.[1]?.signedURL).toBeNull()
    expect(await (await fetch(data?.[0]?.signedUrl ?? '')).text()).toBe('many')
    expectRefusal((await files().createSignedUrls([], 60)).error, '400', 'InvalidRequest')
  })
})

describe('storage.from.createSignedUploadUrl', () => {
  it('is for names that are free, unless it says otherwise', async () => {
    await files().upload('full.txt', 'x')
    const { error } = await files().createSignedUploadUrl('full.txt')
    expectRefusal(error, '409', 'KeyAlreadyExists', 'The resource already exists')
    const { data } = await files().createSignedUploadUrl('full.txt', { upsert: true })
    expect(data?.path).toBe('full.txt')
    expect(data?.signedUrl).toBe(
      `${target.api}/storage/v1/object/upload/sign/${bucket}/full.txt?token=${data?.token}`,
    )
  })

  it('is for those whom a policy allows the upload', async () => {
    const { error } = await visitor().storage.from(bucket).createSignedUploadUrl('x.txt')
    expectRefusal(error, '403', 'AccessDenied', 'new row violates row-level security policy')
    expectRefusal(
      (await admin.storage.from(fresh('none')).createSignedUploadUrl('x')).error,
      '404',
      'InvalidRequest',
    )
  })
})

describe('storage.from.uploadToSignedUrl', () => {
  it('puts an object there once, for whoever has the link', async () => {
    const { data } = await files().createSignedUploadUrl('signed.txt')
    const token = data?.token ?? ''
    const files2 = visitor().storage.from(bucket)
    const options = { contentType: 'text/x-a', cacheControl: '5', metadata: { of: 'Ada' } }
    const put = await files2.uploadToSignedUrl('signed.txt', token, 'hello', options)
    expect(put).toEqual({ data: { path: 'signed.txt', fullPath: `${bucket}/signed.txt` }, error: null })
    expect((await files().info('signed.txt')).data).toMatchObject({
      size: 5,
      contentType: 'text/x-a',
      cacheControl: 'max-age=5',
      metadata: { of: 'Ada' },
    })
    const again = await files2.uploadToSignedUrl('signed.txt', token, 'again')
    expectRefusal(again.error, '409', 'KeyAlreadyExists', 'The resource already exists')
    expectRefusal((await files2.uploadToSignedUrl('other.txt', token, 'x')).error, '400', 'InvalidSignature')
  })

  it('replaces it where the link says so', async () => {
    const { data } = await files().createSignedUploadUrl('replaced.txt', { upsert: true })
    for (const body of ['one', new Blob(['two'])]) {
      const put = await visitor()
        .storage.from(bucket)
        .uploadToSignedUrl('replaced.txt', data?.token ?? '', body)
      expect(put.error).toBeNull()
    }
    expect(await (await files().download('replaced.txt')).data?.text()).toBe('two')
  })

  it('does not read with such a link', async () => {
    await files().upload('read.txt', 'x')
    const { data } = await files().createSignedUploadUrl('read.txt', { upsert: true })
    const answer = await ask(`/object/sign/${bucket}/read.txt?token=${data?.token}`, { headers: asAdmin })
    expect(await answer.json()).toMatchObject({ message: 'Token is not scoped for download' })
  })
})
