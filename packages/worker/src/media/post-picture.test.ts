import { attachmentWidths, pictureFormats } from '@p2p/contracts'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { makePostPictures } from './post-picture.ts'

const photo = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'teal' } })

test('a picture in a post keeps its shape, in two widths and two formats, without what it carried', async () => {
  const sent = await photo(2000, 1000)
    .jpeg()
    .withMetadata({ orientation: 6 })
    .withExifMerge({ IFD0: { Model: 'Camera 9' } })
    .toBuffer()
  const { made, thumbhash } = await makePostPictures(sent, 'image/jpeg')
  expect(made.map(({ size, format }) => [size, format])).toEqual(
    attachmentWidths.flatMap((size) => pictureFormats.map((format) => [size, format])),
  )
  for (const { size, bytes } of made) {
    const { width, height, exif } = await sharp(bytes).metadata()
    // It stood on its side when it was taken.
    expect([width, height, exif]).toEqual([Math.min(size, 1000), Math.min(size, 1000) * 2, undefined])
    expect(bytes.includes('Camera 9')).toBe(false)
  }
  expect(Buffer.from(thumbhash, 'base64').length).toBeGreaterThan(10)
})

test('a small one is not blown up', async () => {
  const { made } = await makePostPictures(await photo(20, 10).png().toBuffer(), 'image/png')
  for (const { bytes } of made) expect(await sharp(bytes).metadata()).toMatchObject({ width: 20, height: 10 })
})

test('a long strip is as high as it may be', async () => {
  const { made } = await makePostPictures(await photo(100, 16_000).png().toBuffer(), 'image/png')
  for (const { bytes } of made) expect((await sharp(bytes).metadata()).height).toBe(8_000)
})

test.each([
  ['a page that says it is one', Buffer.from('<html></html>'), 'file_type_refused'],
  ['a damaged one', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'file_unreadable'],
])('%s is refused', async (_, bytes, code) => {
  await expect(makePostPictures(bytes, 'image/png')).rejects.toMatchObject({ code })
})

test('one that unfolds to too much is refused by its header', async () => {
  const sent = await photo(8_000, 6_000).png().toBuffer()
  await expect(makePostPictures(sent, 'image/png')).rejects.toMatchObject({ code: 'picture_too_large' })
})
