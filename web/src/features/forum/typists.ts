import { typing } from '@p2p/contracts'

/** Who is writing, with the time at which that is forgotten. */
export type Typists = ReadonlyMap<string, number>

export const heard = (typists: Typists, user: string, now: number): Typists =>
  new Map(typists).set(user, now + typing.forgetAfterMs)

export const stillWriting = (typists: Typists, now: number): Typists =>
  new Map([...typists].filter(([, until]) => until > now))

export const withoutTypist = (typists: Typists, user: string): Typists =>
  new Map([...typists].filter(([id]) => id !== user))

/** Milliseconds until somebody is to be forgotten; null when nobody writes. */
export const nextToForget = (typists: Typists, now: number): number | null =>
  typists.size === 0 ? null : Math.max(0, Math.min(...typists.values()) - now)
