import { randomBytes } from 'node:crypto'
import { Upload, type UploadOptions } from 'tus-js-client'
import { beforeAll, describe, expect, it } from 'vitest'
import { admin, clientOf, fresh, target } from './world.ts'

const bucket = fresh('tus')
const endpoint = `${target.api}/storage/v1/upload/resumable`
const chunk = 6 * 1024 * 1024
const asAdmin = { authorization: `Bearer ${target.secretKey}`, apikey: target.secretKey }

beforeAll(async () => {
  await admin.storage.createBucket(bucket, { public: false })
})

type Told = { upload: Upload; urls: string[]; progress: number[]; end: Promise<'success' | Error> }

/** An upload as supabase's guide makes it. */
function told(name: string, bytes: Buffer, options: Partial<UploadOptions> = {}): Told {
  const urls: string[] = []
  const progress: number[] = []
  let tell: (end: 'success' | Error) => void
  const end = new Promise<'success' | Error>((done) => {
    tell = done
  })
  const upload = new Upload(bytes, {
    endpoint,
    headers: asAdmin,
    retryDelays: [],
    chunkSize: chunk,
    uploadDataDuringCreation: true,
    removeFingerprintOnSuccess: true,
    metadata: { bucketName: bucket, objectName: name, contentType: 'text/plain', cacheControl: '60' },
    onUploadUrlAvailable: () => void urls.push(upload.url ?? ''),
    onChunkComplete: (_size, sent) => void progress.push(sent),
    onSuccess: () => tell('success'),
    onError: (error) => tell(error),
    ...options,
  })
  return { upload, urls, progress, end }
}

const bytesOf = async (name: string) => {
  const { data, error } = await admin.storage.from(bucket).download(name)
  if (error) throw error
  return Buffer.from(await data.arrayBuffer())
}

const statusOf = (error: unknown) =>
  (error as { originalResponse?: { getStatus(): number; getBody(): string } }).originalResponse

describe('tus.Upload.start', () => {
  it('sends an object in parts of 6 MB, and says where it stands', async () => {
    const bytes = randomBytes(chunk * 2 + 10)
    const { upload, progress, end } = told('parts.bin', bytes)
    upload.start()
    expect(await end).toBe('success')
    expect(progress).toEqual([chunk, chunk * 2, bytes.length])
    expect((await bytesOf('parts.bin')).equals(bytes)).toBe(true)
  })

  it('keeps what is said of the object', async () => {
    const metadata = {
      bucketName: bucket,
      objectName: 'said.txt',
      contentType: 'text/plain',
      cacheControl: '3600',
      metadata: JSON.stringify({ of: 'Ada' }),
    }
    const { upload, end } = told('said.txt', Buffer.from('hello'), { metadata })
    upload.start()
    expect(await end).toBe('success')
    const { data } = await admin.storage.from(bucket).info('said.txt')
    expect(data).toMatchObject({
      name: 'said.txt',
      size: 5,
      contentType: 'text/plain',
      cacheControl: 'max-age=3600',
      metadata: { of: 'Ada' },
    })
  })

  it('is sent whole without parts, with a creation of its own', async () => {
    const { upload, end, urls } = told('whole.txt', Buffer.from('hello'), {
      chunkSize: Number.POSITIVE_INFINITY,
      uploadDataDuringCreation: false,
    })
    upload.start()
    expect(await end).toBe('success')
    expect(urls[0]).toMatch(new RegExp(`^${endpoint}/[\\w-]+$`))
    expect((await bytesOf('whole.txt')).toString()).toBe('hello')
  })

  it('sends what has no bytes', async () => {
    const { upload, end } = told('empty.txt', Buffer.alloc(0))
    upload.start()
    expect(await end).toBe('success')
    expect(await bytesOf('empty.txt')).toHaveLength(0)
  })

  it('sends what has no known length', async () => {
    const { upload, end } = told('deferred.bin', Buffer.from('some bytes'), {
      uploadLengthDeferred: true,
      chunkSize: 4,
      uploadDataDuringCreation: false,
    })
    upload.start()
    expect(await end).toBe('success')
    expect((await bytesOf('deferred.bin')).toString()).toBe('some bytes')
  })

  it('is refused where the name is taken, and replaces it with x-upsert', async () => {
    const first = told('taken.txt', Buffer.from('old'))
    first.upload.start()
    await first.end
    const second = told('taken.txt', Buffer.from('new'))
    second.upload.start()
    const refused = statusOf(await second.end)
    expect([refused?.getStatus(), refused?.getBody()]).toEqual([409, 'The resource already exists'])
    const third = told('taken.txt', Buffer.from('new'), { headers: { ...asAdmin, 'x-upsert': 'true' } })
    third.upload.start()
    expect(await third.end).toBe('success')
    expect((await bytesOf('taken.txt')).toString()).toBe('new')
  })

  it('is refused by the policies before a byte is sent', async () => {
    const { upload, end } = told('stranger.txt', Buffer.from('x'), {
      headers: { authorization: `Bearer ${target.publishableKey}`, apikey: target.publishableKey },
    })
    upload.start()
    const refused = statusOf(await end)
    expect([refused?.getStatus(), refused?.getBody()]).toEqual([
      403,
      'new row violates row-level security policy',
    ])
  })

  it('is refused where the bucket does not take it', async () => {
    const narrow = fresh('narrow')
    await admin.storage.createBucket(narrow, {
      public: false,
      fileSizeLimit: '1kb',
      allowedMimeTypes: ['image/png'],
    })
    const attempt = async (metadata: Record<string, string>, size: number) => {
      const { upload, end } = told('x', randomBytes(size), { metadata })
      upload.start()
      const refused = statusOf(await end)
      return [refused?.getStatus(), refused?.getBody()]
    }
    const named = { bucketName: narrow, objectName: 'x', contentType: 'image/png' }
    expect(await attempt({ ...named, contentType: 'text/html' }, 1)).toEqual([
      415,
      'mime type text/html is not supported',
    ])
    expect(await attempt(named, 2000)).toEqual([413, 'Maximum size exceeded\n'])
    expect(await attempt({ ...named, bucketName: fresh('none') }, 1)).toEqual([404, 'Bucket not found'])
    expect((await attempt({ ...named, objectName: 'صورة.png' }, 1))[0]).toBe(400)
  })

  it('follows a signed link without a token of a person', async () => {
    const { data } = await admin.storage.from(bucket).createSignedUploadUrl('signed.txt')
    const options = { endpoint: `${endpoint}/sign`, headers: { 'x-signature': data?.token ?? '' } }
    const { upload, end, urls } = told('signed.txt', Buffer.from('signed'), options)
    upload.start()
    expect(await end).toBe('success')
    expect(urls[0]).toContain('/upload/resumable/sign/')
    expect((await bytesOf('signed.txt')).toString()).toBe('signed')
    const other = told('other.txt', Buffer.from('x'), options)
    other.upload.start()
    expect(statusOf(await other.end)?.getStatus()).toBe(400)
  })
})

