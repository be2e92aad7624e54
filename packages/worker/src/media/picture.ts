import { type ErrorCode, pictureFormats, pictureLimits, pictureSizes, pictureTypes } from '@p2p/contracts'
import { fileTypeFromBuffer } from 'file-type'
import sharp, { type ResizeOptions, type Sharp } from 'sharp'
import { rgbaToThumbHash } from 'thumbhash'

// Nothing but the four kinds is read, whatever a file says it is, and nothing is kept from one to the next.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: ['Jpeg', 'Png', 'Webp', 'Heif'].map((kind) => `VipsForeignLoad${kind}Buffer`) })
sharp.cache(false)
sharp.concurrency(1)

/** How long one step may take. */
export const seconds = 30

/** What is wrong with a file, as a code that its sender is told. */
export class BadPicture extends Error {
  override readonly name = 'BadPicture'
  readonly code: ErrorCode

  constructor(code: ErrorCode, options?: ErrorOptions) {
    super(code, options)
    this.code = code
  }
}

/** `size` is its width in pixels, or the width it may have at most. */
export type MadePicture = {
  size: number
  format: (typeof pictureFormats)[number]
  bytes: Buffer
}

export type Pictures = { made: MadePicture[]; thumbhash: string }

/**
 * New pictures of what was sent: upright, in sRGB, and without anything the file carried beside its pixels (place, time,
 * camera, thumbnails, profiles, trailing bytes). `cover` fills the square and cuts what is over; `contain` shows all.
 */
export async function makePictures(
  sent: Buffer,
  contentType: string,
  fit: 'cover' | 'contain',
): Promise<Pictures> {
  await mustBePicture(sent, contentType, pictureLimits.bytes)
  try {
    await mustFit(sent)
    const largest = Math.max(...pictureSizes)
    const square = await toSquare(sent, largest, fit)
    const made: MadePicture[] = []
    for (const size of pictureSizes) {
      for (const format of pictureFormats)
        made.push({ size, format, bytes: await encode(square, size, format) })
    }
    return { made, thumbhash: await thumbhashOf(square) }
  } catch (error) {
    throw badPicture(error)
  }
}

/** Looks at the bytes themselves: the name and the type that came with them are anybody's words. */
export async function mustBePicture(sent: Buffer, contentType: string, bytes: number): Promise<void> {
  if (sent.length > bytes) throw new BadPicture('file_too_large')
  const found = await fileTypeFromBuffer(sent)
  if (!found || !pictureTypes.includes(found.mime)) throw new BadPicture('file_type_refused')
  if (found.mime !== contentType) throw new BadPicture('file_type_mismatch')
}

// A few kilobytes may unfold to gigabytes: what a header promises is weighed before anything is unfolded.
export const openPicture = (sent: Buffer) =>
  sharp(sent, { limitInputPixels: pictureLimits.pixels, failOn: 'error', sequentialRead: true, pages: 1 })

async function mustFit(sent: Buffer): Promise<void> {
  const { width, height } = await openPicture(sent).metadata()
  if (width * height > pictureLimits.pixels) throw new BadPicture('picture_too_large')
  if (Math.min(width, height) < pictureLimits.sideMin) throw new BadPicture('picture_too_small')
}

type Square = { data: Buffer; side: number; channels: 1 | 2 | 3 | 4 }

const clear = { r: 0, g: 0, b: 0, alpha: 0 }

async function toSquare(sent: Buffer, side: number, fit: 'cover' | 'contain'): Promise<Square> {
  const resize: ResizeOptions = { width: side, height: side, fit, background: clear }
  const { data, info } = await openPicture(sent)
    .autoOrient()
    .toColourspace('srgb')
    .ensureAlpha()
    .resize(resize)
    .timeout({ seconds })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, side, channels: info.channels }
}

const from = ({ data, side, channels }: Square) =>
  sharp(data, { raw: { width: side, height: side, channels } })

const encode = (square: Square, size: number, format: MadePicture['format']): Promise<Buffer> => {
  const image = from(square).resize(size, size).timeout({ seconds })
  return as(image, format).toBuffer()
}

export const as = (image: Sharp, format: MadePicture['format']): Sharp =>
  format === 'avif' ? image.avif({ quality: 60, effort: 4 }) : image.webp({ quality: 82, effort: 4 })

/** https://evanw.github.io/thumbhash: up to 100 pixels a side go in, about 25 bytes come out. */
async function thumbhashOf(square: Square): Promise<string> {
  const side = 100
  const data = await from(square).resize(side, side).raw().toBuffer()
  return Buffer.from(rgbaToThumbHash(side, side, data)).toString('base64')
}

/** What is told of a picture that could not be read. */
export const badPicture = (error: unknown): BadPicture =>
  error instanceof BadPicture ? error : new BadPicture(codeOf(error), { cause: error })

const codeOf = (error: unknown): ErrorCode =>
  error instanceof Error && /pixel limit/i.test(error.message) ? 'picture_too_large' : 'file_unreadable'
