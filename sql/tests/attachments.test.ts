import { attachmentExtensions, attachmentLimits, pictureTypes } from '@p2p/contracts'
import { type Db, type Person, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

type FileNode = { type: string; attrs: object }

const words = { type: 'paragraph', content: [{ type: 'text', text: 'See the file.' }] }
const document = (...files: FileNode[]) => ({ type: 'doc', content: [words, ...files] })
const drawing = (file: string, more: object = {}): FileNode => ({
  type: 'attachment',
  attrs: { file, name: 'pump.step', size: 1000, type: 'model/step', ...more },
})
const picture = (file: string): FileNode => ({
  type: 'image',
  attrs: { file, alt: '', width: 640, height: 480 },
})

/** A file that the worker has looked at. */
async function ready(db: Db, person: Person, type = 'model/step', size = 1000): Promise<string> {
  await db.as(person)
  const [row] = await db.sql`select create_upload('attachment', ${size}, ${type}) ->> 'id' as id`
  await db.asOwner()
  const made = pictureTypes.includes(type) ? '[{"size": 480, "format": "avif", "bytes": 700}]' : '[]'
  await db.sql`select private.settle_file(${row.id}, ${'0'.repeat(64)}, ${made}, ${made === '[]' ? null : 'hash'})`
  await db.asService()
  const object = `${row.id}/${made === '[]' ? 'original' : '480.avif'}`
  await db.sql`insert into storage.objects (bucket_id, name) values ('attachments', ${object})`
  return row.id
}

async function open(db: Db, person: Person, body: object, visibility = 'community'): Promise<string> {
  await db.as(person)
  const [row] =
    await db.sql`select open_topic('quality', 'A topic with files', ${body}, ${visibility}) as topic`
  return row.topic
}
async function answer(db: Db, person: Person, topic: string, body: object) {
  await db.as(person)
  return (await db.sql`select reply(${topic}, ${body}) as post`)[0].post
}

const refusal = async (db: Db, work: () => Promise<unknown>): Promise<string | undefined> => {
  await db.client.query('savepoint here')
  const code = await work().then(
    () => undefined,
    (error: { detail?: string; code: string }) =>
      error.code.startsWith('P') ? (error.detail ?? error.code) : error.code,
  )
  await db.client.query('rollback to here')
  return code
}

/** Whether Storage would sign an address of a file's objects for this person. */
async function reads(db: Db, person: Person, file: string): Promise<boolean> {
  await db.as(person)
  const rows =
    await db.sql`select from storage.objects where bucket_id = 'attachments' and name like ${`${file}/%`}`
  return rows.length > 0
}

const left = async (db: Db) => {
  await db.asOwner()
  return (await db.sql`select id from files order by created_at`).map(({ id }) => id)
}

test.beforeEach(async ({ db }) => {
  await db.asOwner()
  await db.sql`insert into storage.buckets (id, name) values ('uploads', 'uploads'), ('attachments', 'attachments')
    on conflict do nothing`
})

test('what a post takes is what the contracts say', async ({ db }) => {
  await db.asOwner()
  const [row] = await db.sql`select private.upload_types('attachment') as types,
    private.upload_bytes('attachment') as bytes`
  expect(row).toEqual({
    types: [...pictureTypes, ...Object.keys(attachmentExtensions)],
    bytes: attachmentLimits.bytes,
  })
  for (const [type, extensions] of Object.entries(attachmentExtensions)) {
    for (const extension of extensions) {
      const [name] =
        await db.sql`select private.file_name_fits(${`a.${extension.toUpperCase()}`}, ${type}) as fits,
        private.file_name_fits(${`a.${extension}.exe`}, ${type}) as runs`
      expect([extension, name]).toEqual([extension, { fits: true, runs: false }])
    }
  }
  const ada = await db.person('ada')
  await db.as(ada)
  const ask = (size: number, type: string) =>
    refusal(db, () => db.sql`select create_upload('attachment', ${size}, ${type})`)
  expect(await ask(attachmentLimits.bytes, 'model/step')).toBeUndefined()
  expect(await ask(attachmentLimits.bytes + 1, 'model/step')).toBe('attachment_too_large')
  expect(await ask(0, 'model/step')).toBe('attachment_too_large')
  for (const type of ['image/svg+xml', 'text/html', 'application/zip', 'application/x-msdownload', ''])
    expect([type, await ask(10, type)]).toEqual([type, 'attachment_type_refused'])
})

describe('who reads a file', () => {
  test('before a post takes it: its sender alone', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const file = await ready(db, ada)
    expect(await reads(db, ada, file)).toBe(true)
    expect(await reads(db, bob, file)).toBe(false)
    expect(await reads(db, await db.colleague(ada, 'abe'), file)).toBe(false)
  })

  test('in a topic of the community: every member; in one of the company: its people', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const abe = await db.colleague(ada, 'abe')
    const everybodys = await ready(db, ada)
    const ours = await ready(db, ada, 'image/png')
    await open(db, ada, document(drawing(everybodys)))
    const topic = await open(db, ada, document(picture(ours)), 'organization')
    for (const [who, file, may] of [
      [ada, everybodys, true],
      [abe, everybodys, true],
      [bob, everybodys, true],
      [ada, ours, true],
      [abe, ours, true],
      [bob, ours, false],
    ] as const)
      expect(await reads(db, who, file)).toBe(may)
    await db.as(bob)
    expect((await db.sql`select file_id from post_files`).map(({ file_id }) => file_id)).toEqual([everybodys])
    await db.as(abe)
    const [{ page }] = await db.sql`select topic_page(${topic}) as page`
    expect(page.opening.files).toEqual([
      {
        id: ours,
        type: 'image/png',
        size: 1000,
        thumbhash: 'hash',
        renditions: [{ size: 480, format: 'avif', bytes: 700 }],
      },
    ])
    await db.asOwner()
    await db.sql`update profiles set status = 'deactivated' where id = ${abe.id}`
    expect(await reads(db, abe, ours)).toBe(false)
    await db.as(null)
    expect(await refusal(db, () => db.sql`select from post_files`)).toBe('42501')
  })

  test('after its post is deleted, or its topic: nobody, and all of them once it is back', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const [first, second] = [await ready(db, ada), await ready(db, ada)]
    const topic = await open(db, ada, document(drawing(first)))
    const post = await answer(db, ada, topic, document(drawing(second)))
    await db.sql`select delete_post(${post.id})`
    expect([await reads(db, ada, second), await reads(db, bob, second)]).toEqual([false, false])
    expect(await reads(db, bob, first)).toBe(true)
    await db.as(ada)
    await db.sql`select delete_topic(${topic})`
    expect([await reads(db, ada, first), await reads(db, bob, first)]).toEqual([false, false])
    await db.as(ada)
    await db.sql`select restore_topic(${topic})`
    expect(await reads(db, bob, first)).toBe(true)
    expect(await reads(db, bob, second)).toBe(false)
  })
})

