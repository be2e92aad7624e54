import { describe, expect, test } from 'vitest'
import { asFilters, LogSearch } from './filters.ts'

const company = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff'

describe('what the address of the log says', () => {
  test('is taken where it makes sense, and forgotten where it does not', () => {
    expect(
      LogSearch.parse({ action: 'members.change_role', outcome: 'refused', since: '2026-11-21' }),
    ).toEqual({
      action: 'members.change_role',
      outcome: 'refused',
      since: '2026-11-21',
    })
    const rubbish = {
      action: 'drop table',
      outcome: 'maybe',
      actor: '1',
      since: 'yesterday',
      until: '2026-02-30',
    }
    expect(JSON.stringify(LogSearch.parse(rubbish))).toBe('{}')
  })

  test('means whole days of the reader: the last one is part of it', () => {
    const { since, until } = asFilters({ since: '2026-11-21', until: '2026-11-21' }, null)
    expect(Date.parse(until ?? '') - Date.parse(since ?? '')).toBe(24 * 60 * 60 * 1000)
  })

  test('cannot leave the company whose log it is', () => {
    const other = crypto.randomUUID()
    expect(asFilters({ organization: other }, company)).toEqual({ organization: company })
    expect(asFilters({ organization: other }, null)).toEqual({ organization: other })
    expect(asFilters({ action: undefined }, null)).toEqual({ organization: null })
  })
})
