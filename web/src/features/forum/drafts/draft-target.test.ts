import { expect, test } from 'vitest'
import { targetOf } from './draft-target.ts'

test.each([
  ['topic', { kind: 'topic' }],
  ['reply:t1', { kind: 'reply', post: null }],
  ['reply:t1:p1', { kind: 'answer', post: 'p1' }],
  ['edit:p1', { kind: 'edit', post: 'p1' }],
])('%s goes where it was begun', (key, target) => {
  expect(targetOf(key)).toEqual(target)
})
