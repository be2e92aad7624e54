import { describe, expect, it } from 'vitest'
import { follow, heard, table, told } from './changes-world.ts'
import { admin, fresh, sql, visitor } from './world.ts'

describe('channel.on postgres_changes INSERT', () => {
  it('hears a new row, with its columns and their types, and nothing else', async () => {
    const name = await table()
    const ada = await follow(visitor(), { event: 'INSERT', schema: 'public', table: name })
    expect(ada.systems).toEqual([
      {
        status: 'ok',
        message: 'Subscribed to PostgreSQL',
        extension: 'postgres_changes',
        channel: ada.topic,
      },
    ])
    await sql(`insert into public.${name} values (1, 'one')`)
    await sql(`update public.${name} set title = 'two'; delete from public.${name};`)
    await sql(`insert into public.${name} values (2, null)`)
    const [first] = await heard(ada, 2)
    expect(first).toEqual({
      schema: 'public',
      table: name,
      commit_timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      eventType: 'INSERT',
      new: { id: 1, title: 'one', owner: null },
      old: {},
      errors: null,
    })
    expect(told(ada.events)).toEqual([1, 2])
  })

  it('hears every row of a statement, in their order, also of several in one transaction', async () => {
    const name = await table()
    const ada = await follow(visitor(), { event: 'INSERT', schema: 'public', table: name })
    await sql(`insert into public.${name} select n from generate_series(1, 120) as n`)
    await sql(
      `begin; insert into public.${name} values (121); insert into public.${name} values (122); commit;`,
    )
    expect(told(await heard(ada, 122))).toEqual(Array.from({ length: 122 }, (_, n) => n + 1))
  })

  it('hears nothing of what was rolled back', async () => {
    const name = await table()
    const ada = await follow(visitor(), { event: '*', schema: 'public', table: name })
    await sql(`begin; insert into public.${name} values (1); rollback;`)
    await sql(`insert into public.${name} values (2)`)
    expect(told(await heard(ada, 1))).toEqual([2])
  })

  it('tells values as their types are', async () => {
    const name = await table({
      columns: `id bigint primary key, small smallint, exact numeric, real_ real, yes boolean, at timestamptz,
        day date, doc jsonb, words text[], bytes bytea, kind varchar(10), big bigint, twice int generated always as (small * 2) stored`,
    })
    const ada = await follow(visitor(), { event: 'INSERT', schema: 'public', table: name })
    await sql(`insert into public.${name} values (9007199254740991, 7, 1.50, 0.5, true, '2026-01-02 03:04:05+00',
      '2026-01-02', '{"a": [1, null]}', '{x,"y z"}', '\\x0102ff', 'قطعة', null)`)
    const [event] = await heard(ada, 1)
    expect(event?.new).toEqual({
      id: 9007199254740991,
      small: 7,
      exact: 1.5,
      real_: 0.5,
      yes: true,
      at: '2026-01-02T03:04:05+00:00',
      day: '2026-01-02',
      doc: { a: [1, null] },
      words: ['x', 'y z'],
      bytes: '0102ff',
      kind: 'قطعة',
      big: null,
      twice: 14,
    })
  })
})

describe('channel.on postgres_changes UPDATE', () => {
  it('hears the new row, and of the old one its key', async () => {
    const name = await table()
    const ada = await follow(visitor(), { event: 'UPDATE', schema: 'public', table: name })
    await sql(`insert into public.${name} values (1, 'one')`)
    await sql(`update public.${name} set title = 'two'`)
    await sql(`update public.${name} set id = 5`)
    const [first, second] = await heard(ada, 2)
    expect(first).toMatchObject({
      eventType: 'UPDATE',
      new: { id: 1, title: 'two' },
      old: { id: 1 },
      errors: null,
    })
    expect(first?.old).toEqual({ id: 1 })
    expect(second).toMatchObject({ new: { id: 5, title: 'two' }, old: { id: 1 } })
  })

  it('hears all of the old row where the replica identity is full', async () => {
    const name = await table()
    await sql(`alter table public.${name} replica identity full`)
    const ada = await follow(visitor(), { event: 'UPDATE', schema: 'public', table: name })
    await sql(`insert into public.${name} values (1, 'one')`)
    await sql(`update public.${name} set title = 'two'`)
    const [event] = await heard(ada, 1)
    expect(event?.old).toEqual({ id: 1, title: 'one', owner: null })
  })

  it('hears the columns of an index that is the replica identity', async () => {
    const name = await table({ columns: 'id int primary key, title text not null unique, owner uuid' })
    await sql(`alter table public.${name} replica identity using index ${name}_title_key`)
    const ada = await follow(visitor(), { event: 'UPDATE', schema: 'public', table: name })
    await sql(`insert into public.${name} values (1, 'one')`)
    await sql(`update public.${name} set title = 'two'`)
    const [event] = await heard(ada, 1)
    expect(event?.old).toEqual({ title: 'one' })
  })

  it('keeps a large value that did not change, where the old row tells it', async () => {
    const name = await table()
    await sql(
      `alter table public.${name} replica identity full; alter table public.${name} alter title set storage external`,
    )
    const ada = await follow(visitor(), { event: 'UPDATE', schema: 'public', table: name })
    await sql(`insert into public.${name} values (1, repeat('x', 9000))`)
    await sql(`update public.${name} set owner = gen_random_uuid()`)
    const [event] = await heard(ada, 1)
    expect(event?.new).toMatchObject({ id: 1, title: 'x'.repeat(9000) })
  })
})

