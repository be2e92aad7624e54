import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Library, library } from './data-world.ts'
import { admin, sql, target, visitor } from './world.ts'

let lib: Library
beforeAll(async () => {
  lib = await library()
})
afterAll(() => lib.drop())

const raw = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${target.api}/rest/v1${path}`, { headers: { apikey: target.secretKey, ...headers } })

describe('from.select', () => {
  it('writes every type as Postgres writes it in JSON, to the last digit', async () => {
    const text = await (await raw(`/${lib.authors}?id=eq.1`)).text()
    for (const part of [
      '"born":"1815-12-10"',
      '"rating":4.50',
      '"big":9007199254740993',
      '"seen":"2024-01-02T03:04:05.123456+00:00"',
      '"words":["math","a b"]',
      '"stay":"[1,5)"',
      '"raw":"\\\\xdeadbeef"',
      '"zip":"007"',
    ]) {
      expect(text).toContain(part)
    }
    const { data } = await admin.from(lib.authors).select('rating,meta').order('id')
    expect(data?.map(({ rating }) => rating)).toEqual([4.5, null, 'NaN'])
    expect(data?.[1]?.meta).toBe('text')
  })

  it('takes columns under other names, as other types, and out of JSON', async () => {
    const { data } = await admin
      .from(lib.authors)
      .select(`who:name,big::text,meta->a,first:meta->tags->>0,initial:${lib.prefix}_initial`)
      .eq('id', 1)
      .single()
    expect(data).toEqual({ who: 'Ada', big: '9007199254740993', a: 1.1, first: 'x', initial: 'A' })
  })

  it('counts: exactly, and without the rows', async () => {
    const all = await admin.from(lib.books).select('*', { count: 'exact' }).range(0, 1)
    expect([all.count, all.data?.length, all.status]).toEqual([4, 2, 206])
    const head = await admin.from(lib.books).select('*', { count: 'exact', head: true })
    expect([head.count, head.data, head.status]).toEqual([4, null, 200])
  })

  it('estimates a count, which of few rows is exact', async () => {
    const { count } = await admin.from(lib.books).select('id', { count: 'estimated' })
    expect(count).toBe(4)
    await sql(`analyze public.${lib.books}`)
    const planned = await admin.from(lib.books).select('id', { count: 'planned' })
    expect(planned.count).toBe(4)
  })

  it('says which rows they are and of how many', async () => {
    const answer = await raw(`/${lib.books}?select=id&order=id&limit=2&offset=1`, { prefer: 'count=exact' })
    expect(answer.headers.get('content-range')).toBe('1-2/4')
    expect(answer.headers.get('content-location')).toBe(`/${lib.books}?limit=2&offset=1&order=id&select=id`)
    expect((await raw(`/${lib.books}?id=eq.0`)).headers.get('content-range')).toBe('*/*')
  })

  it('lets nobody read what is not granted', async () => {
    const { error, status } = await visitor().from(lib.books).select()
    expect([status, error?.code]).toEqual([401, '42501'])
  })
})

describe('transform.select', () => {
  it('gives back what was written', async () => {
    const { data } = await admin.from(lib.labels).update({ name: 'older' }).eq('id', 1).select('label:name')
    expect(data).toEqual([{ label: 'older' }])
    await admin.from(lib.labels).update({ name: 'old' }).eq('id', 1)
  })
})

describe('transform.order', () => {
  it('orders by several columns, nulls where they are wanted', async () => {
    const last = await admin
      .from(lib.books)
      .select('id')
      .order('pages', { ascending: false, nullsFirst: false })
    expect(last.data?.map(({ id }) => id)).toEqual([3, 1, 2, 4])
    const first = await admin
      .from(lib.books)
      .select('id')
      .order('author_id', { nullsFirst: true })
      .order('title')
    expect(first.data?.map(({ id }) => id)).toEqual([4, 1, 2, 3])
    const byPath = await admin
      .from(lib.authors)
      .select('id')
      .order('meta->a', { nullsFirst: false })
      .order('id')
    expect(byPath.data?.[0]).toEqual({ id: 1 })
  })
  it('orders by what is embedded', async () => {
    const { data } = await admin
      .from(lib.books)
      .select(`id,${lib.authors}(name)`)
      .order('name', { referencedTable: lib.authors, ascending: false })
      .order('id')
    expect(data).toHaveLength(4)
    const path = `/${lib.books}?select=id,${lib.authors}!inner(name)&order=${lib.authors}(name).desc,id`
    expect(await (await raw(path)).json()).toMatchObject([{ id: 3 }, { id: 1 }, { id: 2 }])
  })
})

describe('transform.limit', () => {
  it('gives so many rows and no more, also of what is embedded', async () => {
    expect((await admin.from(lib.books).select('id').order('id').limit(1)).data).toEqual([{ id: 1 }])
    const { data } = await admin
      .from(lib.authors)
      .select(`id,${lib.books}(id)`)
      .eq('id', 1)
      .order('id', { referencedTable: lib.books })
      .limit(1, { referencedTable: lib.books })
    expect(data).toEqual([{ id: 1, [lib.books]: [{ id: 1 }] }])
  })
})

describe('transform.range', () => {
  it('gives the rows from one to another', async () => {
    expect((await admin.from(lib.books).select('id').order('id').range(1, 2)).data).toEqual([
      { id: 2 },
      { id: 3 },
    ])
  })
  it('says that there is nothing so far on', async () => {
    const { error, status } = await admin.from(lib.books).select('id', { count: 'exact' }).range(9, 10)
    expect([status, error?.code, error?.details]).toEqual([
      416,
      'PGRST103',
      'An offset of 9 was requested, but there are only 4 rows.',
    ])
  })
  it('takes a Range header for it', async () => {
    const answer = await raw(`/${lib.books}?select=id&order=id`, { range: '1-2', 'range-unit': 'items' })
    expect(await answer.json()).toEqual([{ id: 2 }, { id: 3 }])
    expect((await raw(`/${lib.books}`, { range: '2-1', 'range-unit': 'items' })).status).toBe(416)
  })
})

describe('transform.single', () => {
  it('gives the one row, and refuses none or several', async () => {
    expect((await admin.from(lib.books).select('title').eq('id', 1).single()).data).toEqual({
      title: 'Notes',
    })
    for (const [id, count] of [
      [0, 0],
      [99, 0],
    ]) {
      const { error, status } = await admin.from(lib.books).select().eq('id', id).single()
      expect([status, error?.code, error?.details]).toEqual([
        406,
        'PGRST116',
        `The result contains ${count} rows`,
      ])
    }
    const { error } = await admin.from(lib.books).select().single()
    expect(error).toMatchObject({
      code: 'PGRST116',
      details: 'The result contains 4 rows',
      hint: null,
      message: 'Cannot coerce the result to a single JSON object',
    })
  })
})

describe('transform.maybeSingle', () => {
  it('gives the one row or none, and refuses several', async () => {
    expect((await admin.from(lib.books).select('title').eq('id', 1).maybeSingle()).data).toEqual({
      title: 'Notes',
    })
    expect(await admin.from(lib.books).select().eq('id', 0).maybeSingle()).toMatchObject({
      data: null,
      error: null,
    })
    expect((await admin.from(lib.books).select().maybeSingle()).error?.code).toBe('PGRST116')
  })
})

describe('transform.csv', () => {
  it('gives a table of text, as Postgres writes rows', async () => {
    const { data } = await admin.from(lib.authors).select('id,name,active,words,seen').order('id').csv()
    expect(data).toBe(
      [
        'id,name,active,words,seen',
        '1,Ada,t,"{math,""a b""}","2024-01-02 03:04:05.123456+00"',
        '2,Bob,f,{},"2024-05-31 22:00:00+00"',
        '3,Eve,,,',
      ].join('\n'),
    )
  })
})

describe('transform.geojson', () => {
  it('is refused where there is no PostGIS', async () => {
    const { error, status } = await admin.from(lib.books).select().geojson()
    expect([status, error?.code]).toEqual([406, 'PGRST107'])
  })
})

describe('transform.explain', () => {
  it('is refused while it is switched off', async () => {
    const { error, status } = await admin.from(lib.books).select().explain()
    expect([status, error?.code]).toEqual([406, 'PGRST107'])
  })
})

describe('transform.stripNulls', () => {
  it('leaves out what is null', async () => {
    const { data } = await admin.from(lib.authors).select('id,born,active').order('id').stripNulls()
    expect(data?.[1]).toEqual({ id: 2, active: false })
  })
})

describe('transform.abortSignal', () => {
  it('gives up when it is told to', async () => {
    const { error } = await admin.from(lib.books).select().abortSignal(AbortSignal.abort())
    expect(error?.message).toMatch(/abort/i)
  })
})

describe('transform.retry', () => {
  it('is heard: a refusal is not tried again', async () => {
    const { error } = await admin.from(lib.books).select('nothing').retry(true)
    expect(error?.code).toBe('42703')
  })
})
