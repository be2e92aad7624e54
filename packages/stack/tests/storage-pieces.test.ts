import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { withClient } from '../src/sql.ts'
import { cropOf } from '../src/storage/images/crop.ts'
import { render } from '../src/storage/images/render.ts'
import {
  describeTransformation,
  measure,
  readTransformation,
  Transformation,
  writeTransformation,
} from '../src/storage/images/transformation.ts'
import { takeTurns } from '../src/storage/images/turns.ts'
import { mustBeRobotsTag } from '../src/storage/objects/robots-tag.ts'
import { lockUploads } from '../src/storage/resumable/locker.ts'
import { temporaryFolder } from '../testing/stack.ts'

describe('what is asked of an image', () => {
  test('is written into a link and read again', () => {
    const asked: Transformation[] = [
      { width: 10, height: 20, resize: 'fill', quality: 50, format: 'webp' },
      { width: 10, gravity: 'noea', x_offset: 5, y_offset: -3 },
      { height: 10, gravity: 'fp', x_offset: 0.25, y_offset: 0.75 },
      { quality: 30 },
    ]
    for (const one of asked) {
      const { resize, ...rest } = readTransformation(writeTransformation(one))
      expect({ ...rest, ...(resize && { resize }) }).toEqual(one)
    }
    expect(writeTransformation({})).toBe('')
    expect(readTransformation('width:x,resize:undefined,nothing')).toEqual({})
  })

  test('is told in the words of imgproxy', () => {
    expect(
      describeTransformation({ width: 9999, height: 1, resize: 'contain', gravity: 'sm', x_offset: 1 }),
    ).toEqual(['height:1', 'width:3000', 'resizing_type:fit', 'gravity:sm'])
  })

  test('names a point only as a part of the image', () => {
    expect(Transformation.safeParse({ gravity: 'fp', x_offset: 0.5, y_offset: 2 }).success).toBe(false)
    expect(Transformation.safeParse({ gravity: 'fp', x_offset: 0.5 }).success).toBe(false)
  })

  test('never makes it larger, nor less than a pixel', () => {
    const source = { width: 400, height: 300 }
    expect(measure(source, { width: 800, height: 100 })).toEqual({
      scaled: source,
      kept: { width: 400, height: 100 },
    })
    expect(measure(source, { width: 1, resize: 'contain' }).kept).toEqual({ width: 1, height: 1 })
    expect(measure({ width: 9000, height: 10 }, {}).kept).toEqual({ width: 3000, height: 3 })
  })

  test('keeps the side or the point that is named', () => {
    const [scaled, kept] = [
      { width: 200, height: 100 },
      { width: 100, height: 50 },
    ]
    const at = (asked: Transformation) => {
      const { left, top } = cropOf(scaled, kept, asked)
      return [left, top]
    }
    expect(at({})).toEqual([50, 25])
    expect(at({ gravity: 'nowe' })).toEqual([0, 0])
    expect(at({ gravity: 'soea', x_offset: 10, y_offset: 0.1 })).toEqual([90, 40])
    expect(at({ gravity: 'no', y_offset: 5 })).toEqual([50, 5])
    expect(at({ gravity: 'fp', x_offset: 1, y_offset: 0 })).toEqual([100, 0])
    expect(at({ gravity: 'ea', x_offset: -500 })).toEqual([100, 25])
  })
})

