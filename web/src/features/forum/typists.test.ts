import { typing } from '@p2p/contracts'
import { expect, test } from 'vitest'
import { heard, nextToForget, stillWriting, type Typists, withoutTypist } from './typists.ts'

const nobody: Typists = new Map()

test('somebody who is not heard of again is forgotten after four seconds', () => {
  const typists = heard(nobody, 'bob', 1000)
  expect([...stillWriting(typists, 1000 + typing.forgetAfterMs - 1).keys()]).toEqual(['bob'])
  expect([...stillWriting(typists, 1000 + typing.forgetAfterMs).keys()]).toEqual([])
})

test('who goes on writing stays, and others are forgotten at their own time', () => {
  const both = heard(heard(nobody, 'bob', 0), 'eve', 1000)
  const again = heard(both, 'bob', 3000)
  expect(nextToForget(again, 3000)).toBe(1000 + typing.forgetAfterMs - 3000)
  expect([...stillWriting(again, 1000 + typing.forgetAfterMs).keys()]).toEqual(['bob'])
})

test('whose post has arrived has stopped', () => {
  expect(withoutTypist(heard(nobody, 'bob', 0), 'bob').size).toBe(0)
})

test('nobody writes: nothing to wait for', () => {
  expect(nextToForget(nobody, 0)).toBeNull()
})
