import { postgresChangesFilter } from '@supabase/supabase-js'
import { describe, expect, it } from 'vitest'
import { follow, heard, table, told } from './changes-world.ts'
import { sql, visitor } from './world.ts'

const builder = postgresChangesFilter
type Filter = ReturnType<typeof builder>

const columns = 'id int primary key, word text, amount numeric, day date, done boolean, gone timestamptz'

/** Writes rows (`word, amount, day, done, gone`, ids 1 …, then a last one that every filter lets pass) and says which were heard. */
async function passing(filter: Filter, rows: string[], last: string): Promise<unknown[]> {
  const name = await table({ columns })
  const ada = await follow(visitor(), { event: 'INSERT', schema: 'public', table: name, filter })
  expect(ada.systems[0]).toMatchObject({ status: 'ok' })
  for (const [i, row] of [...rows, last].entries())
    await sql(`insert into public.${name} values (${i + 1}, ${row})`)
  const end = rows.length + 1
  await expect.poll(() => told(ada.events).at(-1), { interval: 5 }).toBe(end)
  return told(ada.events).filter((id) => id !== end)
}

describe('postgresChangesFilter.eq', () => {
  it('compares as the type of the column does', async () => {
    expect(
      await passing(builder().eq('amount', '1.50'), [`'a', 1.5`, `'a', 15`, `'a', null`], `'a', 1.500`),
    ).toEqual([1])
    expect(
      await passing(builder().eq('day', 'January 5, 2026'), [`'a', 1, '2026-05-01'`], `'a', 1, '2026-01-05'`),
    ).toEqual([])
  })

  it('takes commas, quotes and parentheses as they are', async () => {
    const word = 'a,b="c" (d)\\'
    expect(await passing(builder().eq('word', word), [`'a'`], `'${word}'`)).toEqual([])
  })
})

describe('postgresChangesFilter.neq', () => {
  it('lets pass what is different, but not nothing', async () => {
    expect(await passing(builder().neq('word', 'no'), [`'no'`, 'null', `'yes'`], `'last'`)).toEqual([3])
  })
})

describe('postgresChangesFilter.lt', () => {
  it('compares numbers as numbers', async () => {
    expect(await passing(builder().lt('amount', 10), [`'a', 9`, `'a', 10`, `'a', 100`], `'a', -1`)).toEqual([
      1,
    ])
  })
})

describe('postgresChangesFilter.lte', () => {
  it('includes the bound', async () => {
    expect(await passing(builder().lte('amount', 10), [`'a', 9`, `'a', 10`, `'a', 10.1`], `'a', -1`)).toEqual(
      [1, 2],
    )
  })
})

describe('postgresChangesFilter.gt', () => {
  it('compares days as days', async () => {
    expect(
      await passing(
        builder().gt('day', '2026-01-09'),
        [`'a', 1, '2026-01-09'`, `'a', 1, '2025-12-31'`],
        `'a', 1, '2026-01-10'`,
      ),
    ).toEqual([])
  })
})

describe('postgresChangesFilter.gte', () => {
  it('includes the bound', async () => {
    expect(await passing(builder().gte('amount', 10), [`'a', 9`, `'a', 10`], `'a', 11`)).toEqual([2])
  })
})

describe('postgresChangesFilter.in', () => {
  it('lets pass one of several, with commas in them too', async () => {
    const filter = builder().in('word', ['red', 'blue, dark', 'green'])
    expect(await passing(filter, [`'red'`, `'blue, dark'`, `'blue'`, `'dark'`], `'green'`)).toEqual([1, 2])
  })
})

describe('postgresChangesFilter.like', () => {
  it('minds the case', async () => {
    expect(await passing(builder().like('word', 'ab%'), [`'abc'`, `'ABC'`, `'xab'`], `'ab'`)).toEqual([1])
  })
})

describe('postgresChangesFilter.ilike', () => {
  it('does not mind the case', async () => {
    expect(await passing(builder().ilike('word', 'ab%'), [`'abc'`, `'ABC'`, `'xab'`], `'ab'`)).toEqual([1, 2])
  })
})

describe('postgresChangesFilter.match', () => {
  it('looks for a pattern', async () => {
    expect(await passing(builder().match('word', '^a+b$'), [`'aab'`, `'AAB'`, `'aabb'`], `'ab'`)).toEqual([1])
  })
})

describe('postgresChangesFilter.imatch', () => {
  it('looks for a pattern in any case', async () => {
    expect(await passing(builder().imatch('word', '^a+b$'), [`'aab'`, `'AAB'`, `'aabb'`], `'ab'`)).toEqual([
      1, 2,
    ])
  })
})

