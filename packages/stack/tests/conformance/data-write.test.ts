import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Library, library, newer } from './data-world.ts'
import { admin, sql, target } from './world.ts'

let lib: Library
beforeAll(async () => {
  lib = await library()
})
afterAll(() => lib.drop())

const send = (method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${target.api}/rest/v1${path}`, {
    method,
    headers: { apikey: target.secretKey, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })

/** How long a new table may take to be known. */
const known = { timeout: 20_000 }

describe('from.insert', () => {
  it('says nothing unless it is asked to', async () => {
    const { data, error, status } = await admin.from(lib.labels).insert({ id: 10, name: 'ten' })
    expect([data, error, status]).toEqual([null, null, 201])
  })

  it('asks for no right to read where nothing is read', async () => {
    const box = `${lib.prefix}_box`
    await sql(`create table public.${box} (id int, note text); grant insert on public.${box} to service_role`)
    await vi.waitFor(async () => expect((await admin.from(box).insert({ id: 1 })).status).toBe(201), known)
    // By whichever process: each learns of the table by itself.
    await vi.waitFor(
      async () => expect((await admin.from(box).insert({ id: 2 }).select()).error?.code).toBe('42501'),
      known,
    )
    expect(await sql(`select distinct id from public.${box}`)).toEqual([{ id: 1 }])
    await sql(`drop table public.${box}`)
  })

  it('stores nothing of what is refused only at the end of the transaction', async () => {
    const box = `${lib.prefix}_box_later`
    await sql(`create table public.${box} (id int unique deferrable initially deferred);
      grant insert, select on public.${box} to service_role`)
    await vi.waitFor(async () => expect((await admin.from(box).insert({ id: 1 })).status).toBe(201), known)
    await vi.waitFor(
      async () => expect((await admin.from(box).insert([{ id: 2 }, { id: 1 }])).error?.code).toBe('23505'),
      known,
    )
    expect(await sql(`select id from public.${box}`)).toEqual([{ id: 1 }])
    await sql(`drop table public.${box}`)
  })

  it('gives back the row, with its defaults and what is embedded', async () => {
    const { data, status } = await admin
      .from(lib.books)
      .insert({ title: 'New', author_id: 1, pages: 7 })
      .select(`title,price,twice,${lib.authors}(name)`)
      .single()
    expect([status, data]).toEqual([
      201,
      { title: 'New', price: 9.99, twice: 14, [lib.authors]: { name: 'Ada' } },
    ])
  })

  it('takes many at once; what one leaves out is null, or the default where that is wanted', async () => {
    const rows = [{ title: 'Many 1', price: 1 }, { title: 'Many 2' }]
    const nulls = await admin.from(lib.books).insert(rows).select('title,price')
    expect(nulls.data).toEqual([
      { title: 'Many 1', price: 1 },
      { title: 'Many 2', price: null },
    ])
    const more = [{ title: 'Many 3', price: 1 }, { title: 'Many 4' }]
    const defaults = await admin.from(lib.books).insert(more, { defaultToNull: false }).select('price')
    expect(defaults.data).toEqual([{ price: 1 }, { price: 9.99 }])
  })

  it('keeps JSON what it is: a text, a number to the last digit', async () => {
    const body = `[{"title":"Json 1","extra":"text"},{"title":"Json 2","extra":{"n":1.10,"big":12345678901234567890}}]`
    const answer = await send('POST', `/${lib.books}?select=extra`, body, { prefer: 'return=representation' })
    expect((await answer.text()).replaceAll(' ', '')).toContain('[{"extra":"text"}')
    const { data } = await admin
      .from(lib.books)
      .select('big:extra->>big,n:extra->>n')
      .eq('title', 'Json 2')
      .single()
    expect(data).toEqual({ big: '12345678901234567890', n: '1.10' })
  })

  it('counts what it wrote, and tells where it is', async () => {
    const counted = await admin.from(lib.labels).insert([{ id: 11 }, { id: 12 }], { count: 'exact' })
    expect(counted.count).toBe(2)
    const answer = await send('POST', `/${lib.labels}`, { id: 13 }, { prefer: 'return=headers-only' })
    expect([answer.status, answer.headers.get('location')]).toEqual([201, `/${lib.labels}?id=eq.13`])
  })

  it('takes a row of defaults, and no row at all', async () => {
    const { data } = await admin.from(lib.details).insert([]).select()
    expect(data).toEqual([])
    expect((await send('POST', `/${lib.bookLabels}`, {})).status).toBe(400)
  })

  it('takes a table of text', async () => {
    const answer = await send('POST', `/${lib.labels}`, 'id,name\n20,"a, ""b"""\n21,NULL\n', {
      'content-type': 'text/csv',
      prefer: 'return=representation',
    })
    expect(await answer.json()).toEqual([
      { id: 20, name: 'a, "b"' },
      { id: 21, name: null },
    ])
  })

  it('refuses what does not fit, with the code of it', async () => {
    const fits: [row: Record<string, unknown>, status: number, code: string][] = [
      [{ id: 1 }, 409, '23505'],
      [{ id: 'x' }, 400, '22P02'],
      [{ name: 'x' }, 400, '23502'],
      [{ id: 99, nothing: 1 }, 400, 'PGRST204'],
    ]
    for (const [row, status, code] of fits) {
      const answer = await admin.from(lib.labels).insert(row)
      expect([row, answer.status, answer.error?.code]).toEqual([row, status, code])
    }
    const stranger = await admin.from(lib.books).insert({ title: 'Stranger', author_id: 999 })
    expect([stranger.status, stranger.error?.code]).toEqual([409, '23503'])
    expect((await admin.from(lib.books).insert({ title: 'x', twice: 1 })).error?.code).toBe('428C9')
  })
})

describe('from.upsert', () => {
  it('changes what is there and adds what is not', async () => {
    const both = await admin
      .from(lib.labels)
      .upsert([
        { id: 1, name: 'first' },
        { id: 30, name: 'thirty' },
      ])
      .select()
    expect([both.status, both.data]).toEqual([
      201,
      [
        { id: 1, name: 'first' },
        { id: 30, name: 'thirty' },
      ],
    ])
    expect((await admin.from(lib.labels).upsert({ id: 30, name: '30' })).status).toBe(200)
  })
  it('goes by another column that is unique', async () => {
    const { data } = await admin
      .from(lib.books)
      .upsert({ title: 'Notes', pages: 101 }, { onConflict: 'title' })
      .select('id,pages')
    expect(data).toEqual([{ id: 1, pages: 101 }])
    const none = await admin.from(lib.books).upsert({ title: 'Notes', pages: 1 }, { onConflict: 'pages' })
    expect(none.error?.code).toBe('42P10')
  })
  it('leaves what is there alone where that is wanted', async () => {
    const { data } = await admin
      .from(lib.labels)
      .upsert([{ id: 1, name: 'other' }, { id: 31 }], { ignoreDuplicates: true })
      .select('id')
    expect(data).toEqual([{ id: 31 }])
  })
  it('puts one row in its place', async () => {
    const put = (query: string, row: unknown) =>
      send('PUT', `/${lib.labels}${query}`, row, { prefer: 'return=representation' })
    const first = await put('?id=eq.40', { id: 40, name: 'forty' })
    expect([first.status, await first.json()]).toEqual([201, [{ id: 40, name: 'forty' }]])
    expect((await put('?id=eq.40', { id: 40, name: '40' })).status).toBe(200)
    expect((await put('?name=eq.x', { id: 41 })).status).toBe(405)
    expect(await (await put('?id=eq.42', { id: 43, name: 'x' })).json()).toMatchObject({ code: 'PGRST115' })
  })
})

describe('from.update', () => {
  it('changes the rows that are meant, and gives them back though they are no longer found so', async () => {
    const { data } = await admin
      .from(lib.books)
      .update({ pages: 51 })
      .eq('pages', 50)
      .select(`pages,${lib.authors}(name)`)
    expect(data).toEqual([{ pages: 51, [lib.authors]: { name: 'Ada' } }])
  })
  it('minds every filter', async () => {
    const { data } = await admin.from(lib.labels).update({ name: 'x' }).gt('id', 100).gt('id', 0).select()
    expect(data).toEqual([])
  })
  it('counts, and changes nothing where nothing is said', async () => {
    const { count, status } = await admin
      .from(lib.labels)
      .update({ name: 'n' }, { count: 'exact' })
      .in('id', [10, 11])
    expect([count, status]).toEqual([2, 204])
    expect((await admin.from(lib.labels).update({}).eq('id', 10).select()).data).toEqual([])
  })
  it('says which columns there are not', async () => {
    const { error } = await admin.from(lib.labels).update({ nothing: 1 }).eq('id', 10)
    expect(error).toMatchObject({
      code: 'PGRST204',
      message: `Could not find the 'nothing' column of '${lib.labels}' in the schema cache`,
    })
  })
})

describe('from.delete', () => {
  it('deletes the rows that are meant, and shows them with what they had', async () => {
    const { data, status } = await admin
      .from(lib.authors)
      .delete()
      .eq('id', 2)
      .select(`name,${lib.books}(title)`)
    expect([status, data]).toEqual([200, [{ name: 'Bob', [lib.books]: [{ title: 'Boats' }] }]])
    expect((await admin.from(lib.books).select().eq('title', 'Boats')).data).toEqual([])
  })
  it('minds every filter', async () => {
    const { count, status } = await admin.from(lib.labels).delete({ count: 'exact' }).lt('id', 99).lt('id', 0)
    expect([count, status]).toEqual([0, 204])
  })
})

describe('transform.maxAffected', () => {
  it('takes back what is more than was meant', async () => {
    const { error, status } = await newer.from(lib.labels).delete().gte('id', 10).lte('id', 12).maxAffected(2)
    expect([status, error]).toMatchObject([400, { code: 'PGRST124', details: 'The query affects 3 rows' }])
    expect((await admin.from(lib.labels).select('id').gte('id', 10).lte('id', 12)).data).toHaveLength(3)
    expect((await newer.from(lib.labels).delete().eq('id', 10).maxAffected(1)).error).toBeNull()
  })
})

describe('transform.single', () => {
  it('takes back a change of several rows', async () => {
    const { error } = await admin
      .from(lib.labels)
      .update({ name: 'gone' })
      .in('id', [11, 12])
      .select()
      .single()
    expect(error?.code).toBe('PGRST116')
    expect((await admin.from(lib.labels).select().eq('name', 'gone')).data).toEqual([])
  })
})

describe('transform.rollback', () => {
  it('is not heard: what was written stays', async () => {
    await admin.from(lib.labels).insert({ id: 50 }).rollback()
    expect((await admin.from(lib.labels).select('id').eq('id', 50)).data).toEqual([{ id: 50 }])
  })
})