describe('a post is refused whole', () => {
  test('with a file of another, one that is not ready, one of another post, or an avatar', async ({ db }) => {
    const [ada, eve] = [await db.person('ada'), await db.person('eve')]
    const hers = await ready(db, ada)
    const topic = await open(db, ada, document())
    await db.as(eve)
    const [unready] = await db.sql`select create_upload('attachment', 1000, 'model/step') ->> 'id' as id`
    const [avatar] = await db.sql`select create_upload('avatar', 1000, 'image/png') ->> 'id' as id`
    const used = await ready(db, eve)
    await answer(db, eve, topic, document(drawing(used)))
    for (const node of [
      drawing(hers),
      drawing(unready.id),
      picture(avatar.id),
      drawing(used),
      drawing(crypto.randomUUID()),
    ])
      expect(await refusal(db, () => answer(db, eve, topic, document(node)))).toBe('file_invalid')
    expect(await refusal(db, () => open(db, eve, document(drawing(hers))))).toBe('file_invalid')
    await db.asOwner()
    expect(await db.sql`select from posts where topic_id = ${topic}`).toHaveLength(2)
  })

  test('that says of a file what it is not: its size, its type, a name that runs, a drawing as a picture', async ({
    db,
  }) => {
    const eve = await db.person('eve')
    const file = await ready(db, eve)
    const photo = await ready(db, eve, 'image/png')
    for (const node of [
      drawing(file, { size: 1 }),
      drawing(file, { type: 'application/pdf', name: 'a.pdf' }),
      drawing(file, { name: 'pump.step.exe' }),
      drawing(file, { name: '.step' }),
      drawing(file, { name: 'exe.\u202epets.step' }),
      drawing(file, { name: '../../pump.step' }),
      picture(file),
      drawing(photo, { type: 'image/png', name: 'a.png' }),
    ])
      expect([node, await refusal(db, () => open(db, eve, document(node)))]).toEqual([node, 'file_invalid'])
    await open(db, eve, document(drawing(file), picture(photo)))
  })

  test('beyond twenty files or a hundred mebibytes in its topic', async ({ db }) => {
    const ada = await db.person('ada')
    const topic = await open(db, ada, document())
    const large = []
    for (let n = 0; n < 5; n++) large.push(await ready(db, ada, 'model/step', attachmentLimits.bytes))
    const nodes = large.map((file) => drawing(file, { size: attachmentLimits.bytes }))
    expect(await refusal(db, () => answer(db, ada, topic, document(...nodes)))).toBe('topic_files_limit')
    await answer(db, ada, topic, document(...nodes.slice(0, 4)))
    const small = await ready(db, ada)
    expect(await refusal(db, () => answer(db, ada, topic, document(drawing(small))))).toBe(
      'topic_files_limit',
    )

    const other = await open(db, ada, document())
    const many = []
    for (let n = 0; n < attachmentLimits.topicFiles; n++) many.push(await ready(db, ada))
    await answer(db, ada, other, document(...many.map((file) => drawing(file))))
    expect(await refusal(db, () => answer(db, ada, other, document(drawing(small))))).toBe(
      'topic_files_limit',
    )
  })
})

