import { randomBytes } from 'node:crypto'
import { readdir, stat, utimes } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createClient } from '@supabase/supabase-js'
import { Upload } from 'tus-js-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../src/run.ts'
import { withClient } from '../src/sql.ts'
import { keepFiles } from '../src/storage/files.ts'
import { storagePlaces, sweepOld } from '../src/storage/sweep.ts'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { childrenOf, kill, partOf } from './faults-world.ts'

const megabyte = 2 ** 20
const bucket = 'faults'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack({ apiProcesses: 2 })
  await files().storage.createBucket(bucket)
})
afterAll(() => stack?.stop())

const files = () => {
  const { urls, keys } = stack
  return createClient(urls.api, keys.secret, { auth: { persistSession: false, autoRefreshToken: false } })
}
const objects = () => files().storage.from(bucket)
const bytesOf = async (name: string) => {
  const { data, error } = await objects().download(name)
  if (error) throw error
  return Buffer.from(await data.arrayBuffer())
}
const headers = () => ({ authorization: `Bearer ${stack.keys.secret}`, apikey: stack.keys.secret })

type Row = { name: string; version: string; size: number }
const rows = async () => {
  const found = await withClient(stack.urls.databaseAdmin, (client) =>
    client.query<Row>(`select name, version, (metadata ->> 'size')::int as size from storage.objects`),
  )
  return found.rows
}
const onDisk = async () => {
  const { objects } = storagePlaces(stack.config)
  const entries = await readdir(objects, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isFile()).map(({ name, parentPath }) => join(parentPath, name))
}

/** Every row has its bytes, and no bytes are there without a row. */
async function expectWhole(): Promise<void> {
  const sizes = new Map<string, number>()
  for (const path of await onDisk()) sizes.set(path.split('/').at(-1) ?? '', (await stat(path)).size)
  const expected = new Map((await rows()).map(({ version, size }) => [version, size]))
  expect(Object.fromEntries(sizes)).toEqual(Object.fromEntries(expected))
}

/** An upload that stops in the middle, and goes on when told to. */
function halfAnUpload(path: string, total: number) {
  const sent = request(`${stack.urls.api}/storage/v1${path}`, {
    method: 'POST',
    headers: { ...headers(), 'content-type': 'text/plain', 'content-length': total, 'x-upsert': 'true' },
  })
  const end = new Promise<number | string>((done) => {
    sent.on('response', (answer) => {
      answer.resume()
      done(answer.statusCode ?? 0)
    })
    sent.on('error', (error) => done(String(error)))
  })
  sent.write(Buffer.alloc(total / 2))
  return { sent, end }
}

describe('a gateway that is killed', () => {
  test('in the middle of an upload leaves the object as it was, and nothing beside it', async () => {
    await objects().upload('whole.bin', Buffer.from('old'))
    const upload = halfAnUpload(`/object/${bucket}/whole.bin`, 4 * megabyte)
    await expect.poll(async () => (await onDisk()).length).toBe((await rows()).length + 1)
    await kill(stack, 'gateway')
    expect(await upload.end).toContain('Error')
    expect((await bytesOf('whole.bin')).toString()).toBe('old')
    await expectWhole()
  })

  test('while people upload loses nothing that it acknowledged', async () => {
    const kept = new Map<string, Buffer>()
    let stopped = false
    let next = 0
    const write = async () => {
      while (!stopped) {
        next += 1
        const [name, bytes] = [`traffic/${next % 20}.bin`, randomBytes(50_000)]
        const { error } = await objects()
          .upload(name, bytes, { upsert: true })
          .catch((thrown: Error) => ({ error: thrown }))
        // What broke off may have been written or not; nobody was promised anything.
        if (error) kept.delete(name)
        else kept.set(name, bytes)
      }
    }
    // One writer, so that what a name holds is known.
    const writing = write()
    await expect.poll(() => kept.size).toBeGreaterThan(5)
    await kill(stack, 'gateway')
    const before = next
    await expect.poll(() => next).toBeGreaterThan(before + 20)
    stopped = true
    await writing
    for (const [name, bytes] of kept)
      expect([name, (await bytesOf(name)).equals(bytes)]).toEqual([name, true])
    for (const { name, size } of await rows())
      expect([name, (await bytesOf(name)).length]).toEqual([name, size])
  })

  test('lets a resumable upload go on where it stood', async () => {
    const bytes = randomBytes(3 * megabyte)
    let chunks = 0
    let killed: Promise<void> | undefined
    const end = new Promise<string>((done, failed) => {
      const upload: Upload = new Upload(bytes, {
        endpoint: `${stack.urls.api}/storage/v1/upload/resumable`,
        headers: headers(),
        chunkSize: megabyte / 2,
        // For as long as a gateway may take to come back on a busy machine.
        retryDelays: Array<number>(40).fill(500),
        metadata: { bucketName: bucket, objectName: 'resumed.bin', contentType: 'text/plain' },
        onChunkComplete: () => {
          chunks += 1
          if (chunks === 2) killed = kill(stack, 'gateway')
        },
        onSuccess: () => done('success'),
        onError: failed,
      })
      upload.start()
    })
    expect(await end).toBe('success')
    await killed
    expect((await bytesOf('resumed.bin')).equals(bytes)).toBe(true)
    await expectWhole()
  })
})

