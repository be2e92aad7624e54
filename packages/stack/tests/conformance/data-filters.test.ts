import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Authors, authorsLeft, type Library, library } from './data-world.ts'
import { admin, target } from './world.ts'

let lib: Library
beforeAll(async () => {
  lib = await library()
})
afterAll(() => lib.drop())

const left = (ask: (all: Authors) => Authors) => authorsLeft(lib, ask)

describe('filter.eq', () => {
  it('takes a text for a text, whatever it looks like', async () => {
    expect(await left((all) => all.eq('zip', '007'))).toEqual([1])
  })

  it('takes true for a text where there is text', async () => {
    expect(await left((all) => all.eq('zip', 'true'))).toEqual([2])
  })

  it('keeps what stands behind a comma', async () => {
    expect(await left((all) => all.eq('zip', '1.50'))).toEqual([3])
  })

  it('compares long numbers to the last digit', async () => {
    expect(await left((all) => all.eq('big', '9007199254740993'))).toEqual([1])
  })

  it('and not with their neighbours', async () => {
    expect(await left((all) => all.eq('big', '9007199254740992'))).toEqual([])
  })

  it('compares what is true', async () => {
    expect(await left((all) => all.eq('active', true))).toEqual([1])
  })

  it('looks into JSON', async () => {
    expect(await left((all) => all.eq('meta->tags->>0', 'x'))).toEqual([1])
  })

  it('finds bytes', async () => {
    expect(await left((all) => all.eq('raw', '\\xdeadbeef'))).toEqual([1])
  })
})

describe('filter.neq', () => {
  it('leaves out what is null, too', async () => {
    expect(await left((all) => all.neq('active', true))).toEqual([2])
  })
})

describe('filter.gt', () => {
  it('compares numbers', async () => {
    expect(await left((all) => all.gt('id', 2))).toEqual([3])
  })

  it('is said twice, and both hold', async () => {
    expect(await left((all) => all.gt('id', 2).gt('id', 1))).toEqual([3])
  })
})

describe('filter.gte', () => {
  it('compares times', async () => {
    expect(await left((all) => all.gte('seen', '2024-05-31T22:00:00Z'))).toEqual([2])
  })
})

describe('filter.lt', () => {
  it('compares dates', async () => {
    expect(await left((all) => all.lt('born', '1900-01-01'))).toEqual([1])
  })

  it('is said twice, and both hold', async () => {
    expect(await left((all) => all.lt('id', 3).lt('id', 2))).toEqual([1])
  })
})

describe('filter.lte', () => {
  it('compares numbers', async () => {
    expect(await left((all) => all.lte('id', 2))).toEqual([1, 2])
  })
})

describe('filter.is', () => {
  it('finds what is null', async () => {
    expect(await left((all) => all.is('active', null))).toEqual([3])
  })

  it('finds what is true', async () => {
    expect(await left((all) => all.is('active', true))).toEqual([1])
  })
})

describe('filter.isDistinct', () => {
  it('takes null for a value', async () => {
    expect(await left((all) => all.isDistinct('active', true))).toEqual([2, 3])
  })
})

describe('filter.in', () => {
  it('finds any of several', async () => {
    expect(await left((all) => all.in('id', [1, 3, 99]))).toEqual([1, 3])
  })

  it('takes texts with anything in them', async () => {
    expect(await left((all) => all.in('zip', ['007', 'a,b', 'c"d', '(x)']))).toEqual([1])
  })

  it('finds nothing in nothing', async () => {
    expect(await left((all) => all.in('id', []))).toEqual([])
  })

  it('takes a long list', async () => {
    expect(
      await left((all) =>
        all.in(
          'id',
          Array.from({ length: 800 }, (_, at) => at),
        ),
      ),
    ).toEqual([1, 2, 3])
  })
})

describe('filter.notIn', () => {
  it('leaves them out', async () => {
    expect(await left((all) => all.notIn('id', [1, 3]))).toEqual([2])
  })
})

describe('filter.match', () => {
  it('wants all of an object', async () => {
    expect(await left((all) => all.match({ name: 'Ada', active: true }))).toEqual([1])
  })
})

describe('filter.not', () => {
  it('turns any of them round', async () => {
    expect(await left((all) => all.not('name', 'like', 'A%').not('id', 'in', '(3)'))).toEqual([2])
  })

  it('finds what is there', async () => {
    expect(await left((all) => all.not('active', 'is', null))).toEqual([1, 2])
  })
})

describe('filter.or', () => {
  it('wants one of them', async () => {
    expect(await left((all) => all.or('id.eq.1,name.eq.Eve'))).toEqual([1, 3])
  })

  it('is said twice, and both hold', async () => {
    expect(await left((all) => all.or('id.eq.1,id.eq.2').or('id.eq.2,id.eq.3'))).toEqual([2])
  })

  it('has groups in it', async () => {
    expect(
      await left((all) => all.or('and(id.gt.1,not.and(id.gt.2,active.is.null)),zip.in.("007",x)')),
    ).toEqual([1, 2])
  })

  it('takes values in quotes', async () => {
    expect(await left((all) => all.or('name.eq."Ada",zip.eq."a,b.c(d)"'))).toEqual([1])
  })

  it('is about what is embedded, where that is said', async () => {
    const { data } = await admin
      .from(lib.authors)
      .select(`id,${lib.books}(id)`)
      .eq('id', 1)
      .or('id.eq.2,title.eq.nothing', { referencedTable: lib.books })
    expect(data).toEqual([{ id: 1, [lib.books]: [{ id: 2 }] }])
  })
  it('says what it cannot read, and where', async () => {
    const { error, status } = await admin.from(lib.authors).select().or('')
    expect([status, error]).toMatchObject([
      400,
      {
        code: 'PGRST100',
        message: '"failed to parse logic tree (())" (line 1, column 4)',
        details:
          'unexpected ")" expecting field name (* or [a..z0..9_$]), negation operator (not) or logic operator (and, or)',
      },
    ])
  })
})

describe('filter.filter', () => {
  it('takes the operator as it is written', async () => {
    expect(await left((all) => all.filter('id', 'in', '(1,2)'))).toEqual([1, 2])
  })

  const refusals: [query: string, status: number, code: string][] = [
    ['id=rubbish', 400, 'PGRST100'],
    ['id=foo.1', 400, 'PGRST100'],
    ['id=is.nil', 400, 'PGRST100'],
    ['id=in.1', 400, 'PGRST100'],
    ['id=eq.abc', 400, '22P02'],
    ['nothing=eq.1', 400, '42703'],
    ['name=cs.{1', 404, '42883'],
    ['nobody.id=eq.1', 400, 'PGRST108'],
    ['order=id.foo', 400, 'PGRST100'],
    ['select=id,nobody(*)', 400, 'PGRST200'],
    ['select=id::nothing', 400, '42704'],
    ['select=count()', 400, 'PGRST123'],
    ['limit=-1', 416, 'PGRST103'],
  ]
  it('refuses what means nothing, with the code that says why', async () => {
    for (const [query, status, code] of refusals) {
      const answer = await fetch(`${target.api}/rest/v1/${lib.authors}?${query}`, {
        headers: { apikey: target.secretKey },
      })
      expect([query, answer.status, await answer.json()]).toMatchObject([query, status, { code }])
    }
  })
})
