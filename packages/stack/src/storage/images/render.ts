import sharp, { type Metadata, type Sharp } from 'sharp'
import { faults, StorageFault } from '../fault.ts'
import { cropOf } from './crop.ts'
import { measure, type Transformation } from './transformation.ts'

/* The limits and the quality of hosted's image service (imgproxy). */
const mostBytes = 25_000_000
const mostPixels = 50_000_000
const mostFrames = 60
const seconds = 15
const quality = { jpeg: 80, webp: 80, avif: 62, png: 80, gif: 80 }
type Format = keyof typeof quality

const readers = ['JpegFile', 'PngFile', 'WebpFile', 'NsgifFile', 'HeifFile', 'TiffFile']

// Nothing but pictures is read, and nothing is kept from one to the next.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: readers.map((name) => `VipsForeignLoad${name}`) })
sharp.cache(false)
sharp.concurrency(1)

export type Rendered = { bytes: Buffer; mimetype: string }

/** Makes the image that is asked for. Where no format is, a caller who takes WebP is given that. */
export async function render(
  path: string,
  size: number,
  asked: Transformation,
  accept: string,
): Promise<Rendered> {
  if (size > mostBytes) throw faults.invalid('The source image file is too large to process')
  try {
    // As the image service does, it makes the best of a picture that is damaged, unless its end is missing.
    const options = { limitInputPixels: mostPixels, sequentialRead: true, failOn: 'truncated' as const }
    const metadata = await sharp(path, options).metadata()
    const format = formatOf(metadata, asked, accept)
    const isAnimated = (metadata.pages ?? 1) > 1 && (format === 'gif' || format === 'webp')
    const pages = isAnimated ? Math.min(metadata.pages ?? 1, mostFrames) : 1
    const image = sized(sharp(path, { ...options, pages }), metadata, asked, isAnimated)
    const bytes = await image
      .toFormat(format, format === 'png' ? {} : { quality: asked.quality ?? quality[format] })
      .timeout({ seconds })
      .toBuffer()
    return { bytes, mimetype: `image/${format}` }
  } catch (error) {
    throw refusalOf(error)
  }
}

function formatOf({ format, hasAlpha }: Metadata, asked: Transformation, accept: string): Format {
  if (asked.format === 'avif' || asked.format === 'webp') return asked.format
  if (asked.format !== 'origin' && accept.includes('image/webp')) return 'webp'
  // Of that family sharp reads AVIF alone.
  if (format === 'heif') return 'avif'
  if (format === 'jpeg' || format === 'png' || format === 'webp' || format === 'gif') return format
  return hasAlpha ? 'png' : 'jpeg'
}

function sized(image: Sharp, metadata: Metadata, asked: Transformation, isAnimated: boolean): Sharp {
  const { width, height } = isAnimated
    ? { width: metadata.width, height: metadata.pageHeight ?? metadata.height }
    : metadata.autoOrient
  const { scaled, kept } = measure({ width, height }, asked)
  const upright = isAnimated ? image : image.autoOrient()
  const isMoved = asked.x_offset !== undefined || asked.y_offset !== undefined
  if (asked.gravity === 'sm' && !isAnimated) {
    return upright.resize({ ...kept, fit: 'cover', position: sharp.strategy.attention })
  }
  if (isAnimated || (!asked.gravity && !isMoved)) {
    const isCut = scaled.width !== kept.width || scaled.height !== kept.height
    return upright.resize({ ...kept, fit: isCut ? 'cover' : 'fill' })
  }
  return upright.resize({ ...scaled, fit: 'fill' }).extract(cropOf(scaled, kept, asked))
}

function refusalOf(error: unknown): unknown {
  if (error instanceof StorageFault) return error
  const message = error instanceof Error ? error.message : ''
  if (/pixel limit/i.test(message)) {
    return faults.invalid('The source image resolution is too large to process')
  }
  if (/timeout/i.test(message)) return new StorageFault(408, 'InvalidRequest', 'Image request timed out')
  return faults.invalid('The source image is invalid or unsupported for rendering')
}
