import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, expectRefusal, newBucket, policy } from './storage-world.ts'
import { admin, fresh, type Person, person, sql, target, visitor } from './world.ts'

const own = `owner_id = (select auth.uid())::text`
const inOwnFolder = `(storage.foldername(name))[1] = (select auth.uid())::text`
const refusal = 'new row violates row-level security policy'

let ada: Person
let bob: Person
let bucket: string
const policies: (() => Promise<void>)[] = []
beforeAll(async () => {
  ;[ada, bob, bucket] = [await person('ada'), await person('bob'), await newBucket()]
  policies.push(
    await policy(bucket, 'insert', inOwnFolder),
    await policy(bucket, 'select', own),
    await policy(bucket, 'delete', own),
  )
})
afterAll(async () => {
  for (const drop of policies) await drop()
})
const adas = () => ada.client.storage.from(bucket)
const bobs = () => bob.client.storage.from(bucket)

describe('storage.from.upload', () => {
  it('is for those whom a policy allows it, and is theirs', async () => {
    const { data, error } = await adas().upload(`${ada.id}/own.txt`, 'hello')
    expect(error).toBeNull()
    const [row] = await sql('select owner::text, owner_id, bucket_id from storage.objects where id = $1', [
      data?.id,
    ])
    expect(row).toEqual({ owner: ada.id, owner_id: ada.id, bucket_id: bucket })
    expectRefusal((await adas().upload(`${bob.id}/other.txt`, 'x')).error, '403', 'AccessDenied', refusal)
    expectRefusal(
      (await visitor().storage.from(bucket).upload('x.txt', 'x')).error,
      '403',
      'AccessDenied',
      refusal,
    )
    expect((await admin.storage.from(bucket).exists(`${bob.id}/other.txt`)).data).toBe(false)
  })

  it('with upsert wants the rights to insert, to see and to change', async () => {
    const place = await newBucket()
    const drops = [await policy(place, 'insert', 'true')]
    const files = ada.client.storage.from(place)
    expect((await files.upload('a.txt', 'one')).error).toBeNull()
    expectRefusal((await files.upload('b.txt', 'x', { upsert: true })).error, '403', 'AccessDenied', refusal)
    drops.push(await policy(place, 'select', 'true'))
    expect((await files.upload('b.txt', 'x', { upsert: true })).error).toBeNull()
    expectRefusal(
      (await files.upload('a.txt', 'two', { upsert: true })).error,
      '403',
      'AccessDenied',
      refusal,
    )
    drops.push(await policy(place, 'update', 'true'))
    expect((await files.upload('a.txt', 'two', { upsert: true })).error).toBeNull()
    expect((await files.update('a.txt', 'three')).error).toBeNull()
    expect(await (await files.download('a.txt')).data?.text()).toBe('three')
    for (const drop of drops) await drop()
  })

  it('lets a policy ask for kind, own metadata and what is done', async () => {
    const place = await newBucket()
    const drop = await policy(
      place,
      'insert',
      `metadata ->> 'mimetype' = 'text/x-a' and user_metadata ->> 'of' = 'Ada'
       and storage.operation() = 'storage.object.upload' and storage.extension(name) = 'txt'`,
    )
    const files = ada.client.storage.from(place)
    const said = { contentType: 'text/x-a', metadata: { of: 'Ada' } }
    expect((await files.upload('a.txt', 'x', said)).error).toBeNull()
    expectRefusal(
      (await files.upload('b.txt', 'x', { ...said, contentType: 'text/x-b' })).error,
      '403',
      'AccessDenied',
    )
    expectRefusal(
      (await files.upload('c.txt', 'x', { contentType: 'text/x-a' })).error,
      '403',
      'AccessDenied',
    )
    expectRefusal((await files.upload('d.pdf', 'x', said)).error, '403', 'AccessDenied')
    await drop()
  })
})

describe('storage.from.download', () => {
  it('is for those whom a policy lets see it', async () => {
    await adas().upload(`${ada.id}/seen.txt`, 'hello')
    expect(await (await adas().download(`${ada.id}/seen.txt`)).data?.text()).toBe('hello')
    expectRefusal((await bobs().download(`${ada.id}/seen.txt`)).error, '404', 'NoSuchKey', 'Object not found')
    const nobody = await ask(`/object/${bucket}/${ada.id}/seen.txt`)
    expect(await nobody.json()).toMatchObject({ statusCode: '404', code: 'NoSuchBucket' })
    const wrong = await ask(`/object/authenticated/${bucket}/${ada.id}/seen.txt`)
    expect(await wrong.json()).toMatchObject({ statusCode: '400' })
  })

  it('is told of a token that does not hold', async () => {
    const get = async (token: string) => {
      const headers = { apikey: target.publishableKey, authorization: `Bearer ${token}` }
      const { statusCode, message } = await (
        await ask(`/object/authenticated/${bucket}/x`, { headers })
      ).json()
      return [statusCode, message]
    }
    expect(await get(`${ada.token.slice(0, -4)}AAAA`)).toEqual(['403', 'signature verification failed'])
    expect(await get('nothing')).toEqual(['403', 'Invalid Compact JWS'])
  })

  it('wants a token, and no key beside it', async () => {
    await adas().upload(`${ada.id}/token.txt`, 'hello')
    const answer = await ask(`/object/${bucket}/${ada.id}/token.txt`, {
      headers: { authorization: `Bearer ${ada.token}` },
    })
    expect(await answer.text()).toBe('hello')
  })
})