describe('an image that is made', () => {
  let dir: string
  beforeAll(async () => {
    // render.ts shuts off all readers but its own, in this process too; the test reads from memory.
    sharp.unblock({
      operation: ['Png', 'Jpeg', 'Webp', 'Nsgif', 'Heif'].map((name) => `VipsForeignLoad${name}Buffer`),
    })
    dir = await temporaryFolder()
    await mkdir(dir, { recursive: true })
  })
  afterAll(() => rm(dir, { recursive: true, force: true }))
  const kept = async (name: string, bytes: Buffer | string) => {
    await writeFile(join(dir, name), bytes)
    return join(dir, name)
  }
  const made = async (path: string, asked: Transformation, accept = '') => {
    const { bytes, mimetype } = await render(path, 1000, asked, accept)
    const { width, height, pages = 1 } = await sharp(bytes, { animated: true }).metadata()
    return [mimetype, width, height, pages]
  }
  const plain = (width: number, height: number, channels: 3 | 4 = 3) =>
    sharp({ create: { width, height, channels, background: { r: 200, g: 0, b: 0, alpha: 0.5 } } })

  test('moves as its source does, in one kind or the other', async () => {
    const frames = [10, 20, 30].map((r) => ({
      create: { width: 40, height: 20, channels: 3 as const, background: { r, g: 0, b: 0 } },
    }))
    const bytes = await sharp(await Promise.all(frames.map((one) => sharp(one).png().toBuffer())), {
      join: { animated: true },
    })
      .gif()
      .toBuffer()
    const path = await kept('moves.gif', bytes)
    expect(await made(path, { width: 10, height: 10 })).toEqual(['image/gif', 10, 30, 3])
    expect(await made(path, { width: 20, resize: 'contain' }, 'image/webp')).toEqual([
      'image/webp',
      20,
      30,
      3,
    ])
    expect(await made(path, { width: 20, resize: 'contain', format: 'avif' })).toEqual([
      'image/avif',
      20,
      10,
      1,
    ])
  })

  test('is upright, and of a kind that pages show', async () => {
    const turned = await kept(
      'turned.jpg',
      await plain(40, 20).jpeg().withMetadata({ orientation: 6 }).toBuffer(),
    )
    expect(await made(turned, { width: 10, resize: 'contain' })).toEqual(['image/jpeg', 10, 20, 1])
    const tiff = await kept('a.tiff', await plain(40, 20).tiff().toBuffer())
    expect(await made(tiff, { width: 10, height: 10 })).toEqual(['image/jpeg', 10, 10, 1])
    const clear = await kept('b.tiff', await plain(40, 20, 4).tiff({ compression: 'lzw' }).toBuffer())
    expect(await made(clear, { gravity: 'sm', width: 10, height: 10 })).toEqual(['image/png', 10, 10, 1])
    const avif = await kept('c.avif', await plain(40, 20).avif().toBuffer())
    expect(await made(avif, { width: 10, height: 10, gravity: 'fp', x_offset: 0, y_offset: 1 })).toEqual([
      'image/avif',
      10,
      10,
      1,
    ])
  })

  test('is refused where its source is no picture, or too much of one', async () => {
    const words = await kept('words.png', 'these are words')
    await expect(render(words, 15, {}, '')).rejects.toThrow('invalid or unsupported')
    const svg = await kept('a.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>')
    await expect(render(svg, 15, {}, '')).rejects.toThrow('invalid or unsupported')
    await expect(render(words, 30_000_000, {}, '')).rejects.toThrow('file is too large')
    const huge = await kept('huge.png', await plain(10_000, 6_000).png({ compressionLevel: 9 }).toBuffer())
    await expect(render(huge, 15, { width: 10 }, '')).rejects.toThrow('resolution is too large')
  })

  test('waits its turn, and is refused where too many wait', async () => {
    const turn = takeTurns(1, 1)
    const ends: (() => void)[] = []
    const work = () => turn(() => new Promise<string>((end) => ends.push(() => end('done'))))
    const [first, second] = [work(), work()]
    await expect(work()).rejects.toMatchObject({ statusCode: 429 })
    ends[0]?.()
    expect(await first).toBe('done')
    await expect.poll(() => ends.length).toBe(2)
    ends[1]?.()
    expect(await second).toBe('done')
    const third = work()
    ends[2]?.()
    expect(await third).toBe('done')
  })
})

test('a tag for robots says what they understand', () => {
  const good = [
    'none',
    'noindex, nofollow',
    'max-snippet: -1',
    'unavailable_after: Wed, 03 Dec 2030 13:09:53 GMT',
  ]
  for (const tag of [...good, 'googlebot: noindex', 'max-image-preview: large'])
    expect(() => mustBeRobotsTag(tag)).not.toThrow()
  const bad = [
    '',
    'x',
    'max-snippet: -2',
    'max-image-preview: huge',
    'unavailable_after: never',
    'googlebot:',
  ]
  for (const tag of bad) expect([tag, () => mustBeRobotsTag(tag)][1]).toThrow('Invalid X-Robots-Tag header')
})

describe('a lock on an upload', () => {
  const never = new AbortController().signal
  const url = () => inject('adminUrl')

  test('is held by one, whichever process they are in, who is asked to let go', async () => {
    const [here, there] = [lockUploads(url()), lockUploads(url())]
    const first = here.newLock('a')
    let asked = 0
    await first.lock(never, () => {
      asked += 1
      void first.unlock()
    })
    await there.newLock('b').lock(never, () => {})
    const second = there.newLock('a')
    await second.lock(never, () => {})
    expect(asked).toBe(1)
    const third = there.newLock('a')
    const waiting = third.lock(never, () => {})
    await second.unlock()
    await waiting
    await third.unlock()
    await third.unlock()
    await Promise.all([here.close(), there.close()])
  })

  test('is not waited for by whoever has gone', async () => {
    const locker = lockUploads(url())
    await locker.newLock('c').lock(never, () => {})
    const gone = locker.newLock('c').lock(AbortSignal.abort(), () => {})
    await expect(gone).rejects.toMatchObject({ statusCode: 503, code: 'LockTimeout' })
    await locker.close()
  })

  test('ends with the connection that holds it, and its holder is told', async () => {
    const locker = lockUploads(url())
    const told = new Promise<void>((tell) => {
      void locker.newLock('d').lock(never, () => tell())
    })
    const other = lockUploads(url())
    const lock = other.newLock('e')
    await lock.lock(never, () => {})
    await withClient(url(), (client) =>
      client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'storage uploads'`,
      ),
    )
    await told
    await locker.newLock('f').lock(never, () => {})
    await Promise.all([locker.close(), other.close()])
  })

  test('is refused where there is no database', async () => {
    const locker = lockUploads('postgresql://nobody@127.0.0.1:9/none')
    await expect(locker.newLock('a').lock(never, () => {})).rejects.toThrow('ECONNREFUSED')
    await locker.close()
  })
})