test('a place that is begun over and over takes one upload, the newest', async () => {
  const uploads = `${stack.urls.api}/storage/v1/upload/resumable`
  const named = `bucketName ${btoa(bucket)},objectName ${btoa('again.bin')}`
  const piece = { ...headers(), 'tus-resumable': '1.0.0', 'content-type': 'application/offset+octet-stream' }
  const begin = async () => {
    const begun = await fetch(uploads, {
      method: 'POST',
      headers: { ...piece, 'upload-length': String(2 * megabyte), 'upload-metadata': named },
      body: Buffer.alloc(megabyte),
    })
    expect(begun.status).toBe(201)
    return begun.headers.get('location') ?? ''
  }
  const send = async (place: string) => {
    const more = { ...piece, 'upload-offset': String(megabyte) }
    return (await fetch(place, { method: 'PATCH', headers: more, body: Buffer.alloc(megabyte) })).status
  }
  const places = [await begin(), await begin(), await begin()]
  const kept = await readdir(storagePlaces(stack.config).uploads)
  expect(kept.filter((name) => !name.endsWith('.json'))).toHaveLength(1)
  expect([await send(places[0] ?? ''), await send(places[1] ?? '')]).toEqual([404, 404])
  expect(await send(places[2] ?? '')).toBe(204)
  expect(await bytesOf('again.bin')).toHaveLength(2 * megabyte)
})

test('a sender that goes away leaves nothing', async () => {
  const upload = halfAnUpload(`/object/${bucket}/gone.bin`, 4 * megabyte)
  await expect.poll(async () => (await onDisk()).length).toBe((await rows()).length + 1)
  upload.sent.destroy()
  await expect.poll(async () => (await onDisk()).length).toBe((await rows()).length)
  expect((await objects().exists('gone.bin')).data).toBe(false)
})

describe('fifty who upload one name at the same moment', () => {
  const bodies = Array.from({ length: 50 }, (_, n) => Buffer.alloc(200_000 + n, n))

  test('as a new one: one of them does, and the others are told', async () => {
    const answers = await Promise.all(bodies.map((body) => objects().upload('new.bin', body)))
    const winners = answers.flatMap(({ error }, n) => (error ? [] : [n]))
    expect(winners).toHaveLength(1)
    expect((await bytesOf('new.bin')).equals(bodies[winners[0] ?? 0] as Buffer)).toBe(true)
    const codes = answers.flatMap(({ error }) => (error ? [(error as { code?: string }).code] : []))
    expect(new Set(codes)).toEqual(new Set(['KeyAlreadyExists']))
    await expectWhole()
  })

  test('with upsert: all do, and one of them stays whole', async () => {
    const answers = await Promise.all(
      bodies.map((body) => objects().upload('new.bin', body, { upsert: true })),
    )
    expect(answers.filter(({ error }) => error)).toEqual([])
    const left = await bytesOf('new.bin')
    const [row] = (await rows()).filter(({ name }) => name === 'new.bin')
    expect(left.length).toBe(row?.size)
    expect(left.equals(bodies[left[0] ?? 0] as Buffer)).toBe(true)
    await expectWhole()
  })

  test('are read whole meanwhile', async () => {
    const reads = Array.from({ length: 50 }, () => bytesOf('new.bin'))
    const writes = bodies.slice(0, 20).map((body) => objects().upload('new.bin', body, { upsert: true }))
    for (const read of await Promise.all(reads)) expect(new Set(read).size).toBe(1)
    await Promise.all(writes)
    await expectWhole()
  })
})

