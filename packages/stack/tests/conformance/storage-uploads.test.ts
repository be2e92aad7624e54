import { createReadStream } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { asAdmin, ask, expectRefusal, newBucket } from './storage-world.ts'
import { admin, fresh } from './world.ts'

let bucket: string
beforeAll(async () => {
  bucket = await newBucket()
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
