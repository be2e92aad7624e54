import { access, rmdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { originalPath } from '@p2p/contracts'
import { strFromU8, unzipSync } from 'fflate'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sendFile } from '../../../testing/send-file.ts'
import { killed, type Resident, startWhole, type Whole } from '../../../testing/whole.ts'
import { until } from '../../../testing/workshop.ts'
import type { Worker } from '../../worker.ts'
import { makeExportFolder } from './export-folder.ts'

let whole: Whole
let worker: Worker
beforeAll(async () => {
  whole = await startWhole()
  worker = await whole.start()
}, 120_000)
afterAll(() => whole?.stop())

const rpc = async ({ supabase }: Resident, name: string, values: object = {}) => {
  const { data, error } = await supabase.rpc(name, values)
  if (error) throw error
  return data
}
const enqueue = (name: string) => whole.db.query('select private.enqueue($1, $2)', [name, {}])
const paragraph = (text: string) => ({
  type: 'doc',
  content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
})
const mailsTo = ({ email }: Resident) =>
  whole.mail.caught.filter(({ recipients }) => recipients.includes(email)).map(({ subject }) => subject)

/** Puts a file into a bucket as our services would. */
async function put(bucket: string, path: string, body: string, contentType = 'text/plain'): Promise<void> {
  const { error } = await whole.supabase.storage
    .from(bucket)
    .upload(path, body, { contentType, upsert: true })
  if (error) throw error
}
const objects = async (like: string) =>
  (
    await whole.db.query(
      `select bucket_id || '/' || name as at from storage.objects where name like $1 order by 1`,
      [like],
    )
  ).rows.map(({ at }) => at)

const drawingOf = (size: number) => 'ISO-10303-21;\nHEADER;\n'.padEnd(size, 'x')

/** Two drawings of one name and a picture in a topic that somebody else answers; and a drawing that no post took. */
async function withFiles(author: Resident, other?: Resident) {
  const sent = async (bytes: Buffer, type: string) => (await sendFile(author, bytes, type)).id
  const [first, second, unused] = await Promise.all(
    [100, 101, 102].map((size) => sent(Buffer.from(drawingOf(size)), 'model/step')),
  )
  const dot = await sharp({ create: { width: 1400, height: 700, channels: 3, background: 'teal' } })
    .png()
    .toBuffer()
  const picture = await sent(dot, 'image/png')
  const drawing = (file: string | undefined, size: number) => ({
    type: 'attachment',
    attrs: { file, name: 'مضخة.step', size, type: 'model/step' },
  })
  const image = { type: 'image', attrs: { file: picture, alt: 'A pump', width: 1400, height: 700 } }
  const topic = await rpc(author, 'open_topic', {
    category: 'quality',
    title: 'With files',
    body: { type: 'doc', content: [drawing(first, 100), drawing(second, 101), image] },
    visibility: 'community',
  })
  if (other) await rpc(other, 'reply', { topic, body: paragraph('Thank you') })
  return { first: first!, second: second!, picture, unused: unused! }
}

const readyExport = (person: Resident) =>
  until(async () => {
    const privacy = await rpc(person, 'my_privacy')
    expect(privacy.export.state).toBe('ready')
    return privacy.export
  })

