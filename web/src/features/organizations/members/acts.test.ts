import type { Colleague } from '@p2p/contracts'
import { describe, expect, test } from 'vitest'
import { actsOn } from './acts.ts'

const me = { id: 'me' }
const somebody = (more: Partial<Colleague>): Colleague => ({
  id: 'abe',
  first_name: 'Abe',
  last_name: 'Saleh',
  first_name_ar: null,
  last_name_ar: null,
  avatar: null,
  job_title: null,
  role: 'member',
  status: 'active',
  email: null,
  joined_at: '2026-01-01T00:00:00Z',
  last_seen_at: null,
  ...more,
})

describe('what an admin can do', () => {
  test.for([
    ['an active member', {}, ['makeAdmin', 'handOver', 'resetFactor', 'deactivate', 'remove']],
    ['an admin', { role: 'admin' }, ['makeMember', 'handOver', 'resetFactor', 'deactivate', 'remove']],
    ['somebody deactivated', { status: 'deactivated' }, ['makeAdmin', 'resetFactor', 'reactivate', 'remove']],
    [
      'somebody who has not verified',
      { status: 'pending' },
      ['makeAdmin', 'resetFactor', 'deactivate', 'remove'],
    ],
    ['themselves', { id: 'me', role: 'admin' }, ['makeMember']],
  ] as const)('with %s', ([, more, expected]) => {
    expect(actsOn(somebody(more), me)).toEqual(expected)
  })
})
