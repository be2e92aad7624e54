import { randomBytes } from 'node:crypto'
import type { Json } from './protocol.ts'

type Meta = Json & { phx_ref: string }
type Entry = { key: string; meta: Meta }
type PresenceState = Record<string, { metas: Meta[] }>
export type PresenceDiff = { joins: PresenceState; leaves: PresenceState }

/** Changes within this time are told together: a hundred people arriving at once are one message to each. */
const gatherMs = 10

/**
 * Who is present on one topic. What members were told (`state`) lags behind by what is still being gathered, so that
 * a newcomer who is given the state and then the next difference misses nothing and hears nothing twice.
 */
class Roster {
  readonly #present = new Map<object, Entry>()
  readonly #told = new Map<string, Entry>()
  readonly #joins = new Map<string, Entry>()
  readonly #leaves = new Map<string, Entry>()
  readonly #tell: (diff: PresenceDiff) => void
  readonly #left: () => void
  #timer: NodeJS.Timeout | undefined

  /** `left` is called when nobody is present any more, and all have been told. */
  constructor(tell: (diff: PresenceDiff) => void, left: () => void) {
    this.#tell = tell
    this.#left = left
  }

  state(): PresenceState {
    return grouped(this.#told.values())
  }

  /** A second call by the same member replaces what it said before. */
  track(member: object, key: string, payload: Json): void {
    const before = this.#present.get(member)
    if (before) this.#leave(before)
    const previous = before ? { phx_ref_prev: before.meta.phx_ref } : {}
    const entry = { key, meta: { ...payload, ...previous, phx_ref: randomBytes(9).toString('base64url') } }
    this.#present.set(member, entry)
    this.#joins.set(entry.meta.phx_ref, entry)
    this.#gather()
  }

  untrack(member: object): void {
    const entry = this.#present.get(member)
    if (!entry) return
    this.#present.delete(member)
    this.#leave(entry)
    this.#gather()
  }

  #leave(entry: Entry): void {
    // Come and gone before anybody was told: nobody needs to know.
    if (!this.#joins.delete(entry.meta.phx_ref)) this.#leaves.set(entry.meta.phx_ref, entry)
  }

  #gather(): void {
    this.#timer ??= setTimeout(() => this.#flush(), gatherMs)
  }

  #flush(): void {
    this.#timer = undefined
    if (this.#joins.size > 0 || this.#leaves.size > 0) this.#tellChanges()
    if (this.#present.size === 0 && !this.#timer) this.#left()
  }

  #tellChanges(): void {
    const diff = { joins: grouped(this.#joins.values()), leaves: grouped(this.#leaves.values()) }
    for (const [ref, entry] of this.#joins) this.#told.set(ref, entry)
    for (const ref of this.#leaves.keys()) this.#told.delete(ref)
    this.#joins.clear()
    this.#leaves.clear()
    this.#tell(diff)
  }
}

/** By key, without a prototype: a key is whatever a client says, `__proto__` included. */
function grouped(entries: Iterable<Entry>): PresenceState {
  const state: PresenceState = Object.create(null)
  for (const { key, meta } of entries) {
    const known = state[key]
    if (known) known.metas.push(meta)
    else state[key] = { metas: [meta] }
  }
  return state
}

/** The rosters of all topics on which somebody is present. */
export class Presence {
  readonly #rosters = new Map<string, Roster>()
  readonly #tell: (key: string, diff: PresenceDiff) => void

  constructor(tell: (key: string, diff: PresenceDiff) => void) {
    this.#tell = tell
  }

  /** How many topics that are. */
  get topics(): number {
    return this.#rosters.size
  }

  state(topic: string): PresenceState {
    return this.#rosters.get(topic)?.state() ?? {}
  }

  track(topic: string, member: object, key: string, payload: Json): void {
    let roster = this.#rosters.get(topic)
    if (!roster) {
      roster = new Roster(
        (diff) => this.#tell(topic, diff),
        () => this.#rosters.delete(topic),
      )
      this.#rosters.set(topic, roster)
    }
    roster.track(member, key, payload)
  }

  untrack(topic: string, member: object): void {
    this.#rosters.get(topic)?.untrack(member)
  }
}
