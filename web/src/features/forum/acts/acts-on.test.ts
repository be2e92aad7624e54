import type { Topic } from '@p2p/contracts'
import { expect, test } from 'vitest'
import { actsOn } from './acts-on.ts'

const now = Date.parse('2026-11-21T12:00:00Z')
const topic = {
  author: { id: 'ada' },
  created_at: '2026-11-21T10:00:00Z',
  reply_count: 0,
  locked_at: null,
  pinned_in: null,
} as Topic
const of = (id: string, platform_role: 'moderator' | 'admin' | null = null) => ({ id, platform_role })

test('its author edits, moves it on the first day, and deletes it while nobody answered', () => {
  expect(actsOn(topic, of('ada'), now)).toEqual(['edit', 'move', 'delete'])
  expect(actsOn({ ...topic, reply_count: 1 }, of('ada'), now + 30 * 60 * 60_000)).toEqual(['edit'])
})

test('nobody else does, and with a closed topic nobody but moderators', () => {
  expect(actsOn(topic, of('bob'), now)).toEqual([])
  expect(actsOn({ ...topic, locked_at: 'then' }, of('ada'), now)).toEqual([])
})

test('a moderator does what is left to do', () => {
  expect(actsOn(topic, of('mo', 'moderator'), now)).toEqual(['edit', 'move', 'pin', 'lock', 'delete'])
  const kept = { ...topic, locked_at: 'then', pinned_in: 'forum' as const, reply_count: 9 }
  expect(actsOn(kept, of('mo', 'moderator'), now)).toEqual([
    'edit',
    'move',
    'pin',
    'unpin',
    'unlock',
    'delete',
  ])
})