describe('channel.on postgres_changes DELETE', () => {
  it('hears the key of the row that is gone', async () => {
    const name = await table()
    const ada = await follow(visitor(), { event: 'DELETE', schema: 'public', table: name })
    await sql(`insert into public.${name} values (1, 'one')`)
    await sql(`delete from public.${name}`)
    const [event] = await heard(ada, 1)
    expect(event).toMatchObject({ eventType: 'DELETE', new: {}, old: { id: 1 }, errors: null })
    expect(event?.old).toEqual({ id: 1 })
  })

  it('hears the whole row where the replica identity is full, and its key alone under row-level security', async () => {
    const open = await table()
    const guarded = await table({ policy: 'true' })
    for (const name of [open, guarded]) {
      await sql(
        `alter table public.${name} replica identity full; insert into public.${name} values (1, 'one')`,
      )
    }
    const ada = await follow(visitor(), [
      { event: 'DELETE', schema: 'public', table: open },
      { event: 'DELETE', schema: 'public', table: guarded },
    ])
    await sql(`delete from public.${open}`)
    await sql(`delete from public.${guarded}`)
    const [first, second] = await heard(ada, 2)
    expect(first?.old).toEqual({ id: 1, title: 'one', owner: null })
    expect(second?.old).toEqual({ id: 1 })
  })
})

describe('channel.on postgres_changes *', () => {
  it('hears all three', async () => {
    const name = await table()
    const ada = await follow(visitor(), { event: '*', schema: 'public', table: name })
    await sql(`insert into public.${name} values (1, 'one')`)
    await sql(`update public.${name} set title = 'two'`)
    await sql(`delete from public.${name}`)
    expect((await heard(ada, 3)).map((event) => event.eventType)).toEqual(['INSERT', 'UPDATE', 'DELETE'])
  })

  it('hears every table of a schema, those that come later too', async () => {
    const one = await table()
    const ada = await follow(visitor(), { event: 'INSERT', schema: 'public' })
    const bob = await follow(visitor(), { event: 'INSERT', schema: 'public', table: '*' })
    const two = await table()
    await sql(`insert into public.${one} values (1)`)
    await sql(`insert into public.${two} values (2)`)
    for (const { events } of [ada, bob]) {
      await expect
        .poll(() =>
          events.filter((event) => event.table === one || event.table === two).map((event) => event.table),
        )
        .toEqual([one, two])
    }
  })

  it('does not hear other tables, nor a table that is not published', async () => {
    const name = await table()
    const other = await table()
    const unpublished = await table({ published: false })
    const ada = await follow(visitor(), { event: '*', schema: 'public', table: name })
    await sql(`insert into public.${other} values (1)`)
    await sql(`insert into public.${unpublished} values (2)`)
    await sql(`insert into public.${name} values (3)`)
    expect(told(await heard(ada, 1))).toEqual([3])
  })

  it('calls each listener of a channel that asked for the change', async () => {
    const name = await table()
    const client = visitor()
    const calls: string[] = []
    const channel = client
      .channel(fresh('several'))
      .on('postgres_changes', { event: '*', schema: 'public', table: name }, () => void calls.push('all'))
      .on(
        'postgres_changes',
        { event: 'INSERT', schema: 'public', table: name },
        () => void calls.push('new'),
      )
      .on(
        'postgres_changes',
        { event: 'INSERT', schema: 'public', table: name, filter: 'id=eq.2' },
        () => void calls.push('two'),
      )
    const ready = new Promise((resolve) => channel.on('system', {}, resolve))
    channel.subscribe()
    await ready
    await sql(`insert into public.${name} values (1)`)
    await expect.poll(() => calls.toSorted()).toEqual(['all', 'new'])
    await sql(`insert into public.${name} values (2)`)
    await expect.poll(() => calls.toSorted()).toEqual(['all', 'all', 'new', 'new', 'two'])
    await sql(`delete from public.${name} where id = 1`)
    await expect.poll(() => calls.length).toBe(6)
    await client.removeAllChannels()
  })

  it('hears with the secret key, past every policy', async () => {
    const name = await table({ policy: 'false' })
    const ada = await follow(admin, { event: '*', schema: 'public', table: name })
    await sql(`insert into public.${name} values (1, 'one')`)
    expect(told(await heard(ada, 1))).toEqual([1])
  })

  it('tells of a table without a key that its changes cannot be judged', async () => {
    const name = await table({ columns: 'title text' })
    const ada = await follow(visitor(), { event: '*', schema: 'public', table: name })
    await sql(`insert into public.${name} values ('one')`)
    const [event] = await heard(ada, 1)
    expect(event).toMatchObject({ new: {}, errors: ['Error 400: Bad Request, no primary key'] })
  })

  it('leaves large values out of a change beyond a megabyte, and says so', async () => {
    const name = await table()
    const ada = await follow(visitor(), { event: '*', schema: 'public', table: name })
    await sql(`insert into public.${name} values (1, repeat('x', 1100000))`)
    const [event] = await heard(ada, 1)
    expect(event).toMatchObject({ new: { id: 1 }, errors: ['Error 413: Payload Too Large'] })
    expect(event?.new).not.toHaveProperty('title')
  })
})
