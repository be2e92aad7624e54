import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from '../../log.ts'
import { isAway } from '../away.ts'
import type { Change } from './wal.ts'

const batchChanges = 50
const batchBytes = 1_000_000
const againMs = 200

type Court = {
  /** Whether anybody is interested, before the database is asked. */
  concerns(change: Change): boolean | Promise<boolean>
  /** Asks who is to be told, and tells them. */
  hear(changes: Change[]): Promise<void>
  log: Log
}

/**
 * Changes that wait to be judged, in order. As many as have come meanwhile are judged together. A database that is away
 * is waited for; a change that cannot be judged is left out alone, and the log says so.
 */
export class Docket {
  readonly #court: Court
  #waiting: Change[] = []
  #bytes = 0
  #busy = false
  #over = false
  #onCalm: (() => void) | undefined

  constructor(court: Court) {
    this.#court = court
  }

  /** So long that the stream should not be read for a while. */
  get isLong(): boolean {
    return this.#waiting.length > 2_000 || this.#bytes > 16_000_000
  }

  /** Calls back, once, when the docket is no longer long. */
  whenCalm(call: () => void): void {
    this.#onCalm = call
  }

  add(change: Change): void {
    this.#waiting.push(change)
    this.#bytes += change.bytes
    if (!this.#busy) void this.#work()
  }

  close(): void {
    this.#over = true
    this.#waiting = []
  }

  async #work(): Promise<void> {
    this.#busy = true
    while (this.#waiting.length > 0) {
      await this.#settle(await this.#next())
      if (!this.isLong) {
        this.#onCalm?.()
        this.#onCalm = undefined
      }
    }
    this.#busy = false
  }

  async #next(): Promise<Change[]> {
    const batch: Change[] = []
    let bytes = 0
    while (this.#waiting.length > 0 && batch.length < batchChanges && bytes < batchBytes) {
      const change = this.#waiting.shift()
      if (!change) break
      this.#bytes -= change.bytes
      if (!(await this.#court.concerns(change))) continue
      batch.push(change)
      bytes += change.bytes
    }
    return batch
  }

  async #settle(batch: Change[]): Promise<void> {
    while (batch.length > 0 && !this.#over) {
      try {
        return await this.#court.hear(batch)
      } catch (error) {
        if (isAway(error)) await wait(againMs)
        else if (batch.length === 1) return this.#leaveOut(error)
        else for (const change of batch.splice(0)) await this.#settle([change])
      }
    }
  }

  #leaveOut(error: unknown): void {
    this.#court.log('error', 'a change could not be judged and is not told', { error: String(error) })
  }
}