test('what is old and has no row is swept while others upload', async () => {
  const upload = halfAnUpload(`/object/${bucket}/slow.bin`, 2 * megabyte)
  await expect.poll(async () => (await onDisk()).length).toBe((await rows()).length + 1)
  const kept = keepFiles(storagePlaces(stack.config).objects)
  const orphan = async () => (await kept.write(Readable.from([Buffer.from('x')]), 10)).version
  const [old, young] = [await orphan(), await orphan()]
  await utimes(kept.path(old), 0, 0)
  await sweepOld(stack.config)
  expect(await kept.versions()).toContain(young)
  expect(await kept.versions()).not.toContain(old)
  await kept.remove([young])
  upload.sent.end(Buffer.alloc(megabyte))
  expect(await upload.end).toBe(200)
  expect(await bytesOf('slow.bin')).toHaveLength(2 * megabyte)
  await expectWhole()
})

test('fifty megabytes each way do not take as much memory', async () => {
  const size = 50 * megabyte
  const part = await partOf(stack, 'gateway')
  const workers = await childrenOf(part?.pid, 'gateway/main.ts')
  const most = async () => {
    const sizes = await run('ps', ['-o', 'rss=', '-p', workers.join(',')])
    return Math.max(...sizes.trim().split(/\s+/).map(Number)) / 1024
  }
  await objects().upload('warm.bin', randomBytes(megabyte))
  await bytesOf('warm.bin')
  const before = await most()
  let peak = before
  const watching = setInterval(async () => {
    peak = Math.max(peak, await most())
  }, 20)
  const bytes = randomBytes(size)
  expect((await objects().upload('large.bin', new Blob([bytes]))).error).toBeNull()
  expect((await objects().upload('large-too.bin', bytes)).error).toBeNull()
  expect((await bytesOf('large.bin')).equals(bytes)).toBe(true)
  clearInterval(watching)
  expect(peak - before).toBeLessThan(45)
}, 60_000)

test('a database that is killed is told of, and waited for', async () => {
  const refused = new Set<string>()
  const killed = kill(stack, 'postgres')
  let done = false
  void killed.then(() => {
    done = true
  })
  while (!done) {
    const { error } = await objects().upload('during.bin', 'x', { upsert: true })
    if (error) refused.add((error as { statusCode?: string }).statusCode ?? error.message)
  }
  await killed
  expect([...refused].filter((one) => one !== '544' && one !== '500')).toEqual([])
  await expect.poll(async () => (await objects().upload('after.bin', 'x', { upsert: true })).error).toBeNull()
  const begun = await fetch(`${stack.urls.api}/storage/v1/upload/resumable`, {
    method: 'POST',
    headers: {
      ...headers(),
      'tus-resumable': '1.0.0',
      'upload-length': '0',
      'upload-metadata': `bucketName ${btoa(bucket)},objectName ${btoa('after.txt')}`,
    },
  })
  expect(begun.status).toBe(201)
  expect(await bytesOf('after.txt')).toHaveLength(0)
  // Where nobody knew whether a row was written, its bytes stayed until now.
  await kill(stack, 'gateway')
  await expectWhole()
}, 60_000)
