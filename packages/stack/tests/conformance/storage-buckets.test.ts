import { describe, expect, it } from 'vitest'
import { asAdmin, ask, asVisitor, expectRefusal, newBucket } from './storage-world.ts'
import { admin, fresh, person, visitor } from './world.ts'

const { storage } = admin

describe('storage.createBucket', () => {
  it('makes a bucket with its limits', async () => {
    const name = fresh('made')
    const options = { public: true, fileSizeLimit: '1MB', allowedMimeTypes: ['image/png', 'text/*'] }
    expect(await storage.createBucket(name, options)).toEqual({ data: { name }, error: null })
    const { data } = await storage.getBucket(name)
    expect(data).toMatchObject({
      id: name,
      name,
      public: true,
      file_size_limit: 1_000_000,
      allowed_mime_types: ['image/png', 'text/*'],
    })
  })

  it('refuses a name that is taken, and one that is none', async () => {
    const name = await newBucket()
    const { data, error } = await storage.createBucket(name)
    expect(data).toBeNull()
    expectRefusal(error, '409', 'BucketAlreadyExists', 'The resource already exists')
    for (const wrong of [' space', 'with/slash', 'سلة', 'x'.repeat(101)]) {
      const refused = await storage.createBucket(wrong)
      expectRefusal(refused.error, '400', 'InvalidBucketName', 'Bucket name invalid')
    }
  })

  it('refuses limits that are none', async () => {
    const tooLarge = await storage.createBucket(fresh('b'), { public: false, fileSizeLimit: '90000GB' })
    expectRefusal(tooLarge.error, '413', 'EntityTooLarge', 'The object exceeded the maximum allowed size')
    const wrongKind = await storage.createBucket(fresh('b'), { public: false, allowedMimeTypes: ['nothing'] })
    expectRefusal(wrongKind.error, '415', 'InvalidMimeType', 'mime type nothing is not supported')
    const wrongSize = await storage.createBucket(fresh('b'), { public: false, fileSizeLimit: 'large' })
    expectRefusal(wrongSize.error, '400', 'InvalidRequest')
  })

  it('is for those whom a policy allows it', async () => {
    const words = 'new row violates row-level security policy'
    for (const { storage } of [visitor(), (await person('eve')).client]) {
      expectRefusal((await storage.createBucket(fresh('b'))).error, '403', 'AccessDenied', words)
    }
  })

  it('says what a body lacks', async () => {
    const headers = { ...asAdmin, 'content-type': 'application/json' }
    const answer = await ask('/bucket', { method: 'POST', headers, body: '{}' })
    expect([answer.status, await answer.json()]).toEqual([
      400,
      {
        statusCode: '400',
        error: 'Error',
        message: "body must have required property 'name'",
        code: 'InvalidRequest',
      },
    ])
  })
})

describe('storage.getBucket', () => {
  it('tells all of a bucket', async () => {
    const name = await newBucket()
    const { data, error } = await storage.getBucket(name)
    expect(error).toBeNull()
    expect(data).toEqual({
      id: name,
      name,
      owner: '',
      public: false,
      file_size_limit: null,
      allowed_mime_types: null,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      updated_at: expect.any(String),
    })
  })

  it('does not find what is not there, or not to be seen', async () => {
    expectRefusal((await storage.getBucket(fresh('none'))).error, '404', 'NoSuchBucket', 'Bucket not found')
    const name = await newBucket()
    expectRefusal((await visitor().storage.getBucket(name)).error, '404', 'NoSuchBucket', 'Bucket not found')
  })
})

describe('storage.listBuckets', () => {
  it('searches, sorts and pages', async () => {
    const word = fresh('list')
    for (const end of ['c', 'a', 'b']) await storage.createBucket(`${word}-${end}`)
    const names = async (options: Parameters<typeof storage.listBuckets>[0]) =>
      (await storage.listBuckets({ search: word, ...options })).data?.map(({ name }) => name.slice(-1))
    expect(await names({ sortColumn: 'name', sortOrder: 'asc' })).toEqual(['a', 'b', 'c'])
    expect(await names({ sortColumn: 'name', sortOrder: 'desc', limit: 2 })).toEqual(['c', 'b'])
    expect(await names({ sortColumn: 'created_at', sortOrder: 'asc', limit: 2, offset: 1 })).toEqual([
      'a',
      'b',
    ])
    const { data } = await storage.listBuckets({ search: word })
    expect(data?.[0]).toMatchObject({ type: 'STANDARD', public: false, file_size_limit: null })
  })

  it('takes no wildcard for one, and refuses what is no number', async () => {
    expect((await storage.listBuckets({ search: '%' })).data).toEqual([])
    expectRefusal((await storage.listBuckets({ limit: 0 })).error, '400', 'InvalidRequest')
    const answer = await ask('/bucket?limit=x', { headers: asAdmin })
    expect(await answer.json()).toMatchObject({ message: 'querystring/limit must be integer' })
  })

  it('shows nobody what no policy shows, and asks for a token', async () => {
    await newBucket()
    expect((await visitor().storage.listBuckets()).data).toEqual([])
    const refused = async (headers: Record<string, string>) =>
      (await (await ask('/bucket', { headers })).json()) as object
    expect(await refused({})).toMatchObject({
      message: "headers must have required property 'authorization'",
    })
    expect(await refused({ authorization: 'Bearer nothing' })).toEqual({
      statusCode: '403',
      error: 'Unauthorized',
      message: 'Invalid Compact JWS',
      code: 'AccessDenied',
    })
  })
})

