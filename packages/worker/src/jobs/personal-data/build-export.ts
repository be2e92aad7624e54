import { openAsBlob } from 'node:fs'
import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { buildExport } from '@p2p/contracts'
import { z } from 'zod'
import type { Deps } from '../../deps.ts'
import { handle } from '../../handle.ts'
import { renderMail } from '../../mail/render.ts'
import { sendOnce } from '../../mail/send-once.ts'
import { archivePlaces } from './archive-places.ts'
import { makeExportFolder } from './export-folder.ts'
import { fetchObjects, type Wanted } from './fetch-objects.ts'
import { gatherData } from './gather-data.ts'
import { attachmentsOf, objectsOf, removeObjects } from './objects.ts'
import { readMe } from './read-me.ts'
import { readRecipient } from './recipient.ts'
import { type Entry, writeArchive } from './write-archive.ts'

const Asked = z.object({ user_id: z.uuid(), state: z.string() })

/** How long a copy can be fetched. The notice and the page say so too. */
const lifetime = '7 days'

/**
 * Builds the copy that somebody asked for, puts it where only they can fetch it, and tells them. May be run again: a copy
 * that is not ready is built anew over the old one, one that is ready is only told of.
 */
export const buildExportHandler = (deps: Deps) =>
  handle(buildExport, async ({ exportId }, { log, signal }) => {
    const asked = await begin(deps, exportId)
    if (!asked) return log.info({ export_id: exportId }, 'nobody waits for this copy any more')
    if (asked.state === 'building') await build(deps, exportId, asked.user_id, signal)
    await tell(deps, exportId, asked.user_id)
    log.info({ export_id: exportId }, 'copy of personal data is ready')
  })

/** Undefined where the person or the copy has gone. */
async function begin({ db }: Deps, id: string): Promise<z.infer<typeof Asked> | undefined> {
  await db.query(
    `update private.data_exports set state = 'building', progress = 5 where id = $1 and state in ('waiting', 'building')`,
    [id],
  )
  const { rows } = await db.query(
    `select user_id, state from private.data_exports where id = $1 and state in ('building', 'ready')`,
    [id],
  )
  return rows.length ? Asked.parse(rows[0]) : undefined
}

async function build(deps: Deps, id: string, person: string, signal: AbortSignal): Promise<void> {
  const { db } = deps
  const progress = (percent: number) =>
    db.query('update private.data_exports set progress = $2 where id = $1', [id, percent])
  const folder = await makeExportFolder()
  try {
    const entries = await gather(deps, person, folder, signal, progress)
    const archive = join(folder, 'archive.zip')
    await writeArchive(entries, archive, signal)
    await progress(85)
    await deliver(deps, id, person, archive)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function gather(
  { db, supabase }: Deps,
  person: string,
  folder: string,
  signal: AbortSignal,
  progress: (percent: number) => Promise<unknown>,
): Promise<Entry[]> {
  const path = (...parts: string[]) => join(folder, ...parts)
  await mkdir(path('data'))
  const data = await gatherData(db, person, path('data'), signal)
  await progress(40)

  await mkdir(path('files'))
  const files = await fetchObjects(supabase, await wantedFiles(db, person), path('files'), signal)
  await progress(70)

  const manifest = {
    person,
    made_at: new Date().toISOString(),
    data: data.map(({ path, entries }) => ({ path: `data/${path}`, entries })),
    // The id by which data/files.json tells the rest of it.
    files: files.map(({ path, bytes, id }) => ({ path: `files/${path}`, bytes, ...(id && { id }) })),
  }
  await writeFile(path('manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  await writeFile(path('README.txt'), readMe)
  return [
    ...['README.txt', 'manifest.json'].map((name) => ({ file: path(name), path: name })),
    ...data.map(({ path: name }) => ({ file: path('data', name), path: `data/${name}` })),
    ...files.map(({ file, path: name }) => ({ file, path: `files/${name}` })),
  ]
}

/** Files of posts under the names they have there; all else as it lies in its bucket. */
async function wantedFiles(db: Deps['db'], person: string): Promise<Wanted[]> {
  const place = archivePlaces()
  const posts = (await attachmentsOf(db, person)).map(({ file, path, name }) => ({
    bucket: 'attachments',
    path,
    id: file,
    place: place(`posts/${name ?? (extname(path) ? `picture${extname(path)}` : 'file')}`),
  }))
  // Earlier copies would hold copies of copies.
  const others = (await objectsOf(db, person)).filter(({ bucket }) => bucket !== 'exports')
  return [
    ...posts,
    ...others.map(({ bucket, path }) => ({ bucket, path, id: null, place: place(`${bucket}/${path}`) })),
  ]
}

async function deliver({ db, supabase }: Deps, id: string, person: string, archive: string): Promise<void> {
  const object = { bucket: 'exports', path: `${person}/${id}.zip` }
  // Read from the disk while it is sent.
  const blob = await openAsBlob(archive, { type: 'application/zip' })
  const { error } = await supabase.storage
    .from(object.bucket)
    .upload(object.path, blob, { upsert: true, contentType: 'application/zip' })
  if (error) throw new Error(`Storage did not take the copy: ${error.message}`, { cause: error })

  const { rowCount } = await db.query(
    `update private.data_exports
     set state = 'ready', progress = 100, bytes = $2, ready_at = now(), expires_at = now() + interval '${lifetime}'
     where id = $1 and state = 'building'`,
    [id, (await stat(archive)).size],
  )
  // Whoever was erased in the meantime leaves nothing behind.
  if (rowCount === 0 && !(await isReady(db, id))) await removeObjects(supabase, [object])
}

const isReady = async (db: Deps['db'], id: string) =>
  Boolean(
    (await db.query(`select from private.data_exports where id = $1 and state = 'ready'`, [id])).rowCount,
  )

async function tell({ db, mailer, siteUrl }: Deps, id: string, person: string): Promise<void> {
  const recipient = await readRecipient(db, person)
  if (!recipient) return
  const { email, locale, first_name } = recipient
  const mail = await renderMail('data-export', locale, { first_name, site_url: siteUrl })
  await sendOnce({ db, mailer }, { kind: 'data-export', userId: person, about: id }, { ...mail, to: email })
}
