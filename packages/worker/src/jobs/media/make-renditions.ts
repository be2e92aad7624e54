import { createHash } from 'node:crypto'
import { makeRenditions, pictureTypes, purposes, type Rendition } from '@p2p/contracts'
import { z } from 'zod'
import type { Database } from '../../database.ts'
import type { Deps } from '../../deps.ts'
import { handle } from '../../handle.ts'
import { mustBeDocument } from '../../media/document.ts'
import { keepOriginal, readSent, removeObjectsOf, showPictures } from '../../media/objects.ts'
import { BadPicture, makePictures, type Pictures } from '../../media/picture.ts'
import { makePostPictures } from '../../media/post-picture.ts'

const File = z.object({
  id: z.uuid(),
  purpose: z.enum([...purposes, 'attachment']),
  bucket: z.string(),
  content_type: z.string(),
  size: z.number(),
  status: z.enum(['pending', 'ready', 'rejected']),
})

// A face is cut to the square that its owner chose; a logo is shown whole.
const fits = { avatar: 'cover', logo: 'contain' } as const

/**
 * The promise is made when the file arrives in Storage (sql/20_media). Its pictures are in their bucket before the
 * database names them; whoever is killed in between does the same again, over the same names.
 */
export const makeRenditionsHandler = ({ db, supabase }: Deps) =>
  handle(makeRenditions, async ({ fileId }, { log, signal }) => {
    const file = await readFile(db, fileId)
    if (file?.status === 'ready' || file?.status === 'rejected') {
      return log.info({ file_id: fileId }, 'this file was settled before')
    }
    if (!file) {
      // Its row went while another try was at work, which may have left pictures of it.
      for (const bucket of ['avatars', 'logos', 'attachments'])
        await removeObjectsOf(supabase, bucket, fileId)
      return log.info({ file_id: fileId }, 'no such file any more')
    }

    const sent = await readSent(supabase, file.id)
    const pictures = await shownOf(sent, file)
    if (pictures instanceof BadPicture) {
      await db.query('select private.reject_file($1, $2)', [file.id, pictures.code])
      return log.info({ file_id: file.id, reason: pictures.code }, 'file rejected')
    }
    signal.throwIfAborted()
    if ('sent' in pictures) await keepOriginal(supabase, file.id, pictures.sent)
    else await showPictures(supabase, file.bucket, file.id, pictures.made)
    signal.throwIfAborted()
    const stays = await settle(db, file.id, checksumOf(sent), pictures)
    if (!stays) await removeObjectsOf(supabase, file.bucket, file.id)
    log.info({ file_id: file.id }, stays ? 'pictures made' : 'pictures made for nobody are removed')
  })

async function readFile(db: Database, id: string): Promise<z.infer<typeof File> | undefined> {
  const { rows } = await db.query(
    `select id, purpose, private.bucket_of(purpose) as bucket, content_type, size, status
     from public.files where id = $1`,
    [id],
  )
  return rows.length ? File.parse(rows[0]) : undefined
}

/** What is shown of a file: pictures, or the document itself. */
type Shown = Pictures | { made: []; thumbhash: null; sent: Buffer }

async function shownOf(sent: Buffer | null, file: z.infer<typeof File>): Promise<Shown | BadPicture> {
  const { content_type, purpose, size } = file
  if (!sent) return new BadPicture('file_not_processed')
  try {
    if (purpose !== 'attachment') return await makePictures(sent, content_type, fits[purpose])
    // What was said of it is counted to its topic and shown beside its name.
    if (sent.length !== size) return new BadPicture('attachment_mismatch')
    if (pictureTypes.includes(content_type)) return await makePostPictures(sent, content_type)
    await mustBeDocument(sent, content_type)
    return { made: [], thumbhash: null, sent }
  } catch (error) {
    if (error instanceof BadPicture) return error
    throw error
  }
}

const checksumOf = (sent: Buffer | null) =>
  createHash('sha256')
    .update(sent ?? '')
    .digest('hex')

/** Whether the file is still there to have pictures. */
async function settle(
  db: Database,
  id: string,
  checksum: string,
  { made, thumbhash }: Shown,
): Promise<boolean> {
  const renditions = made.map(({ size, format, bytes }): Rendition => ({ size, format, bytes: bytes.length }))
  const { rows } = await db.query<{ stays: boolean }>('select private.settle_file($1, $2, $3, $4) as stays', [
    id,
    checksum,
    JSON.stringify(renditions),
    thumbhash,
  ])
  return rows[0]?.stays === true
}