describe('a copy of one’s data', () => {
  test('holds everything and the files, is told of by mail, and is fetched by its person alone', async () => {
    const [ada, bob] = await Promise.all([whole.resident('Ada', 'ar'), whole.resident('Bob')])
    await rpc(ada, 'open_topic', {
      category: 'quality',
      title: 'Which gauge?',
      body: paragraph('Ours drift «كثيرًا».'),
      visibility: 'community',
    })
    await put('message-attachments', `${ada.id}/xxxxx/drawing.txt`, 'a drawing')
    await rpc(ada, 'request_data_export')
    const made = await readyExport(ada)

    const { data, error } = await ada.supabase.storage.from('exports').download(made.path)
    expect(error).toBeNull()
    const bytes = new Uint8Array(await data!.arrayBuffer())
    expect(bytes.length).toBe(made.bytes)
    const files = unzipSync(bytes)
    const text = (path: string) => strFromU8(files[path]!)
    expect(JSON.parse(text('data/account.json'))).toMatchObject([{ email: ada.email }])
    expect(JSON.parse(text('data/posts.json'))).toMatchObject([{ text: 'Ours drift «كثيرًا».' }])
    expect(text(`files/message-attachments/${ada.id}/xxxxx/drawing.txt`)).toBe('a drawing')
    expect(text('README.txt')).toMatch(/A COPY OF YOUR DATA[\s\S]*نسخة من بياناتك/)
    const manifest = JSON.parse(text('manifest.json'))
    expect(manifest.person).toBe(ada.id)
    const told = [...manifest.data, ...manifest.files].map(({ path }: { path: string }) => path)
    expect(Object.keys(files).toSorted()).toEqual([...told, 'README.txt', 'manifest.json'].toSorted())

    await until(() => expect(mailsTo(ada)).toContain('نسخة بياناتك جاهزة'))
    const mail = whole.mail.caught.find(({ subject }) => subject === 'نسخة بياناتك جاهزة')
    expect(mail?.html).toContain('https://p2p.example/settings/privacy')
    expect(mail?.html).not.toContain('.zip')

    const signed = await ada.supabase.storage.from('exports').createSignedUrl(made.path, 600)
    expect((await fetch(signed.data!.signedUrl)).status).toBe(200)
    for (const stranger of [bob.supabase]) {
      expect((await stranger.storage.from('exports').download(made.path)).error).not.toBeNull()
      expect((await stranger.storage.from('exports').createSignedUrl(made.path, 600)).error).not.toBeNull()
      expect((await stranger.storage.from('exports').list(ada.id)).data).toEqual([])
    }

    await whole.db.query(`update private.data_exports set expires_at = now() where id = $1`, [made.id])
    await enqueue('personal-data.sweep-exports')
    await until(async () => expect(await objects(`${ada.id}/${made.id}%`)).toEqual([]))
    await until(async () => expect((await rpc(ada, 'my_privacy')).export.state).toBe('expired'))
  })

  test('has the files of posts by their names, each once, and says which is which', async () => {
    const fay = await whole.resident('Fay')
    const files = await withFiles(fay)
    await rpc(fay, 'request_data_export')
    const made = await readyExport(fay)
    const { data } = await fay.supabase.storage.from('exports').download(made.path)
    const archive = unzipSync(new Uint8Array(await data!.arrayBuffer()))
    expect(
      Object.keys(archive)
        .filter((path) => path.startsWith('files/posts/'))
        .toSorted(),
    ).toEqual([
      'files/posts/file',
      'files/posts/picture.webp',
      'files/posts/مضخة (2).step',
      'files/posts/مضخة.step',
    ])
    const manifest = JSON.parse(strFromU8(archive['manifest.json']!))
    const table = JSON.parse(strFromU8(archive['data/files.json']!))
    for (const { path, id, bytes } of manifest.files.filter(({ id }: { id?: string }) => id)) {
      expect(archive[path]!.length).toBe(bytes)
      const told = table.find((file: { id: string }) => file.id === id)
      expect(told.post === null).toBe(id === files.unused)
      if (id !== files.picture) expect(strFromU8(archive[path]!)).toBe(drawingOf(told.size))
    }
    const { format } = await sharp(archive['files/posts/picture.webp']!).metadata()
    expect(format).toBe('webp')
  })

  test('that a killed worker was at leaves nothing on its disk', async () => {
    const [old, young] = [await makeExportFolder(), await makeExportFolder()]
    await writeFile(join(old, 'archive.zip'), 'somebody’s data')
    const overAnHour = Date.now() / 1_000 - 3_700
    await utimes(old, overAnHour, overAnHour)
    await enqueue('personal-data.sweep-exports')
    await until(() => expect(access(old)).rejects.toMatchObject({ code: 'ENOENT' }))
    await rmdir(young)
  })

  test('that was sent when its person was gone already does not stay', async () => {
    const path = `${crypto.randomUUID()}/${crypto.randomUUID()}.zip`
    const blob = new Blob(['somebody’s data'], { type: 'application/zip' })
    expect((await whole.supabase.storage.from('exports').upload(path, blob)).error).toBeNull()
    await enqueue('personal-data.sweep-exports')
    await until(async () => expect(await objects(path)).toEqual([]))
  })

  test('that nobody works on any more is given up, and can be asked for again', async () => {
    const dan = await whole.resident('Dan')
    await whole.db.query(`insert into private.data_exports (user_id, state) values ($1, 'building')`, [
      dan.id,
    ])
    await enqueue('personal-data.sweep-exports')
    await until(async () => expect((await rpc(dan, 'my_privacy')).export.state).toBe('failed'))
    await rpc(dan, 'request_data_export')
    await readyExport(dan)
  })
})

