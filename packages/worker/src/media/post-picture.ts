import { attachmentLimits, attachmentWidths, pictureFormats, pictureLimits } from '@p2p/contracts'
import sharp from 'sharp'
import { rgbaToThumbHash } from 'thumbhash'
import {
  as,
  BadPicture,
  badPicture,
  type MadePicture,
  mustBePicture,
  openPicture,
  type Pictures,
  seconds,
} from './picture.ts'

/** New pictures of one in a post: whole, upright, in sRGB, and without anything it carried beside its pixels. */
export async function makePostPictures(sent: Buffer, contentType: string): Promise<Pictures> {
  await mustBePicture(sent, contentType, attachmentLimits.bytes)
  try {
    const { width, height } = await openPicture(sent).metadata()
    if (width * height > pictureLimits.pixels) throw new BadPicture('picture_too_large')
    const whole = await unfold(sent)
    const made: MadePicture[] = []
    for (const size of attachmentWidths) {
      for (const format of pictureFormats) {
        const image = from(whole).resize({ width: size, withoutEnlargement: true }).timeout({ seconds })
        made.push({ size, format, bytes: await as(image, format).toBuffer() })
      }
    }
    return { made, thumbhash: await thumbhashOf(whole) }
  } catch (error) {
    throw badPicture(error)
  }
}

type Whole = { data: Buffer; width: number; height: number; channels: 1 | 2 | 3 | 4 }

// A strip of paper from a plotter is narrow and endless: its height is bounded too.
async function unfold(sent: Buffer): Promise<Whole> {
  const { data, info } = await openPicture(sent)
    .autoOrient()
    .toColourspace('srgb')
    .ensureAlpha()
    .resize({ width: Math.max(...attachmentWidths), height: 8_000, fit: 'inside', withoutEnlargement: true })
    .timeout({ seconds })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels }
}

const from = ({ data, width, height, channels }: Whole) => sharp(data, { raw: { width, height, channels } })

/** https://evanw.github.io/thumbhash: up to 100 pixels a side go in. */
async function thumbhashOf(whole: Whole): Promise<string> {
  const { data, info } = await from(whole)
    .resize({ width: 100, height: 100, fit: 'inside' })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64')
}
