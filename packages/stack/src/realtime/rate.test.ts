import { expect, test } from 'vitest'
import { Rate } from './rate.ts'

/** A clock that is moved by hand, in seconds. */
function clock() {
  let seconds = 0
  const pass = (more: number) => {
    seconds += more
  }
  return { now: () => seconds * 1000, pass }
}

test('what happens counts once its five seconds are over', () => {
  const { now, pass } = clock()
  const rate = new Rate(10, now)
  rate.add(100)
  expect([rate.average, rate.exceeded]).toEqual([0, false])
  pass(5)
  expect([rate.average, rate.exceeded]).toEqual([10, true])
})

test('a burst is forgiven while time goes by, and forgotten after a minute', () => {
  const { now, pass } = clock()
  const rate = new Rate(10, now)
  rate.add(120)
  pass(6)
  expect(rate.exceeded).toBe(true)
  pass(5)
  expect([rate.average, rate.exceeded]).toEqual([8, false])
  pass(600)
  expect(rate.average).toBe(0)
})

test('what goes on and on is too often, however short the spans between', () => {
  const { now, pass } = clock()
  const rate = new Rate(10, now)
  for (let second = 0; second < 120; second++) {
    rate.add(11)
    pass(1)
  }
  expect([rate.average, rate.exceeded]).toEqual([11, true])
})