test('what an edit takes out stays with the earlier words, and may come back', async ({ db }) => {
  const [ada, bob] = [await db.person('ada'), await db.person('bob')]
  const file = await ready(db, ada)
  const topic = await open(db, ada, document())
  const post = await answer(db, ada, topic, document(drawing(file)))
  await db.sql`select edit_post(${post.id}, ${document()})`
  expect(await reads(db, bob, file)).toBe(true)
  await db.as(ada)
  const [{ edited }] = await db.sql`select edit_post(${post.id}, ${document(drawing(file))}) as edited`
  expect(edited.files).toHaveLength(1)
})

test('nobody attaches, reads or sweeps by themselves', async ({ db }) => {
  const [ada, eve] = [await db.person('ada'), await db.person('eve')]
  const file = await ready(db, ada)
  await open(db, ada, document(drawing(file)), 'organization')
  await db.as(eve)
  for (const statement of [
    `insert into post_files (file_id, post_id, topic_id, content_type, size, renditions)
     select '${file}', id, topic_id, 'model/step', 1, '[]' from posts limit 1`,
    `delete from post_files`,
    `update post_files set size = 1`,
    `select private.sweep_attachments()`,
    `insert into storage.objects (bucket_id, name) values ('attachments', '${file}/more')`,
  ])
    expect([statement, await refusal(db, () => db.client.query(statement))]).toEqual([statement, '42501'])
})

test('the hourly round lets go what no post took within a day, unless a draft has it', async ({ db }) => {
  const ada = await db.person('ada')
  const [lone, kept, used, fresh] = [
    await ready(db, ada),
    await ready(db, ada),
    await ready(db, ada),
    await ready(db, ada),
  ]
  await open(db, ada, document(drawing(used)))
  await db.sql`select save_draft('topic', ${{ body: document(drawing(kept)) }})`
  await db.asOwner()
  await db.sql`update files set settled_at = now() - interval '25 hours' where id <> ${fresh}`
  expect((await db.sql`select private.sweep_attachments() as gone`)[0].gone).toBe(1)
  expect(await left(db)).toEqual([kept, used, fresh])
  expect(
    await db.sql`select from pgboss.job where name = 'media.remove-objects'
      and data ->> 'bucket' = 'attachments' and data ->> 'file' = ${lone}`,
  ).toHaveLength(1)
})

test('a file goes with its topic, and its objects with it', async ({ db }) => {
  const ada = await db.person('ada')
  const file = await ready(db, ada)
  const topic = await open(db, ada, document(drawing(file)))
  await db.asOwner()
  await db.sql`delete from topics where id = ${topic}`
  expect(await left(db)).toEqual([])
  expect(
    await db.sql`select from pgboss.job where name = 'media.remove-objects' and data ->> 'file' = ${file}
      and data ->> 'bucket' = 'attachments'`,
  ).toHaveLength(1)
})

test('what was taken out of a company’s topic stays its own when the topic is opened to all', async ({
  db,
}) => {
  const [ada, bob] = [await db.person('ada'), await db.person('bob')]
  const [out, kept] = [await ready(db, ada), await ready(db, ada)]
  const topic = await open(db, ada, document(drawing(out), drawing(kept)), 'organization')
  const [{ post }] = await db.sql`select id as post from posts where topic_id = ${topic}`
  const write = (...files: string[]) =>
    db.sql`select edit_post(${post}, ${document(...files.map((file) => drawing(file)))})`
  await write(kept)
  await db.sql`select edit_topic(${topic}, visibility => 'community')`
  const shown = async () => {
    await db.as(bob)
    const [{ page }] = await db.sql`select topic_page(${topic}) as page`
    return page.opening.files.map(({ id }: { id: string }) => id).toSorted()
  }
  expect([await reads(db, bob, out), await reads(db, bob, kept), await reads(db, ada, out)]).toEqual([
    false,
    true,
    true,
  ])
  expect(await shown()).toEqual([kept])
  await db.as(ada)
  await write(kept, out)
  expect(await reads(db, bob, out)).toBe(true)
  expect(await shown()).toEqual([kept, out].toSorted())
})
