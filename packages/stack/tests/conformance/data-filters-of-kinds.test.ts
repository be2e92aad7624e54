import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Authors, authorsLeft, type Library, library } from './data-world.ts'

let lib: Library
beforeAll(async () => {
  lib = await library()
})
afterAll(() => lib.drop())

const left = (ask: (all: Authors) => Authors) => authorsLeft(lib, ask)

describe('filter.like', () => {
  it('minds the letters', async () => {
    expect(await left((all) => all.like('name', '%d%'))).toEqual([1])
  })

  it('is said twice, and both hold', async () => {
    expect(await left((all) => all.like('name', 'A%').like('name', '%b'))).toEqual([])
  })
})

describe('filter.likeAllOf', () => {
  it('wants them all', async () => {
    expect(await left((all) => all.likeAllOf('name', ['A%', '%a']))).toEqual([1])
  })
})

describe('filter.likeAnyOf', () => {
  it('wants one of them', async () => {
    expect(await left((all) => all.likeAnyOf('name', ['A%', 'B%']))).toEqual([1, 2])
  })
})

describe('filter.ilike', () => {
  it('does not mind their size', async () => {
    expect(await left((all) => all.ilike('name', 'a%'))).toEqual([1])
  })
})

describe('filter.ilikeAllOf', () => {
  it('wants them all', async () => {
    expect(await left((all) => all.ilikeAllOf('name', ['a%', '%A']))).toEqual([1])
  })
})

describe('filter.ilikeAnyOf', () => {
  it('wants one of them', async () => {
    expect(await left((all) => all.ilikeAnyOf('name', ['a%', 'b%']))).toEqual([1, 2])
  })
})

describe('filter.regexMatch', () => {
  it('minds the letters', async () => {
    expect(await left((all) => all.regexMatch('name', '^[AB]'))).toEqual([1, 2])
  })
})

describe('filter.regexIMatch', () => {
  it('does not mind their size', async () => {
    expect(await left((all) => all.regexIMatch('name', '^[ab]'))).toEqual([1, 2])
  })
})

describe('filter.contains', () => {
  it('looks into an array', async () => {
    expect(await left((all) => all.contains('words', ['math']))).toEqual([1])
  })

  it('looks into JSON', async () => {
    expect(await left((all) => all.contains('meta', { tags: ['x'] }))).toEqual([1])
  })

  it('looks into a range', async () => {
    expect(await left((all) => all.contains('stay', '[2,3)'))).toEqual([1])
  })
})

describe('filter.containedBy', () => {
  it('finds what is within', async () => {
    expect(await left((all) => all.containedBy('words', ['math', 'a b', 'c']))).toEqual([1, 2])
  })

  it('finds a range within another', async () => {
    expect(await left((all) => all.containedBy('stay', '[0,6)'))).toEqual([1])
  })
})

describe('filter.overlaps', () => {
  it('finds what has something in common', async () => {
    expect(await left((all) => all.overlaps('words', ['a b', 'z']))).toEqual([1])
  })

  it('also of ranges', async () => {
    expect(await left((all) => all.overlaps('stay', '[4,6)'))).toEqual([1, 2])
  })
})

describe('filter.rangeGt', () => {
  it('finds what lies beyond', async () => {
    expect(await left((all) => all.rangeGt('stay', '[1,5)'))).toEqual([2])
  })
})

describe('filter.rangeGte', () => {
  it('finds what does not begin before', async () => {
    expect(await left((all) => all.rangeGte('stay', '[1,5)'))).toEqual([1, 2])
  })
})

describe('filter.rangeLt', () => {
  it('finds what lies before', async () => {
    expect(await left((all) => all.rangeLt('stay', '[5,9)'))).toEqual([1])
  })
})

describe('filter.rangeLte', () => {
  it('finds what does not end beyond', async () => {
    expect(await left((all) => all.rangeLte('stay', '[5,9)'))).toEqual([1, 2])
  })
})

describe('filter.rangeAdjacent', () => {
  it('finds what is next to it', async () => {
    expect(await left((all) => all.rangeAdjacent('stay', '[5,6)'))).toEqual([1])
  })
})

describe('filter.textSearch', () => {
  it('searches words', async () => {
    expect(await left((all) => all.textSearch('doc', 'engine & note'))).toEqual([1])
  })

  it('as people write', async () => {
    expect(await left((all) => all.textSearch('doc', 'boat or engine', { type: 'websearch' }))).toEqual([
      1, 2,
    ])
  })

  it('in a language', async () => {
    expect(await left((all) => all.textSearch('doc', 'boats', { type: 'plain', config: 'english' }))).toEqual(
      [2],
    )
  })

  it('a phrase', async () => {
    expect(await left((all) => all.textSearch('doc', 'note engine', { type: 'phrase' }))).toEqual([])
  })
})
