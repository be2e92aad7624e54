import { randomUUID } from 'node:crypto'
import { FileState, Picture, pictureFile, pictureFormats, pictureSizes, UploadPlace } from '@p2p/contracts'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { killed, type Resident, startWhole, type Whole } from '../../../testing/whole.ts'
import { until } from '../../../testing/workshop.ts'
import type { Worker } from '../../worker.ts'

/* The whole way of a picture: real Storage, real queue, and a worker that may be stopped and killed. */

let whole: Whole
let worker: Worker | undefined
let ada: Resident
let eve: Resident

beforeAll(async () => {
  whole = await startWhole()
  ada = await whole.resident('Ada')
  eve = await whole.resident('Eve')
}, 180_000)
afterAll(() => whole?.stop())

const startWork = async () => {
  worker = await whole.start()
}
const stopWork = async () => {
  await worker?.stop()
  worker = undefined
}
beforeEach(startWork)
afterEach(stopWork)

const enqueue = (name: string, payload: object) =>
  whole.db.query('select private.enqueue($1, $2)', [name, payload])

const blob = (bytes: Buffer, type: string) => new Blob([new Uint8Array(bytes)], { type })
const photo = (colour = 'teal') =>
  sharp({ create: { width: 700, height: 500, channels: 3, background: colour } })
    .jpeg()
    .withExif({ IFD0: { Model: 'Camera 9' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '24/1 42/1 0/1' } })
    .toBuffer()

/** A place for a file; what is said of it need not be true. */
async function place({ supabase }: Resident, size: number, type: string): Promise<UploadPlace> {
  const asked = { purpose: 'avatar', size, content_type: type }
  const { data, error } = await supabase.rpc('create_upload', asked)
  if (error) throw error
  return UploadPlace.parse(data)
}

/** Sends a file as one's picture, and answers its id. */
async function send(who: Resident, bytes: Buffer, type = 'image/jpeg'): Promise<string> {
  const { bucket, path, id } = await place(who, bytes.length, type)
  const { error } = await who.supabase.storage.from(bucket).upload(path, blob(bytes, type))
  if (error) throw error
  return id
}

const stateOf = async ({ supabase }: Resident, file: string) => {
  const { data } = await supabase.from('files').select('status, reason').eq('id', file).single()
  return FileState.parse(data)
}

const settled = (who: Resident, file: string) =>
  until(async () => {
    const state = await stateOf(who, file)
    expect(state.status).not.toBe('pending')
    return state
  })

const avatarOf = async ({ id }: Resident) => {
  const { rows } = await whole.db.query('select avatar from public.profiles where id = $1', [id])
  return Picture.nullable().parse(rows[0].avatar)
}

const objects = async (bucket: string, file = '') =>
  (
    await whole.db.query<{ name: string }>(
      `select name from storage.objects where bucket_id = $1 and name like $2 || '%' order by name`,
      [bucket, file],
    )
  ).rows.map(({ name }) => name)

const addressOf = (
  { path }: Picture,
  size: (typeof pictureSizes)[number],
  format: (typeof pictureFormats)[number],
) => {
  const [bucket = '', file] = path.split('/')
  return whole.supabase.storage.from(bucket).getPublicUrl(`${file}/${pictureFile(size, format)}`).data
    .publicUrl
}

/** Sends, waits, and answers the file whose pictures others see. */
async function shown(who: Resident, bytes: Buffer): Promise<string> {
  const file = await send(who, bytes)
  expect(await settled(who, file)).toEqual({ status: 'ready', reason: null })
  expect(await avatarOf(who)).toMatchObject({ path: `avatars/${file}` })
  return file
}

test('a picture is seen by everybody in each size, and nothing of the original is kept', async () => {
  await shown(ada, await photo())
  const avatar = (await avatarOf(ada))!
  for (const size of pictureSizes) {
    for (const format of pictureFormats) {
      const answer = await fetch(addressOf(avatar, size, format))
      expect([size, format, answer.status]).toEqual([size, format, 200])
      expect(answer.headers.get('content-type')).toBe(`image/${format}`)
      expect(answer.headers.get('cache-control')).toContain('max-age=31536000')
      const bytes = Buffer.from(await answer.arrayBuffer())
      expect(await sharp(bytes).metadata()).toMatchObject({ width: size, height: size })
      expect(bytes.includes('Camera 9')).toBe(false)
    }
  }
  await until(async () => expect(await objects('uploads')).toEqual([]))
})

test('the picture before goes, and so does one that is taken away', async () => {
  const first = await shown(ada, await photo('red'))
  const second = await shown(ada, await photo('blue'))
  await until(async () => expect(await objects('avatars', first)).toEqual([]))
  expect(await objects('avatars', second)).toHaveLength(6)
  expect((await ada.supabase.rpc('remove_picture', { purpose: 'avatar' })).error).toBeNull()
  expect(await avatarOf(ada)).toBeNull()
  await until(async () => expect(await objects('avatars', second)).toEqual([]))
})

test.each([
  ['a page', Buffer.from('<!doctype html><script>alert(1)</script>'), 'file_type_refused'],
  [
    'a drawing',
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    'file_type_refused',
  ],
  ['a program', Buffer.from('<?php system($_GET["c"]);'), 'file_type_refused'],
])('%s that says it is a photograph is refused, and its sender told why', async (_, bytes, reason) => {
  const file = await send(eve, bytes)
  expect(await settled(eve, file)).toEqual({ status: 'rejected', reason })
  expect(await avatarOf(eve)).toBeNull()
  expect(await objects('avatars', file)).toEqual([])
  await until(async () => expect(await objects('uploads', file)).toEqual([]))
})

