import { describe, expect, test } from 'vitest'
import { readOrganizationsSearch, readPeopleSearch } from './search.ts'

describe('what the address asks of the directory', () => {
  test('is read as it was written, numbers that are codes included', () => {
    expect(readPeopleSearch({ q: 7001, industry: 8, city: 108_410, expertise: ' CNC ' })).toEqual({
      q: '7001',
      industry: '08',
      city: 108_410,
      expertise: 'CNC',
    })
    const address = new URLSearchParams('industry=C&size=small&verified=yes&sort=newest&city=108410')
    expect(readOrganizationsSearch(Object.fromEntries(address))).toEqual({
      industry: 'C',
      size: 'small',
      verified: 'yes',
      sort: 'newest',
      city: 108_410,
    })
  })

  test('leaves out what means nothing', () => {
    const nonsense = {
      q: ' ',
      industry: 'manufacturing',
      city: 'Riyadh',
      organization: 'mine',
      size: 'huge',
      sort: 'best',
    }
    expect(Object.values(readPeopleSearch(nonsense)).filter((value) => value !== undefined)).toEqual([])
    expect(Object.values(readOrganizationsSearch(nonsense)).filter((value) => value !== undefined)).toEqual(
      [],
    )
  })
})