describe('tus.Upload.abort', () => {
  it('stops an upload, which start takes up again where it stood', async () => {
    const bytes = randomBytes(chunk * 3)
    const { upload, progress, end } = told('again.bin', bytes, {
      onChunkComplete: (_size, sent) => {
        progress.push(sent)
        if (progress.length === 1) void upload.abort().then(() => upload.start())
      },
    })
    upload.start()
    expect(await end).toBe('success')
    expect(progress.at(-1)).toBe(bytes.length)
    expect((await bytesOf('again.bin')).equals(bytes)).toBe(true)
  })

  it('throws the upload away where it is told to', async () => {
    const { upload, urls } = told('thrown.bin', randomBytes(chunk * 2), {
      onChunkComplete: () => void upload.abort(true),
    })
    upload.start()
    await expect.poll(() => urls.length).toBe(1)
    const head = () =>
      fetch(urls[0] ?? '', { method: 'HEAD', headers: { ...asAdmin, 'tus-resumable': '1.0.0' } })
    await expect.poll(async () => (await head()).status).toBe(404)
    expect((await admin.storage.from(bucket).exists('thrown.bin')).data).toBe(false)
  })
})

describe('tus.Upload.terminate', () => {
  it('ends an upload that is not whole, and not one that is', async () => {
    const begun = await fetch(endpoint, {
      method: 'POST',
      headers: {
        ...asAdmin,
        'tus-resumable': '1.0.0',
        'upload-length': '10',
        'upload-metadata': named('begun.txt'),
      },
    })
    const url = begun.headers.get('location') ?? ''
    const terminate = (address: string) =>
      Upload.terminate(address, { headers: { ...asAdmin, 'x-upsert': 'true' }, retryDelays: [] })
    await terminate(url)
    await expect(terminate(url)).rejects.toThrow('response code: 404')
    const { upload, end } = told('over.txt', Buffer.from('x'))
    upload.start()
    await end
    await expect(terminate(upload.url ?? '')).rejects.toThrow('response code: 400')
    expect((await bytesOf('over.txt')).toString()).toBe('x')
  })
})