describe('Eve', () => {
  const png = async () =>
    blob(
      await sharp(await photo())
        .png()
        .toBuffer(),
      'image/png',
    )

  test('puts nothing at a place that was given to another, nor reads or replaces what is there', async () => {
    await stopWork()
    const { path } = await place(ada, 1000, 'image/png')
    const hers = eve.supabase.storage.from('uploads')
    expect((await hers.upload(path, await png())).error).toMatchObject({ statusCode: '403' })
    expect((await hers.createSignedUploadUrl(path)).error).not.toBeNull()
    expect((await ada.supabase.storage.from('uploads').upload(path, await png())).error).toBeNull()
    for (const { supabase } of [eve, ada]) {
      const uploads = supabase.storage.from('uploads')
      expect((await uploads.download(path)).error).not.toBeNull()
      expect((await uploads.list()).data).toEqual([])
      expect((await uploads.remove([path])).data).toEqual([])
      expect((await uploads.upload(path, await png())).error).not.toBeNull()
      expect((await uploads.upload(path, await png(), { upsert: true })).error).not.toBeNull()
    }
    expect(await objects('uploads', path)).toEqual([path])
  })

  test('puts nothing where everybody looks', async () => {
    const file = await shown(ada, await photo())
    const webp = blob(
      await sharp(await photo())
        .webp()
        .toBuffer(),
      'image/webp',
    )
    for (const [bucket, name] of [
      ['avatars', `${file}/64.webp`],
      ['avatars', 'eve.webp'],
      ['logos', 'eve.webp'],
    ] as const) {
      const there = eve.supabase.storage.from(bucket)
      expect((await there.upload(name, webp)).error).not.toBeNull()
      expect((await there.upload(name, webp, { upsert: true })).error).not.toBeNull()
      expect((await there.update(name, webp)).error).not.toBeNull()
      expect((await there.remove([name])).data).toEqual([])
      expect((await there.move(name, 'stolen.webp')).error).not.toBeNull()
      expect((await there.copy(name, 'stolen.webp')).error).not.toBeNull()
    }
    expect(await objects('avatars', file)).toHaveLength(6)
  })

  test('cannot use a link from before she was deactivated', async () => {
    const { path } = await place(eve, 1000, 'image/png')
    const uploads = eve.supabase.storage.from('uploads')
    const { data } = await uploads.createSignedUploadUrl(path)
    const put = async () => (await uploads.uploadToSignedUrl(path, data!.token, await png())).error
    await whole.db.query(`update public.profiles set status = 'deactivated' where id = $1`, [eve.id])
    expect(await put()).toMatchObject({ statusCode: '403' })
    expect(await objects('uploads', path)).toEqual([])
    await whole.db.query(`update public.profiles set status = 'active' where id = $1`, [eve.id])
    expect(await put()).toBeNull()
  })
})

describe('whatever breaks', () => {
  test('a file that arrived while no worker was there becomes a picture when one is', async () => {
    await stopWork()
    const file = await send(ada, await photo())
    expect(await stateOf(ada, file)).toEqual({ status: 'pending', reason: null })
    await startWork()
    await settled(ada, file)
    expect(await avatarOf(ada)).toMatchObject({ path: `avatars/${file}` })
  })

  test('the work done twice at once is done once', async () => {
    await stopWork()
    const file = await send(ada, await photo())
    await enqueue('media.make-renditions', { fileId: file })
    await startWork()
    await until(async () => {
      const { rows } = await whole.db.query(
        `select state from pgboss.job where name = 'media.make-renditions' and data ->> 'fileId' = $1`,
        [file],
      )
      expect(rows).toEqual([{ state: 'completed' }, { state: 'completed' }])
    })
    expect(await objects('avatars', file)).toHaveLength(6)
  })

  test('a worker that is killed at its work leaves it to the next, and nothing behind', async () => {
    await stopWork()
    const child = await whole.startProcess()
    const file = await send(ada, await photo())
    await until(async () => {
      const { rows } = await whole.db.query(
        `select from pgboss.job where name = 'media.make-renditions' and data ->> 'fileId' = $1 and state <> 'created'`,
        [file],
      )
      expect(rows).toHaveLength(1)
    })
    await killed(child)
    // What a worker that died holds goes back once it has been silent for half a minute; here at once.
    await whole.db.query(`update pgboss.job set state = 'retry', start_after = now() where state = 'active'`)
    await startWork()
    await settled(ada, file)
    expect(await objects('avatars', file)).toHaveLength(6)
    await until(async () => expect(await objects('uploads', file)).toEqual([]))
  })

  test('what a killed worker had put there for a file that is gone is removed', async () => {
    const file = randomUUID()
    await leave('avatars', file)
    await enqueue('media.make-renditions', { fileId: file })
    await until(async () => expect(await objects('avatars', file)).toEqual([]))
  })

  test('what no row speaks of any more goes with the hourly round', async () => {
    const file = randomUUID()
    await leave('logos', file)
    await whole.db.query(
      `update storage.objects set created_at = now() - interval '2 days' where name like $1 || '/%'`,
      [file],
    )
    await enqueue('media.sweep-files', {})
    await until(async () => expect(await objects('logos', file)).toEqual([]))
  })

  /** Half of what is made of a file. */
  async function leave(bucket: string, file: string): Promise<void> {
    const picture = blob(
      await sharp(await photo())
        .webp()
        .toBuffer(),
      'image/webp',
    )
    const { error } = await whole.supabase.storage.from(bucket).upload(`${file}/64.webp`, picture)
    if (error) throw error
  }
})
