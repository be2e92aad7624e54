import { beforeAll, describe, expect, it } from 'vitest'
import { ask, asVisitor, frameOf, newBucket, picture } from './storage-world.ts'
import { admin, visitor } from './world.ts'

let bucket: string
let open: string
beforeAll(async () => {
  ;[bucket, open] = [await newBucket(), await newBucket({ public: true })]
  for (const place of [bucket, open]) {
    await admin.storage.from(place).upload('wide.png', await picture(400, 300), { contentType: 'image/png' })
    await admin.storage
      .from(place)
      .upload('wide.jpg', await picture(400, 300, 'jpeg'), { contentType: 'image/jpeg' })
    await admin.storage.from(place).upload('words.png', 'these are words', { contentType: 'image/png' })
  }
})

const transformed = async (transform: object, name = 'wide.png') => {
  const { data, error } = await admin.storage.from(bucket).download(name, { transform })
  if (error) throw error
  const { width, height } = await frameOf(data)
  return [data.type, width, height]
}

describe('storage.from.download', () => {
  it('gives an image in another size', async () => {
    expect(await transformed({ width: 100, height: 100 })).toEqual(['image/png', 100, 100])
    expect(await transformed({ width: 100, height: 100, resize: 'contain' })).toEqual(['image/png', 100, 75])
    expect(await transformed({ width: 50, height: 200, resize: 'fill' })).toEqual(['image/png', 50, 200])
    expect(await transformed({ width: 200, resize: 'contain' })).toEqual(['image/png', 200, 150])
    expect(await transformed({ height: 30, resize: 'contain', quality: 20 }, 'wide.jpg')).toEqual([
      'image/jpeg',
      40,
      30,
    ])
  })

  it('cuts and does not scale where one side is not said', async () => {
    expect(await transformed({ width: 100 })).toEqual(['image/png', 100, 300])
  })

  it('never makes one larger', async () => {
    expect(await transformed({ width: 3000, height: 2000, resize: 'contain' })).toEqual([
      'image/png',
      400,
      300,
    ])
  })

  it('gives the kind that a page takes, unless it asks for the original', async () => {
    const get = async (query: string, accept: string, name = 'wide.jpg') => {
      const answer = await ask(`/render/image/public/${open}/${name}?${query}`, { headers: { accept } })
      return answer.headers.get('content-type')
    }
    expect(await get('width=10', 'image/avif,image/webp,*/*')).toBe('image/webp')
    expect(await get('width=10', '*/*')).toBe('image/jpeg')
    expect(await get('width=10&format=origin', 'image/webp')).toBe('image/jpeg')
    expect(await get('width=10&format=avif', '*/*')).toBe('image/avif')
    expect(await get('width=10&format=webp', '*/*', 'wide.png')).toBe('image/webp')
  })

  it('refuses what is no image, and sizes that are none', async () => {
    const get = async (query: string, name = 'wide.png') =>
      (await ask(`/render/image/public/${open}/${name}?${query}`)).json()
    expect(await get('width=10', 'words.png')).toMatchObject({
      statusCode: '400',
      code: 'InvalidRequest',
      message: 'The source image is invalid or unsupported for rendering',
    })
    expect((await get('width=x')).message).toBe('querystring/width must be integer')
    expect((await get('quality=10')).message).toBe('querystring/quality must be >= 20')
    expect((await get('quality=101')).message).toBe('querystring/quality must be <= 100')
    expect((await get('resize=crop')).message).toBe(
      'querystring/resize must be equal to one of the allowed values',
    )
    expect((await get('width=10', 'none.png')).code).toBe('NoSuchKey')
  })

  it('is for what the caller may see', async () => {
    const { error } = await visitor()
      .storage.from(bucket)
      .download('wide.png', { transform: { width: 10 } })
    expect(error).toMatchObject({ statusCode: '404', code: 'NoSuchKey' })
    const answer = await ask(`/render/image/public/${bucket}/wide.png?width=10`, { headers: asVisitor })
    expect(await answer.json()).toMatchObject({ code: 'NoSuchBucket' })
  })
})

describe('storage.from.getPublicUrl', () => {
  it('names an image in another size', async () => {
    const { data } = visitor()
      .storage.from(open)
      .getPublicUrl('wide.png', {
        transform: { width: 40, height: 20, quality: 50 },
      })
    expect(data.publicUrl).toContain(`/render/image/public/${open}/wide.png?width=40&height=20&quality=50`)
    const answer = await fetch(data.publicUrl)
    expect(answer.headers.get('x-transformations')).toBe('height:20,width:40,resizing_type:fill,quality:50')
    expect(answer.headers.get('cache-control')).toBe('max-age=3600')
    expect(await frameOf(answer)).toEqual({ width: 40, height: 20, format: 'png' })
  })
})

describe('storage.from.createSignedUrl', () => {
  it('names an image in another size, whose size nobody can change', async () => {
    const transform = { width: 200, height: 100, quality: 60, resize: 'contain' as const }
    const { data } = await admin.storage.from(bucket).createSignedUrl('wide.png', 60, { transform })
    expect(data?.signedUrl).toContain(`/render/image/sign/${bucket}/wide.png?token=`)
    const answer = await fetch(`${data?.signedUrl}&width=10`)
    expect(answer.headers.get('x-transformations')).toBe('height:100,width:200,resizing_type:fit,quality:60')
    expect(await frameOf(answer)).toEqual({ width: 133, height: 100, format: 'png' })
  })
})
