import { crc32, deflateSync } from 'node:zlib'
import { pictureFormats, pictureSizes } from '@p2p/contracts'
import { fileTypeFromBuffer } from 'file-type'
import sharp from 'sharp'
import { thumbHashToApproximateAspectRatio, thumbHashToAverageRGBA } from 'thumbhash'
import { describe, expect, test } from 'vitest'
import { makePictures } from './picture.ts'

/** Left half red, right half blue. */
const twoHalves = (width = 300, height = 200) =>
  sharp({ create: { width, height, channels: 3, background: 'red' } }).composite([
    {
      input: { create: { width: width / 2, height, channels: 3, background: 'blue' } },
      left: width / 2,
      top: 0,
    },
  ])

const somewhere = {
  IFD0: { Make: 'Spy', Model: 'Camera 9', Copyright: 'Ada' },
  IFD3: {
    GPSLatitudeRef: 'N',
    GPSLatitude: '24/1 42/1 0/1',
    GPSLongitudeRef: 'E',
    GPSLongitude: '46/1 43/1 0/1',
  },
}

const pixel = async (bytes: Buffer, x: number, y: number) => {
  const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true })
  return [...data.subarray((y * info.width + x) * info.channels).subarray(0, 3)]
}

describe('pictures of what was sent', () => {
  test('are there in three sizes and two formats, each of them square, with the hash of what they show', async () => {
    const { made, thumbhash } = await makePictures(await twoHalves().jpeg().toBuffer(), 'image/jpeg', 'cover')
    expect(made.map(({ size, format }) => [size, format])).toEqual(
      pictureSizes.flatMap((size) => pictureFormats.map((format) => [size, format])),
    )
    for (const { size, format, bytes } of made) {
      expect((await fileTypeFromBuffer(bytes))?.mime).toBe(`image/${format}`)
      expect(await sharp(bytes).metadata()).toMatchObject({ width: size, height: size })
      expect(bytes.length).toBeLessThan(30_000)
    }
    const hash = Buffer.from(thumbhash, 'base64')
    expect(thumbHashToApproximateAspectRatio(hash)).toBe(1)
    const { r, g, b } = thumbHashToAverageRGBA(hash)
    expect(Math.min(r, b)).toBeGreaterThan(0.3)
    expect(g).toBeLessThan(0.2)
  })

  test('carry nothing of place, camera, owner or colour profile', async () => {
    const sent = await twoHalves()
      .jpeg()
      .withExif(somewhere)
      .withIccProfile('p3')
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/">Ada</x:xmpmeta>')
      .toBuffer()
    const before = await sharp(sent).metadata()
    expect(before.exif?.includes(Buffer.from('Camera 9'))).toBe(true)
    expect(before.icc).toBeDefined()
    expect(before.xmp).toBeDefined()

    const { made } = await makePictures(sent, 'image/jpeg', 'cover')
    for (const { bytes } of made) {
      const { exif, xmp, iptc, icc } = await sharp(bytes).metadata()
      expect({ exif, xmp, iptc, icc }).toEqual({})
      for (const word of ['Camera 9', 'Spy', 'Ada', 'GPS', 'Exif']) expect(bytes.includes(word)).toBe(false)
    }
  })

  test('stand upright, however the camera was held', async () => {
    const lying = await twoHalves().jpeg().withMetadata({ orientation: 6 }).toBuffer()
    const { made } = await makePictures(lying, 'image/jpeg', 'contain')
    const [red, , blue] = await pixel(made.at(-1)!.bytes, 256, 40)
    expect([red! > 200, blue! < 60]).toEqual([true, true])
    const [red2, , blue2] = await pixel(made.at(-1)!.bytes, 256, 470)
    expect([red2! < 60, blue2! > 200]).toEqual([true, true])
  })

  test('of a logo show all of it, on a clear ground', async () => {
    const { made } = await makePictures(await twoHalves(400, 100).png().toBuffer(), 'image/png', 'contain')
    const { data } = await sharp(made.at(-1)!.bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
    expect(data[3]).toBe(0)
    expect(data.at((256 * 512 + 256) * 4 + 3)).toBe(255)
  })

  test.each(['jpeg', 'png', 'webp', 'avif'] as const)('are made of %s, grey ones too', async (format) => {
    const grey = await sharp({ create: { width: 60, height: 60, channels: 3, background: '#888' } })
      .greyscale()
      .toFormat(format)
      .toBuffer()
    expect((await makePictures(grey, `image/${format}`, 'cover')).made).toHaveLength(6)
  })

  test('of something that moves show its first moment', async () => {
    const frames = await Promise.all(
      ['red', 'blue'].map((background) =>
        sharp({ create: { width: 64, height: 64, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    )
    const moving = await sharp(frames, { join: { animated: true } })
      .webp({ loop: 0 })
      .toBuffer()
    const { made } = await makePictures(moving, 'image/webp', 'cover')
    expect((await pixel(made[1]!.bytes, 32, 32))[0]).toBeGreaterThan(200)
  })
})

/** A PNG whose header promises so many pixels, in a few bytes. */
function promising(width: number, height: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 0, 0, 0, 0], 8)
  const row = Buffer.alloc(Math.ceil(width / 8) + 1)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(row)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(kind: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data])
  const out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(data.length, 0)
  body.copy(out, 4)
  out.writeUInt32BE(crc32(body), body.length + 4)
  return out
}

describe('what is no picture', () => {
  const html = Buffer.from('<!doctype html><script>alert(1)</script>')
  const svg = Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><rect width="9" height="9"/></svg>',
  )
  const php = Buffer.from('<?php system($_GET["c"]); ?>')

  test.each([
    ['a page', html, 'file_type_refused'],
    ['a drawing with a script', svg, 'file_type_refused'],
    ['a program', php, 'file_type_refused'],
    ['nothing', Buffer.alloc(0), 'file_type_refused'],
    ['a GIF', Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=', 'base64'), 'file_type_refused'],
    [
      'a head of JPEG before a page',
      Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), html]),
      'file_unreadable',
    ],
    ['more bytes than may be sent', Buffer.alloc(5 * 1024 * 1024 + 1, 0xff), 'file_too_large'],
  ])('%s is refused', async (_, bytes, code) => {
    await expect(makePictures(bytes, 'image/jpeg', 'cover')).rejects.toMatchObject({ code })
  })

  test('a picture under another kind’s name is refused', async () => {
    const png = await twoHalves().png().toBuffer()
    await expect(makePictures(png, 'image/jpeg', 'cover')).rejects.toMatchObject({
      code: 'file_type_mismatch',
    })
  })

  test('what hides behind a picture is not in what is made of it', async () => {
    const both = Buffer.concat([await twoHalves().jpeg().toBuffer(), php, html])
    for (const { bytes } of (await makePictures(both, 'image/jpeg', 'cover')).made) {
      expect(bytes.includes('php')).toBe(false)
      expect(bytes.includes('script')).toBe(false)
    }
  })

  test('half a picture is refused', async () => {
    const whole = await twoHalves().jpeg().toBuffer()
    const half = whole.subarray(0, Math.floor(whole.length / 2))
    await expect(makePictures(half, 'image/jpeg', 'cover')).rejects.toMatchObject({ code: 'file_unreadable' })
  })

  test('a few bytes that promise a billion pixels are refused before any is made', async () => {
    const bomb = promising(30_000, 30_000)
    expect(bomb.length).toBeLessThan(300)
    const before = process.memoryUsage().rss
    await expect(makePictures(bomb, 'image/png', 'cover')).rejects.toMatchObject({
      code: 'picture_too_large',
    })
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000)
  })

  test('a speck is refused', async () => {
    const speck = await twoHalves(40, 200).png().toBuffer()
    await expect(makePictures(speck, 'image/png', 'cover')).rejects.toMatchObject({
      code: 'picture_too_small',
    })
  })
})
