import { originalPath } from '@p2p/contracts'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sendFile } from '../../../testing/send-file.ts'
import { type Resident, startWhole, type Whole } from '../../../testing/whole.ts'
import { until } from '../../../testing/workshop.ts'

/* The whole way of a file in a post: real Storage, real queue, and addresses for its readers alone. */

let whole: Whole
let ada: Resident
let bob: Resident

beforeAll(async () => {
  whole = await startWhole()
  ada = await whole.resident('Ada')
  bob = await whole.resident('Bob')
  await whole.start()
}, 180_000)
afterAll(() => whole?.stop())

const open = async ({ supabase }: Resident, file: object, visibility: string) => {
  const { data, error } = await supabase.rpc('open_topic', {
    category: 'quality',
    title: 'With a file',
    body: { type: 'doc', content: [file] },
    visibility,
  })
  if (error) throw error
  return data
}

const sign = ({ supabase }: Resident, path: string) =>
  supabase.storage.from('attachments').createSignedUrl(path, 60, { download: 'pump.step' })

const step = Buffer.from("ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION(('A pump'),'2;1');\nENDSEC;\n")

test('a drawing is kept as it was sent, for the readers of its post, and opens nowhere by itself', async () => {
  const { id, status } = await sendFile(ada, step, 'model/step')
  expect(status).toBe('ready')
  const path = originalPath(id)
  expect((await sign(ada, path)).error).toBeNull()
  expect((await sign(bob, path)).error).not.toBeNull()
  const attrs = { file: id, name: 'pump.step', size: step.length, type: 'model/step' }
  const topic = await open(ada, { type: 'attachment', attrs }, 'community')

  const { data } = await sign(bob, path)
  const answer = await fetch(data!.signedUrl)
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(step)
  expect(answer.headers.get('content-type')).toBe('application/octet-stream')
  expect(answer.headers.get('content-disposition')).toMatch(/^attachment;.*pump\.step/)
  const bobs = bob.supabase.storage.from('attachments')
  expect((await bobs.list()).data?.filter(({ name }) => name !== id)).toEqual([])
  expect((await bobs.remove([path])).data).toEqual([])
  expect((await bobs.upload(`${id}/more`, new Blob(['x']))).error).not.toBeNull()

  expect((await ada.supabase.rpc('delete_topic', { topic })).error).toBeNull()
  expect((await sign(bob, path)).error).not.toBeNull()
  expect((await sign(ada, path)).error).not.toBeNull()
})

test('a picture in a topic of the company has no address for a stranger', async () => {
  const sent = await sharp({ create: { width: 700, height: 500, channels: 3, background: 'teal' } })
    .jpeg()
    .toBuffer()
  const { id, status } = await sendFile(ada, sent, 'image/jpeg')
  expect(status).toBe('ready')
  await open(ada, { type: 'image', attrs: { file: id, alt: '', width: 700, height: 500 } }, 'organization')
  for (const path of [`${id}/480.avif`, `${id}/1280.webp`]) {
    expect((await sign(ada, path)).error).toBeNull()
    expect((await sign(bob, path)).error).not.toBeNull()
    const wanted = bob.supabase.storage.from('attachments')
    expect((await wanted.createSignedUrls([path], 60)).data?.[0]?.signedUrl).toBeFalsy()
    expect((await wanted.download(path)).error).not.toBeNull()
  }
})

describe('a file is had by exactly those who read its post', () => {
  const post = async ({ supabase }: Resident, name: string, values: object) => {
    const { data, error } = await supabase.rpc(name, values)
    if (error) throw error
    return data
  }
  const drawing = (file: string) => ({
    type: 'attachment',
    attrs: { file, name: 'pump.step', size: step.length, type: 'model/step' },
  })
  const body = (file: string) => ({ type: 'doc', content: [drawing(file)] })
  /** Every way to bytes that Storage has. */
  async function ways({ supabase }: Resident, path: string): Promise<string[]> {
    const files = supabase.storage.from('attachments')
    const [signed, many, download, info, exists, listed] = await Promise.all([
      files.createSignedUrl(path, 60),
      files.createSignedUrls([path], 60),
      files.download(path),
      files.info(path),
      files.exists(path),
      files.list(path.split('/')[0] ?? ''),
    ])
    return Object.entries({
      signed: signed.data?.signedUrl,
      many: many.data?.[0]?.signedUrl,
      download: download.data,
      info: info.data,
      exists: exists.data,
      listed: listed.data?.length,
    }).flatMap(([way, found]) => (found ? [way] : []))
  }
  const all = ['signed', 'many', 'download', 'info', 'exists', 'listed']

  test('not by a stranger once the topic is the company’s alone, and by all again once it is not', async () => {
    const { id } = await sendFile(ada, step, 'model/step')
    const topic = await open(ada, drawing(id), 'community')
    const path = originalPath(id)
    expect(await ways(bob, path)).toEqual(all)
    await post(ada, 'edit_topic', { topic, visibility: 'organization' })
    expect(await ways(bob, path)).toEqual([])
    expect(await ways(ada, path)).toEqual(all)
    await post(ada, 'edit_topic', { topic, visibility: 'community' })
    expect(await ways(bob, path)).toEqual(all)
  })

  test('by nobody once its post is hidden, or deleted by who wrote it', async () => {
    const topic = await open(
      ada,
      { type: 'paragraph', content: [{ type: 'text', text: 'Files below' }] },
      'community',
    )
    for (const act of ['hidden', 'deleted']) {
      const { id } = await sendFile(bob, step, 'model/step')
      const reply = await post(bob, 'reply', { topic, body: body(id) })
      expect(await ways(ada, originalPath(id))).toEqual(all)
      if (act === 'hidden')
        await whole.db.query(
          'update public.posts set body = null, deleted_at = now(), hidden_at = now() where id = $1',
          [reply.id],
        )
      else await post(bob, 'delete_post', { post: reply.id })
      for (const reader of [ada, bob]) expect([act, await ways(reader, originalPath(id))]).toEqual([act, []])
    }
  })

  test('not by whoever is deactivated, though their page is open; a link they had ends by itself', async () => {
    const cem = await whole.resident('Cem')
    const { id } = await sendFile(ada, step, 'model/step')
    await open(ada, drawing(id), 'community')
    const path = originalPath(id)
    const link = await cem.supabase.storage.from('attachments').createSignedUrl(path, 1)
    await whole.db.query(`update public.profiles set status = 'deactivated' where id = $1`, [cem.id])
    expect(await ways(cem, path)).toEqual([])
    await until(async () => expect((await fetch(link.data!.signedUrl)).status).toBe(400))
  })
})

test.each([
  ['a page called a drawing', Buffer.from('<script>alert(1)</script>'), 'model/step', 'attachment_mismatch'],
  ['a program called a document', Buffer.from('MZ\x90\0'), 'application/pdf', 'attachment_mismatch'],
  [
    'a drawing with a script called a picture',
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
    'image/webp',
    'file_type_refused',
  ],
  ['a page called a picture', Buffer.from('<script>alert(1)</script>'), 'image/png', 'file_type_refused'],
])('%s is refused, and nothing of it is kept', async (_, bytes, type, reason) => {
  const { id, ...state } = await sendFile(bob, bytes, type)
  expect(state).toEqual({ status: 'rejected', reason })
  await until(async () => {
    const { rows } = await whole.db.query(`select from storage.objects where name like $1 || '%'`, [id])
    expect(rows).toEqual([])
  })
})
