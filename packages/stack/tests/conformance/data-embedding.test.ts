import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Library, library, seen } from './data-world.ts'
import { admin, sql, target } from './world.ts'

let lib: Library
beforeAll(async () => {
  lib = await library()
  await sql(`
    create view public.${lib.prefix}_shelf as select b.id, b.title, b.author_id, d.isbn
      from public.${lib.books} b left join public.${lib.details} d on d.book_id = b.id;
    grant select on public.${lib.prefix}_shelf to service_role;
    create table public.${lib.prefix}_people (
      id int primary key, chief int references public.${lib.prefix}_people, mentor int references public.${lib.prefix}_people);
    insert into public.${lib.prefix}_people values (1, null, null), (2, 1, 1);
    create table public.${lib.prefix}_games (
      id int primary key, home int constraint ${lib.prefix}_home references public.${lib.authors},
      guest int constraint ${lib.prefix}_guest references public.${lib.authors});
    insert into public.${lib.prefix}_games values (1, 1, 2);
    grant select on public.${lib.prefix}_people, public.${lib.prefix}_games to service_role;
    create function public.${lib.prefix}_longest(public.${lib.authors}) returns setof public.${lib.books} rows 1 language sql stable
      as 'select * from public.${lib.books} where author_id = $1.id order by pages desc limit 1';
    grant execute on function public.${lib.prefix}_longest to service_role;
  `)
  await seen(`${lib.prefix}_games`)
})
afterAll(async () => {
  await sql(
    `drop view public.${lib.prefix}_shelf; drop table public.${lib.prefix}_people, public.${lib.prefix}_games`,
  )
  await lib.drop()
})

const get = async (path: string) => {
  const answer = await fetch(`${target.api}/rest/v1${path}`, { headers: { apikey: target.secretKey } })
  return { status: answer.status, body: await answer.json() }
}

describe('from.select', () => {
  it('embeds the one that is referred to, and the many that refer', async () => {
    const up = await admin
      .from(lib.books)
      .select(`id,author:${lib.authors}(name)`)
      .in('id', [1, 4])
      .order('id')
    expect(up.data).toEqual([
      { id: 1, author: { name: 'Ada' } },
      { id: 4, author: null },
    ])
    const down = await admin.from(lib.authors).select(`id,${lib.books}(title)`).order('id')
    expect(down.data?.[2]).toEqual({ id: 3, [lib.books]: [] })
  })

  it('embeds one where there can be but one, and many through a table between', async () => {
    const { data } = await admin
      .from(lib.books)
      .select(`id,${lib.details}(isbn),${lib.labels}(name)`)
      .in('id', [1, 2])
      .order('id')
      .order('id', { referencedTable: lib.labels })
    expect(data).toEqual([
      { id: 1, [lib.details]: { isbn: 'isbn-1' }, [lib.labels]: [{ name: 'old' }, { name: 'new' }] },
      { id: 2, [lib.details]: null, [lib.labels]: [] },
    ])
  })

  it('embeds what is embedded in what is embedded', async () => {
    const { data } = await admin
      .from(lib.labels)
      .select(`name,${lib.books}(title,${lib.authors}(name))`)
      .eq('id', 2)
    expect(data).toEqual([{ name: 'new', [lib.books]: [{ title: 'Notes', [lib.authors]: { name: 'Ada' } }] }])
  })

  it('leaves out rows without a partner where that is wanted', async () => {
    const inner = await admin
      .from(lib.authors)
      .select(`id,${lib.books}!inner(id)`)
      .gt(`${lib.books}.pages`, 200)
    expect(inner.data).toEqual([{ id: 2, [lib.books]: [{ id: 3 }] }])
    const counted = await admin
      .from(lib.authors)
      .select(`id,${lib.books}!inner(id)`, { count: 'exact', head: true })
      .gt(`${lib.books}.pages`, 200)
    expect(counted.count).toBe(1)
  })

  it('asks whether there is a partner', async () => {
    const without = await admin.from(lib.authors).select(`id,${lib.books}()`).is(lib.books, null)
    expect(without.data).toEqual([{ id: 3 }])
    const having = await admin
      .from(lib.books)
      .select(`id,${lib.authors}(id)`)
      .not(lib.authors, 'is', null)
      .order('id')
    expect(having.data).toMatchObject([{ id: 1 }, { id: 2 }, { id: 3 }])
  })

  it('spreads what is embedded over the row', async () => {
    const one = await admin.from(lib.books).select(`title,...${lib.authors}(author:name)`).eq('id', 1)
    expect(one.data).toEqual([{ title: 'Notes', author: 'Ada' }])
    const { body } = await get(
      `/${lib.authors}?select=name,...${lib.books}(titles:title)&id=eq.1&${lib.books}.order=id`,
    )
    expect(body).toEqual([{ name: 'Ada', titles: ['Notes', 'Sketches'] }])
  })

  it('finds its way by the key that is named, and asks where there are two', async () => {
    const games = `${lib.prefix}_games`
    const { body } = await get(
      `/${games}?select=id,home:${lib.authors}!${lib.prefix}_home(name),guest:${lib.authors}!guest(name)`,
    )
    expect(body).toEqual([{ id: 1, home: { name: 'Ada' }, guest: { name: 'Bob' } }])
    const unclear = await get(`/${games}?select=id,${lib.authors}(name)`)
    expect([unclear.status, unclear.body.code, unclear.body.details]).toMatchObject([
      300,
      'PGRST201',
      [
        { cardinality: 'many-to-one', embedding: `${games} with ${lib.authors}` },
        { cardinality: 'many-to-one' },
      ],
    ])
  })

  it('embeds a table in itself, both ways', async () => {
    const people = `${lib.prefix}_people`
    expect((await get(`/${people}?select=id,chief(id)&id=eq.2`)).body).toEqual([{ id: 2, chief: { id: 1 } }])
    const down = await get(`/${people}?select=id,staff:${people}!chief(id)&id=eq.1`)
    expect(down.body).toEqual([{ id: 1, staff: [{ id: 2 }] }])
  })

  it('embeds through a view, though it joins', async () => {
    const { data } = await admin
      .from(`${lib.prefix}_shelf`)
      .select(`title,isbn,${lib.authors}(name)`)
      .eq('id', 1)
    expect(data).toEqual([{ title: 'Notes', isbn: 'isbn-1', [lib.authors]: { name: 'Ada' } }])
  })

  it('embeds what a function computes', async () => {
    const { data } = await admin
      .from(lib.authors)
      .select(`id,longest:${lib.prefix}_longest(title)`)
      .order('id')
    expect(data).toEqual([
      { id: 1, longest: { title: 'Notes' } },
      { id: 2, longest: { title: 'Boats' } },
      { id: 3, longest: null },
    ])
  })

  it('says that there is no way, and which name may have been meant', async () => {
    const { status, body } = await get(`/${lib.authors}?select=id,${lib.books}s(id)`)
    expect([status, body.code, body.hint]).toEqual([
      400,
      'PGRST200',
      `Perhaps you meant '${lib.books}' instead of '${lib.books}s'.`,
    ])
  })
})