describe('storage.updateBucket', () => {
  it('changes what is named and leaves the rest', async () => {
    const name = await newBucket({ public: false, allowedMimeTypes: ['image/png'], fileSizeLimit: 1000 })
    const { data } = await storage.updateBucket(name, { public: true, fileSizeLimit: null })
    expect(data).toEqual({ message: 'Successfully updated' })
    expect((await storage.getBucket(name)).data).toMatchObject({
      public: true,
      file_size_limit: null,
      allowed_mime_types: ['image/png'],
    })
    await storage.updateBucket(name, { public: true, allowedMimeTypes: null })
    expect((await storage.getBucket(name)).data?.allowed_mime_types).toBeNull()
  })

  it('does not find what is not there, or not to be changed', async () => {
    const nothing = await storage.updateBucket(fresh('none'), { public: true })
    expectRefusal(nothing.error, '404', 'NoSuchBucket', 'Bucket not found')
    const name = await newBucket()
    expectRefusal((await visitor().storage.updateBucket(name, { public: true })).error, '404', 'NoSuchBucket')
    expect((await storage.getBucket(name)).data?.public).toBe(false)
  })
})

describe('storage.emptyBucket', () => {
  it('deletes all objects of a bucket', async () => {
    const name = await newBucket()
    for (const path of ['a.txt', 'b/c.txt']) await storage.from(name).upload(path, 'x')
    expect((await storage.emptyBucket(name)).data).toEqual({
      message: 'Empty bucket has been queued. Completion may take up to an hour.',
    })
    await expect.poll(async () => (await storage.from(name).list()).data).toEqual([])
  })

  it('is for the secret key alone', async () => {
    const name = await newBucket()
    const { error } = await visitor().storage.emptyBucket(name)
    expectRefusal(error, '403', 'AccessDenied', 'Access denied: Invalid role', 403)
    expectRefusal((await storage.emptyBucket(fresh('none'))).error, '404', 'NoSuchBucket')
  })
})

describe('storage.deleteBucket', () => {
  it('deletes an empty bucket and no other', async () => {
    const name = await newBucket()
    await storage.from(name).upload('a.txt', 'x')
    const full = await storage.deleteBucket(name)
    expectRefusal(full.error, '409', 'ResourceNotEmpty', 'The bucket you tried to delete is not empty')
    await storage.from(name).remove(['a.txt'])
    expect((await storage.deleteBucket(name)).data).toEqual({ message: 'Successfully deleted' })
    expectRefusal((await storage.getBucket(name)).error, '404', 'NoSuchBucket')
    expectRefusal((await storage.deleteBucket(name)).error, '404', 'NoSuchBucket', 'Bucket not found')
  })

  it('does not find what is not to be deleted', async () => {
    const name = await newBucket()
    expectRefusal((await visitor().storage.deleteBucket(name)).error, '404', 'NoSuchBucket')
    expect((await storage.getBucket(name)).error).toBeNull()
  })
})

describe('storage.purgeBucketCache', () => {
  it('is for the secret key alone', async () => {
    const name = await newBucket()
    const { error } = await visitor().storage.purgeBucketCache(name)
    expectRefusal(error, '403', 'AccessDenied', 'Access denied: Invalid role', 403)
  })

  it('differs: there is no cache, and it answers with success', async () => {
    expect((await storage.purgeBucketCache(await newBucket())).data).toEqual({ message: 'success' })
    const answer = await ask('/cdn/x', { method: 'DELETE', headers: asVisitor })
    expect(answer.status).toBe(403)
  })
})

async function hasNoLifecycle(call: (bucket: string) => PromiseLike<{ error: Error | null }>) {
  const { error } = await call(await newBucket())
  expectRefusal(error, '404', 'InvalidRequest', undefined, 404)
  expect(error?.message).toMatch(/^Route \w+:\/bucket\/.*\/lifecycle not found$/)
}

describe('storage.getBucketLifecycle', () => {
  it('missing: there are no rules of a life, and no such route', () =>
    hasNoLifecycle((bucket) => storage.getBucketLifecycle(bucket)))
})

describe('storage.updateBucketLifecycle', () => {
  it('missing: there are no rules of a life, and no such route', () =>
    hasNoLifecycle((bucket) => storage.updateBucketLifecycle(bucket, { rules: [] } as never)))
})

describe('storage.deleteBucketLifecycle', () => {
  it('missing: there are no rules of a life, and no such route', () =>
    hasNoLifecycle((bucket) => storage.deleteBucketLifecycle(bucket)))
})
