import { z } from 'zod'
import { anyNumber, wholeNumber } from '../body.ts'

const gravities = ['no', 'so', 'ea', 'we', 'noea', 'nowe', 'soea', 'sowe', 'ce', 'sm', 'fp'] as const

/** How an image is to be made, as query or body name it. */
export const Transformation = z
  .object({
    width: wholeNumber(0).optional(),
    height: wholeNumber(0).optional(),
    resize: z.enum(['cover', 'contain', 'fill']).optional(),
    format: z.enum(['origin', 'avif', 'webp']).optional(),
    quality: wholeNumber(20, 100).optional(),
    gravity: z.enum(gravities).optional(),
    x_offset: anyNumber.optional(),
    y_offset: anyNumber.optional(),
  })
  .refine(
    ({ gravity, x_offset, y_offset }) =>
      gravity !== 'fp' || [x_offset, y_offset].every((one) => one !== undefined && one >= 0 && one <= 1),
    'must match "then" schema',
  )
export type Transformation = z.infer<typeof Transformation>

/** Pixels; what is asked beyond is cut to it, as on hosted. */
const largest = 3000
const side = (pixels: number) => Math.min(Math.max(pixels, 1), largest)

/** As a signed link carries it. */
export const writeTransformation = (asked: Transformation) =>
  segments(asked, `resize:${asked.resize}`).join(',')

const resizingType = { cover: 'fill', contain: 'fit', fill: 'force' }

/** As the answer names it (X-Transformations), in the words of imgproxy. */
export const describeTransformation = (asked: Transformation) =>
  segments(asked, `resizing_type:${resizingType[asked.resize ?? 'cover']}`)

function segments({ width, height, quality, format, gravity, ...asked }: Transformation, resize: string) {
  const { x_offset: x, y_offset: y } = asked
  const offsets = (x === undefined && y === undefined) || gravity === 'sm' ? '' : `:${x ?? 0}:${y ?? 0}`
  return [
    ...(height ? [`height:${side(height)}`] : []),
    ...(width ? [`width:${side(width)}`] : []),
    ...(width || height ? [resize] : []),
    ...(quality ? [`quality:${quality}`] : []),
    ...(format && format !== 'origin' ? [`format:${format}`] : []),
    ...(gravity ? [`gravity:${gravity}${offsets}`] : []),
  ]
}

/** Reads what writeTransformation() wrote; what is none of it counts as not said. */
export function readTransformation(text: string): Transformation {
  const asked: Record<string, string | undefined> = {}
  for (const [name = '', value, x, y] of text.split(',').map((part) => part.split(':'))) {
    if (value && value !== 'undefined') asked[name] = value
    if (name === 'gravity') Object.assign(asked, { ...(x && { x_offset: x }), ...(y && { y_offset: y }) })
  }
  return Transformation.catch({}).parse(asked)
}

export type Frame = { width: number; height: number }

/** Where one side is not said, what hosted's image service takes for it. */
const greatest = { width: 3000, height: 8192 }

/**
 * The size of the whole image after scaling, and of what is kept of it. Nothing is ever enlarged. With one side given,
 * `cover` cuts and does not scale, as on hosted.
 */
export function measure(source: Frame, asked: Transformation): { scaled: Frame; kept: Frame } {
  const wanted = {
    width: asked.width ? side(asked.width) : greatest.width,
    height: asked.height ? side(asked.height) : greatest.height,
  }
  const isSized = Boolean(asked.width || asked.height)
  const ratios = [wanted.width / source.width, wanted.height / source.height]
  const within = {
    width: Math.min(wanted.width, source.width),
    height: Math.min(wanted.height, source.height),
  }
  if (asked.resize === 'fill' && isSized) return { scaled: within, kept: within }
  const isContained = !isSized || asked.resize === 'contain'
  const scale = Math.min(1, isContained ? Math.min(...ratios) : Math.max(...ratios))
  const scaled = {
    width: Math.max(1, Math.round(source.width * scale)),
    height: Math.max(1, Math.round(source.height * scale)),
  }
  if (isContained) return { scaled, kept: scaled }
  return {
    scaled,
    kept: { width: Math.min(wanted.width, scaled.width), height: Math.min(wanted.height, scaled.height) },
  }
}