describe('storage.from.list', () => {
  it('shows each what is theirs', async () => {
    await adas().upload(`${ada.id}/listed.txt`, 'x')
    const names = (await adas().list(ada.id)).data?.map(({ name }) => name)
    expect(names).toContain('listed.txt')
    expect((await bobs().list(ada.id)).data).toEqual([])
    expect((await bobs().listV2({ prefix: ada.id })).data?.objects).toEqual([])
    expect((await visitor().storage.from(bucket).list(ada.id)).data).toEqual([])
  })
})

describe('storage.from.remove', () => {
  it('deletes what is theirs and passes over the rest', async () => {
    const path = `${ada.id}/kept.txt`
    await adas().upload(path, 'x')
    expect((await bobs().remove([path])).data).toEqual([])
    const one = await ask(`/object/${bucket}/${path}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${bob.token}` },
    })
    expect(await one.json()).toMatchObject({ statusCode: '403', message: 'Access denied' })
    expect((await adas().exists(path)).data).toBe(true)
    expect((await adas().remove([path])).data).toHaveLength(1)
  })
})

describe('storage.from.move', () => {
  it('wants the rights to see and to change', async () => {
    const path = `${ada.id}/move.txt`
    await adas().upload(path, 'x')
    expectRefusal((await bobs().move(path, 'stolen.txt')).error, '404', 'NoSuchKey')
    expectRefusal((await adas().move(path, `${ada.id}/moved.txt`)).error, '404', 'NoSuchKey')
    const drop = await policy(bucket, 'update', own)
    expect((await adas().move(path, `${ada.id}/moved.txt`)).error).toBeNull()
    await drop()
  })
})

describe('storage.from.copy', () => {
  it('wants the rights to see the one and to insert the other', async () => {
    const path = `${ada.id}/copy.txt`
    await adas().upload(path, 'x')
    expect((await adas().copy(path, `${ada.id}/copied.txt`)).error).toBeNull()
    expectRefusal((await adas().copy(path, 'elsewhere.txt')).error, '403', 'AccessDenied', refusal)
    expectRefusal((await bobs().copy(path, `${bob.id}/stolen.txt`)).error, '404', 'NoSuchKey')
  })
})

describe('storage.from.createSignedUrl', () => {
  it('wants the right to see', async () => {
    const path = `${ada.id}/sign.txt`
    await adas().upload(path, 'hello')
    const { data } = await adas().createSignedUrl(path, 60)
    expect(await (await fetch(data?.signedUrl ?? '')).text()).toBe('hello')
    expectRefusal((await bobs().createSignedUrl(path, 60)).error, '404', 'NoSuchKey')
    expect((await bobs().createSignedUrls([path], 60)).data?.[0]?.signedUrl).toBeNull()
  })
})

describe('storage.from.uploadToSignedUrl', () => {
  it('puts the object there in the name of who signed', async () => {
    const path = `${ada.id}/signed-for.txt`
    const { data } = await adas().createSignedUploadUrl(path)
    await visitor()
      .storage.from(bucket)
      .uploadToSignedUrl(path, data?.token ?? '', 'x')
    const [row] = await sql('select owner_id from storage.objects where bucket_id = $1 and name = $2', [
      bucket,
      path,
    ])
    expect(row?.owner_id).toBe(ada.id)
    expectRefusal((await bobs().createSignedUploadUrl(path)).error, '403', 'AccessDenied', refusal)
  })
})

describe('storage.getBucket', () => {
  it('is for those whom a policy on storage.buckets lets see it', async () => {
    expectRefusal((await ada.client.storage.getBucket(bucket)).error, '404', 'NoSuchBucket')
    const name = fresh('policy')
    await sql(`create policy ${name} on storage.buckets for select to authenticated using (id = '${bucket}')`)
    expect((await ada.client.storage.getBucket(bucket)).data?.id).toBe(bucket)
    expect((await ada.client.storage.listBuckets()).data?.map(({ id }) => id)).toContain(bucket)
    expectRefusal(
      (await ada.client.storage.updateBucket(bucket, { public: true })).error,
      '404',
      'NoSuchBucket',
    )
    await sql(`drop policy ${name} on storage.buckets`)
  })
})

describe('storage.from.remove', () => {
  it('is the only way: SQL does not delete from storage', async () => {
    for (const table of ['objects', 'buckets'])
      await expect(sql(`delete from storage.${table}`)).rejects.toThrow(
        'Direct deletion from storage tables is not allowed. Use the Storage API instead.',
      )
  })
})
