import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { DataStore, ERRORS, Upload } from '@tus/server'
import { z } from 'zod'
import { type Files, flushFolder, ifMissing, isVersion } from '../files.ts'
import { readUploadId } from './upload-id.ts'

/** As long as an upload's address is good for, in milliseconds; hosted says a day. */
export const lifetime = 24 * 60 * 60 * 1000

const Note = z.object({
  id: z.string(),
  size: z.number().optional(),
  metadata: z.record(z.string(), z.string().nullable()).optional(),
  creation_date: z.iso.datetime(),
  owner: z.string().optional(),
})
type Note = z.infer<typeof Note>

const objectOf = (id: string) => id.slice(0, id.lastIndexOf('/'))

/** Whether an object has this version, so that the upload which made it is over. */
export type IsCommitted = (id: string) => Promise<boolean>

/**
 * Uploads that are not whole yet: for each a file of bytes and a note of what it will be, both named after its version.
 * It keeps its note for a day, so that whoever asks again is told that it is done.
 */
export class UnfinishedUploads extends DataStore {
  readonly #dir: string
  readonly #files: Files
  readonly #isCommitted: IsCommitted
  readonly #owners = new WeakMap<Upload, string>()

  constructor(dir: string, files: Files, isCommitted: IsCommitted) {
    super()
    this.#dir = dir
    this.#files = files
    this.#isCommitted = isCommitted
    this.extensions = [
      'creation',
      'creation-with-upload',
      'creation-defer-length',
      'termination',
      'expiration',
    ]
  }

  path = (id: string) => join(this.#dir, readUploadId(id).version)
  #note = (id: string) => `${this.path(id)}.json`

  override getExpiration = () => lifetime

  /** Says whose an upload is that is about to be made. */
  setOwner(upload: Upload, owner: string | undefined): void {
    if (owner !== undefined) this.#owners.set(upload, owner)
  }

  /** Whoever begins the same object anew gives up what they had begun of it: one place takes no more than one object. */
  override async create(upload: Upload): Promise<Upload> {
    await mkdir(this.#dir, { recursive: true })
    await using file = await open(this.path(upload.id), 'wx', 0o600)
    await file.sync()
    const { id, size, metadata, creation_date } = upload
    const note = Note.parse({ id, size, metadata, creation_date, owner: this.#owners.get(upload) })
    await this.#write(note)
    await this.#keepNewest(note)
    return upload
  }

  /** Adds to the bytes, as far as they come. */
  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    await using file = await open(await this.#whereabouts(id), 'r+')
    let at = offset
    try {
      for await (const chunk of stream) {
        for (let from = 0; from < chunk.length; ) {
          const { bytesWritten } = await file.write(chunk, from, chunk.length - from, at)
          from += bytesWritten
          at += bytesWritten
        }
        // Given up meanwhile: what is written here is nobody's.
        if ((await file.stat()).nlink === 0) throw ERRORS.FILE_NO_LONGER_EXISTS
      }
    } finally {
      await file.sync()
    }
    return at
  }

  override async getUpload(id: string): Promise<Upload> {
    const { size, metadata, creation_date } = await this.#read(id)
    const isOver = await this.#isCommitted(id)
    const bytes = isOver ? size : (await stat(await this.#whereabouts(id))).size
    // As long as no row says that it is there, its last byte counts as not sent: with it the object is made.
    const offset = !isOver && size !== undefined && size > 0 ? Math.min(bytes ?? 0, size - 1) : (bytes ?? 0)
    return new Upload({
      id,
      offset,
      creation_date,
      ...(size !== undefined && { size }),
      ...(metadata && { metadata }),
    })
  }

  override async declareUploadLength(id: string, size: number): Promise<void> {
    await this.#write({ ...(await this.#read(id)), size })
  }

  override async remove(id: string): Promise<void> {
    await this.#read(id)
    await this.#forget(id)
  }

  /** Throws away what nobody will finish, and notes of what is over. */
  override async deleteExpired(now = Date.now()): Promise<number> {
    let count = 0
    for (const version of await this.versions()) {
      const path = join(this.#dir, version)
      const note = await stat(`${path}.json`).catch(ifMissing)
      // Bytes come a moment before their note.
      const begun = note ?? (await stat(path).catch(ifMissing))
      if (!begun || begun.mtimeMs > now - lifetime) continue
      await rm(path, { force: true })
      await rm(`${path}.json`, { force: true })
      count += 1
    }
    return count
  }

  /** The versions of which there is something here. */
  async versions(): Promise<Set<string>> {
    const names = (await readdir(this.#dir).catch(ifMissing)) ?? []
    return new Set(names.map((name) => name.replace(/\.json$/, '')).filter(isVersion))
  }

  /** Where the bytes lie: already among the objects, where it broke off between that and the row. */
  async #whereabouts(id: string): Promise<string> {
    const there = this.#files.path(readUploadId(id).version)
    for (const path of [this.path(id), there]) if (await stat(path).catch(ifMissing)) return path
    throw ERRORS.FILE_NO_LONGER_EXISTS
  }

  /** The one that counts is the same whoever looks, so that of two begun at once one stays. */
  async #keepNewest({ id, owner }: Note): Promise<void> {
    const begun = (await this.#begun()).filter(
      (one) => one.owner === owner && objectOf(one.id) === objectOf(id),
    )
    const age = (one: Note) => `${one.creation_date} ${one.id}`
    const older = begun.toSorted((a, b) => (age(a) < age(b) ? -1 : 1)).slice(0, -1)
    for (const one of older) await this.#forget(one.id)
  }

  /** The notes of those whose bytes are here. */
  async #begun(): Promise<Note[]> {
    const versions = (await readdir(this.#dir)).filter(isVersion)
    const notes = await Promise.all(versions.map((version) => this.#find(version)))
    return notes.filter((note) => note !== undefined)
  }

  async #forget(id: string): Promise<void> {
    await rm(this.path(id), { force: true })
    await rm(this.#note(id), { force: true })
  }

  async #find(version: string): Promise<Note | undefined> {
    const text = await readFile(join(this.#dir, `${version}.json`), 'utf8').catch(ifMissing)
    return text === undefined ? undefined : Note.parse(JSON.parse(text))
  }

  async #read(id: string): Promise<Note> {
    const note = await this.#find(readUploadId(id).version)
    // The same version under another name is another upload, and there is none.
    if (note?.id !== id) throw ERRORS.FILE_NOT_FOUND
    return note
  }

  async #write(note: Note): Promise<void> {
    const beside = `${this.#note(note.id)}.new`
    await using file = await open(beside, 'w', 0o600)
    await file.writeFile(JSON.stringify(note))
    await file.sync()
    await rename(beside, this.#note(note.id))
    await flushFolder(this.#dir)
  }
}