describe('postgresChangesFilter.is', () => {
  it('knows nothing from something', async () => {
    expect(await passing(builder().is('word', null), [`'a'`, 'null'], 'null')).toEqual([2])
  })

  it('knows true from false from unknown', async () => {
    const rows = [`'a', 1, null, true`, `'a', 1, null, false`, `'a', 1, null, null`]
    expect(await passing(builder().is('done', true), rows, `'a', 1, null, true`)).toEqual([1])
    expect(await passing(builder().is('done', 'unknown'), rows, `'a', 1, null, null`)).toEqual([3])
  })
})

describe('postgresChangesFilter.isDistinct', () => {
  it('takes nothing for different from something', async () => {
    expect(await passing(builder().isDistinct('word', 'no'), [`'no'`, 'null', `'yes'`], `'last'`)).toEqual([
      2, 3,
    ])
  })
})

describe('postgresChangesFilter.not', () => {
  it('turns a condition round', async () => {
    expect(await passing(builder().not('word', 'eq', 'no'), [`'no'`, `'yes'`, 'null'], `'last'`)).toEqual([2])
    expect(await passing(builder().not('word', 'in', ['a', 'b']), [`'a'`, `'b'`, `'c'`], `'last'`)).toEqual([
      3,
    ])
    expect(await passing(builder().not('word', 'like', 'a%'), [`'ab'`, `'b'`], `'last'`)).toEqual([2])
    expect(await passing(builder().not('gone', 'is', null), [`'a'`], `'a', 1, null, true, now()`)).toEqual([])
    expect(await passing(builder().not('word', 'isdistinct', 'a'), [`'b'`, 'null', `'a'`], `'a'`)).toEqual([
      3,
    ])
  })
})

describe('channel.on postgres_changes INSERT', () => {
  it('is filtered by several conditions, all of which must hold', async () => {
    const filter = builder().gte('amount', 1).lte('amount', 5).like('word', 'k%').not('done', 'is', true)
    expect(filter.build()).toBe('amount=gte.1,amount=lte.5,word=like.k%,done=not.is.true')
    const rows = [`'keep', 3`, `'keep', 6`, `'skip', 3`, `'keep', 3, null, true`, `'keep', 0`]
    expect(await passing(filter, rows, `'k', 1`)).toEqual([1])
  })

  it('is not filtered by an empty filter', async () => {
    expect(builder().build()).toBe('')
    expect(await passing(builder(), [`'a'`], `'b'`)).toEqual([1])
  })
})

describe('channel.on postgres_changes UPDATE', () => {
  it('is filtered by the new row', async () => {
    const name = await table({ columns })
    const ada = await follow(visitor(), {
      event: 'UPDATE',
      schema: 'public',
      table: name,
      filter: 'word=eq.b',
    })
    await sql(`insert into public.${name} values (1, 'a')`)
    await sql(`update public.${name} set word = 'b'`)
    await sql(`update public.${name} set word = 'c'`)
    await sql(`update public.${name} set word = 'b'`)
    expect(told(await heard(ada, 2), 'word')).toEqual(['b', 'b'])
  })
})

describe('channel.on postgres_changes DELETE', () => {
  it('is filtered by what is known of the old row', async () => {
    const name = await table({ columns })
    const ada = await follow(visitor(), { event: 'DELETE', schema: 'public', table: name, filter: 'id=gt.1' })
    await sql(`insert into public.${name} values (1, 'a'), (2, 'b')`)
    await sql(`delete from public.${name} where id = 1`)
    await sql(`delete from public.${name} where id = 2`)
    expect(told(await heard(ada, 1))).toEqual([2])
  })

  it('is filtered by any column where the replica identity is full', async () => {
    const name = await table({ columns })
    await sql(`alter table public.${name} replica identity full`)
    const ada = await follow(visitor(), [
      { event: 'DELETE', schema: 'public', table: name, filter: 'word=eq.b' },
      { event: 'DELETE', schema: 'public', table: name, filter: 'amount=is.null' },
    ])
    await sql(`insert into public.${name} values (1, 'a', 1), (2, 'b', 1), (3, 'c', null)`)
    for (const id of [1, 2, 3]) await sql(`delete from public.${name} where id = ${id}`)
    expect(told(await heard(ada, 2))).toEqual([2, 3])
  })
})

describe('channel.on postgres_changes *', () => {
  it('tells the columns that were asked for, and the key', async () => {
    const name = await table({ columns })
    await sql(`alter table public.${name} replica identity full`)
    const ada = await follow(visitor(), { event: '*', schema: 'public', table: name, select: ['word'] })
    await sql(`insert into public.${name} values (1, 'a', 2)`)
    await sql(`update public.${name} set word = 'b'`)
    await sql(`delete from public.${name}`)
    const events = await heard(ada, 3)
    expect(events.map(({ new: now, old }) => ({ now, old }))).toEqual([
      { now: { id: 1, word: 'a' }, old: {} },
      { now: { id: 1, word: 'b' }, old: { id: 1, word: 'a' } },
      { now: {}, old: { id: 1, word: 'b' } },
    ])
  })
})