describe('an erasure', () => {
  const due = (person: Resident, when = 'now()') =>
    whole.db.query(`update private.erasures set due_at = ${when} where user_id = $1`, [person.id])
  const stepOf = async (erasure: string) =>
    (await whole.db.query('select step from private.erasures where id = $1', [erasure])).rows[0]?.step
  const erasureOf = async (person: Resident) =>
    (await whole.db.query('select id from private.erasures where user_id = $1', [person.id])).rows[0]
      .id as string
  const done = (erasure: string) => until(async () => expect(await stepOf(erasure)).toBe('done'))

  /** Every table in which one of the words still stands. */
  async function whereIs(...words: string[]): Promise<string[]> {
    const { rows } = await whole.db.query(
      `select format('%I.%I', relnamespace::regnamespace, relname) as name from pg_class
       where relkind in ('r', 'p') and not relispartition
         and relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1`,
    )
    const found: string[] = []
    for (const { name } of rows) {
      const { rowCount } = await whole.db.query(
        `select from ${name} as entry where entry::text ilike any ($1) limit 1`,
        [words.map((word) => `%${word}%`)],
      )
      if (rowCount) found.push(name)
    }
    return found
  }

  async function leavingMarks(person: Resident, word: string): Promise<void> {
    await rpc(person, 'open_topic', {
      category: 'quality',
      title: `Topic ${word}`,
      body: paragraph(`Words ${word}`),
      visibility: 'community',
    })
    await put('attachments', `${person.id}/${word}.txt`, word, 'application/octet-stream')
    await put('message-attachments', `${person.id}/deep/${word}.txt`, word)
    const { error } = await whole.supabase.auth.admin.updateUserById(person.id, {
      user_metadata: { first_name: word },
    })
    if (error) throw error
    await whole.db.query('update public.profiles set first_name = $2 where id = $1', [person.id, word])
  }

  test('is announced, reminded of, and done: no table and no bucket knows the person', async () => {
    const eve = await whole.resident('Evelyn')
    await leavingMarks(eve, 'quagga')
    await rpc(eve, 'request_data_export')
    await readyExport(eve)
    await rpc(eve, 'request_erasure', { choice: 'remove', dissolve: true })
    const erasure = await erasureOf(eve)
    await until(() =>
      expect(mailsTo(eve).some((subject) => subject?.startsWith('Your account will be erased on'))).toBe(
        true,
      ),
    )
    await due(eve, `now() + interval '47 hours'`)
    await enqueue('personal-data.erase-people')
    await until(() => expect(mailsTo(eve).some((subject) => subject?.startsWith('Soon, on'))).toBe(true))
    expect(await stepOf(erasure)).toBe('waiting')

    await due(eve)
    await enqueue('personal-data.erase-people')
    await done(erasure)
    expect(mailsTo(eve).at(-1)).toBe('Goodbye: your account is being erased')
    expect(await whereIs('quagga', eve.email)).toEqual([])
    expect(await whereIs(eve.id)).toEqual(['public.audit_events'])
    expect(await objects(`%${eve.id}%`)).toEqual([])
    const listed = await Promise.all(
      (await whole.supabase.storage.listBuckets()).data!.map(({ name }) =>
        whole.supabase.storage.from(name).list(eve.id),
      ),
    )
    expect(listed.flatMap(({ data }) => data)).toEqual([])
    expect((await whole.supabase.auth.admin.getUserById(eve.id)).error?.status).toBe(404)
    expect((await eve.supabase.auth.refreshSession()).error).not.toBeNull()
  })

  test.each([
    ['remove', 'Gail', []],
    ['keep_without_name', 'Gwen', ['first', 'second', 'picture']],
  ] as const)(
    'takes the files of posts out of every bucket, or leaves those that others read (%s)',
    async (choice, name, stay) => {
      const [gail, bob] = [await whole.resident(name), await whole.resident(`Bo${name}`)]
      const files = await withFiles(gail, bob)
      await rpc(gail, 'request_erasure', { choice, dissolve: true })
      const erasure = await erasureOf(gail)
      await due(gail)
      await enqueue('personal-data.erase-people')
      await done(erasure)
      const kept = stay.map((file) => files[file]).toSorted()
      await until(async () => {
        const left = await whole.db.query(
          `select distinct bucket_id as bucket, left(name, 36) as file from storage.objects
         where left(name, 36) = any ($1) order by 2`,
          [Object.values(files)],
        )
        expect(left.rows).toEqual(kept.map((file) => ({ bucket: 'attachments', file })))
      })
      for (const [file, id] of Object.entries(files)) {
        const path = file === 'picture' ? `${id}/1280.webp` : originalPath(id)
        const { data } = await bob.supabase.storage.from('attachments').download(path)
        expect([file, data !== null]).toEqual([file, stay.some((one) => one === file)])
      }
    },
  )

  test('goes on where a killed worker left it, whichever step it was in', async () => {
    const tom = await whole.resident('Thomas')
    await leavingMarks(tom, 'okapi')
    await rpc(tom, 'request_erasure', { choice: 'keep_without_name', dissolve: true })
    const erasure = await erasureOf(tom)
    await due(tom)

    await worker.stop()
    const first = await whole.startProcess()
    let release = () => {}
    whole.mail.hold = new Promise((resolve) => {
      release = resolve
    })
    await enqueue('personal-data.erase-people')
    await until(async () => expect(await stepOf(erasure)).toBe('goodbye'))
    await killed(first)
    release()
    whole.mail.hold = undefined
    expect(await stepOf(erasure)).toBe('goodbye')

    const held = await whole.db.connect()
    await held.query('begin')
    await held.query('select from public.profiles where id = $1 for update', [tom.id])
    await held.query(`select from public.memberships where user_id = $1 for update`, [tom.id])
    const second = await whole.startProcess()
    await enqueue('personal-data.erase-people')
    await until(async () => expect(await stepOf(erasure)).toBe('rows'))
    await killed(second)
    await held.query('rollback')
    held.release()
    expect(await stepOf(erasure)).toBe('rows')

    worker = await whole.start()
    await enqueue('personal-data.erase-people')
    await done(erasure)
    expect(await whereIs(tom.email)).toEqual([])
    expect(await whereIs(tom.id)).toEqual(['public.audit_events'])
    // What was written stays, in the words it was written in, and nobody's.
    expect(await whereIs('okapi')).toEqual([
      'private.search_entries',
      'private.topic_titles',
      'public.posts',
      'public.topics',
    ])
    expect(await objects(`%${tom.id}%`)).toEqual([])
  })

  test.each([
    ['is closed', 'Zoey', { recipient: 550 }, 'now()'],
    ['cannot be reached for a day', 'Zara', { data: 451 }, `now() - interval '25 hours'`],
  ])('does not wait for a mailbox that %s', async (_, name, mood, when) => {
    const zoe = await whole.resident(name)
    await rpc(zoe, 'request_erasure', { choice: 'remove', dissolve: true })
    const erasure = await erasureOf(zoe)
    whole.mail.mood = mood
    await due(zoe, when)
    await enqueue('personal-data.erase-people')
    await done(erasure)
    whole.mail.mood = {}
    expect(mailsTo(zoe)).not.toContain('Goodbye: your account is being erased')
    expect(await whereIs(zoe.email)).toEqual([])
  })

  test('of one who cannot be erased now keeps nobody else waiting', async () => {
    const [ann, ben] = await Promise.all([whole.resident('Annabel'), whole.resident('Benjamin')])
    for (const person of [ann, ben])
      await rpc(person, 'request_erasure', { choice: 'remove', dissolve: true })
    const [hers, his] = [await erasureOf(ann), await erasureOf(ben)]
    await due(ann, `now() - interval '1 minute'`)
    await due(ben)
    // Something refers to Ann that nobody has thought of.
    await whole.db.query(
      `create table private.unforeseen (id uuid primary key references auth.users on delete restrict)`,
    )
    await whole.db.query('insert into private.unforeseen values ($1)', [ann.id])
    await enqueue('personal-data.erase-people')
    await done(his)
    expect(await stepOf(hers)).toBe('account')
    await whole.db.query('drop table private.unforeseen')
    await enqueue('personal-data.erase-people')
    await done(hers)
  })

  test('that was taken back sends nothing and does nothing', async () => {
    const kim = await whole.resident('Kimberly')
    await rpc(kim, 'request_erasure', { choice: 'remove', dissolve: true })
    const erasure = await erasureOf(kim)
    await rpc(kim, 'cancel_erasure')
    const { rows } = await whole.db.query(
      `select private.enqueue('personal-data.send-erasure-notice', $1) as notice,
         private.enqueue('personal-data.erase-people', '{}') as round`,
      [{ erasureId: erasure, notice: 'reminder' }],
    )
    await until(async () => {
      const states = await whole.db.query('select distinct state from pgboss.job where id = any ($1)', [
        [rows[0].notice, rows[0].round],
      ])
      expect(states.rows).toEqual([{ state: 'completed' }])
    })
    expect(mailsTo(kim).filter((subject) => subject?.startsWith('Soon'))).toEqual([])
    expect((await rpc(kim, 'my_privacy')).erasure).toBeNull()
  })
})