describe('tus.Upload.findPreviousUploads', () => {
  it('finds one of before, which goes on from its last byte', async () => {
    const stored = new Map<string, Record<string, unknown>>()
    const urlStorage = {
      findAllUploads: async () => [...stored.values()],
      findUploadsByFingerprint: async () => [...stored.values()],
      removeUpload: async (key: string) => void stored.delete(key),
      addUpload: async (_print: string, upload: Record<string, unknown>) => {
        stored.set('one', { ...upload, urlStorageKey: 'one' })
        return 'one'
      },
    } as unknown as NonNullable<UploadOptions['urlStorage']>
    const bytes = randomBytes(chunk * 2)
    const shared = { urlStorage, fingerprint: async () => 'one' }
    const first = told('previous.bin', bytes, { ...shared, onChunkComplete: () => void first.upload.abort() })
    first.upload.start()
    await expect.poll(() => stored.size).toBe(1)
    const second = told('previous.bin', bytes, shared)
    const [previous] = await second.upload.findPreviousUploads()
    if (!previous) throw new Error('no upload was found')
    second.upload.resumeFromPreviousUpload(previous)
    second.upload.start()
    expect(await second.end).toBe('success')
    expect(second.urls).toEqual(first.urls)
    expect((await bytesOf('previous.bin')).equals(bytes)).toBe(true)
  })
})

describe('tus.Upload.resumeFromPreviousUpload', () => {
  it('is told where the upload stands by whichever process answers', async () => {
    const begun = await fetch(endpoint, {
      method: 'POST',
      headers: {
        ...asAdmin,
        'tus-resumable': '1.0.0',
        'upload-length': '10',
        'upload-metadata': named('stands.txt'),
        'content-type': 'application/offset+octet-stream',
      },
      body: 'hello',
    })
    expect([begun.status, begun.headers.get('upload-offset')]).toEqual([201, '5'])
    expect(Date.parse(begun.headers.get('upload-expires') ?? '')).toBeGreaterThan(Date.now())
    const url = begun.headers.get('location') ?? ''
    const headers = { ...asAdmin, 'tus-resumable': '1.0.0', connection: 'close' }
    for (let time = 0; time < 4; time += 1) {
      const { status, headers: told } = await fetch(url, { method: 'HEAD', headers })
      expect([status, told.get('upload-offset'), told.get('upload-length')]).toEqual([200, '5', '10'])
    }
    const send = (offset: number, body: string) =>
      fetch(url, {
        method: 'PATCH',
        headers: {
          ...headers,
          'upload-offset': String(offset),
          'content-type': 'application/offset+octet-stream',
        },
        body,
      })
    expect((await send(3, 'x')).status).toBe(409)
    expect((await send(5, 'too much')).status).toBe(413)
    expect((await send(5, ' Ada!')).status).toBe(204)
    expect((await bytesOf('stands.txt')).toString()).toBe('hello Ada!')
  })
})

describe('tus.Upload.start', () => {
  it('finds a server of version 1.0.0 with the extensions that hosted has', async () => {
    const { status, headers } = await fetch(endpoint, { method: 'OPTIONS' })
    expect([status, headers.get('tus-version')]).toEqual([204, '1.0.0'])
    for (const extension of ['creation', 'creation-with-upload', 'termination', 'expiration'])
      expect(headers.get('tus-extension')?.split(',')).toContain(extension)
    expect(Number(headers.get('tus-max-size'))).toBeGreaterThan(0)
  })

  it('refuses what is no upload', async () => {
    const head = (id: string) =>
      fetch(`${endpoint}/${id}`, { method: 'HEAD', headers: { ...asAdmin, 'tus-resumable': '1.0.0' } })
    for (const id of ['x', Buffer.from('../../etc/passwd').toString('base64url'), '%00', 'a/b/c'])
      expect([id, (await head(id)).status >= 400, (await head(id)).status < 500]).toEqual([id, true, true])
    const stranger = await fetch(endpoint, {
      method: 'POST',
      headers: { 'tus-resumable': '1.0.0', 'upload-length': '1', 'upload-metadata': named('x') },
    })
    expect(stranger.status).toBeGreaterThanOrEqual(400)
    expect(stranger.status).toBeLessThan(404)
    expect((await clientOf(target.publishableKey).storage.from(bucket).exists('x')).data).toBe(false)
  })
})

function named(objectName: string): string {
  const said = { bucketName: bucket, objectName, contentType: 'text/plain', cacheControl: '60' }
  return Object.entries(said)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',')
}
