import { z } from 'zod'
import { isErrorCode } from './errors.ts'
import { job, onTheClock, requestId } from './job.ts'

/** The bounds below stand in `public.create_upload()` too; a test compares the two. */
export const pictureLimits = {
  bytes: 5 * 1024 * 1024,
  types: ['image/jpeg', 'image/png', 'image/webp', 'image/avif'],
  /** Of the picture that is sent, width times height. */
  pixels: 40_000_000,
  /** Of its shorter side. */
  sideMin: 48,
} as const

export const pictureTypes: readonly string[] = pictureLimits.types

/** Each picture is there in each of these sizes (pixels of its square) and formats, the better one first. */
export const pictureSizes = [64, 192, 512] as const
export const pictureFormats = ['avif', 'webp'] as const
export type PictureSize = (typeof pictureSizes)[number]
export type PictureFormat = (typeof pictureFormats)[number]

export const purposes = ['avatar', 'logo'] as const
export const Purpose = z.enum(purposes)
export type Purpose = z.infer<typeof Purpose>

/**
 * A ready picture: `<path>/<size>.<format>` is its public address, `path` begins with the bucket.
 * `thumbhash` is base64 (https://evanw.github.io/thumbhash).
 */
export const Picture = z.object({ path: z.string(), thumbhash: z.string() })
export type Picture = z.infer<typeof Picture>

export const pictureFile = (size: PictureSize, format: PictureFormat) => `${size}.${format}`

/** Where to put a file that was announced: once, within the hour. */
export const UploadPlace = z.object({ id: z.uuid(), bucket: z.string(), path: z.string() })
export type UploadPlace = z.infer<typeof UploadPlace>

/** What has become of a file. `reason` is an error code, where it was rejected. */
export const FileState = z.object({
  status: z.enum(['pending', 'ready', 'rejected']),
  reason: z.string().refine(isErrorCode).nullable().catch('file_unreadable'),
})
export type FileState = z.infer<typeof FileState>

/** What was made of a file, one entry a picture. */
export const Rendition = z.object({
  size: z.number(),
  format: z.enum(pictureFormats),
  bytes: z.number(),
})
export type Rendition = z.infer<typeof Rendition>

// A picture that takes a minute takes for ever.
export const makeRenditions = job('media.make-renditions', z.object({ fileId: z.uuid(), requestId }), {
  expireInSeconds: 120,
})

/** Everything in a bucket that belongs to a file. */
export const removeObjects = job(
  'media.remove-objects',
  z.object({ bucket: z.enum(['uploads', 'avatars', 'logos', 'attachments']), file: z.uuid(), requestId }),
)

/** Runs every hour: what nobody will finish, and objects whose row is gone. */
export const sweepFiles = job('media.sweep-files', onTheClock, {
  schedule: '41 * * * *',
})
