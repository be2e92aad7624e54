import { isDeepStrictEqual } from 'node:util'
import { Fault } from './fault.ts'
import { type Incoming, isJson } from './protocol.ts'
import type { Seat } from './seat.ts'
import { Window } from './window.ts'

export const tooManyPresences = 'Too many presence messages per second'

/** The presence of one client on one channel. */
export class Attendance {
  readonly #seat: Seat
  readonly #calls: Window
  #tracked: unknown
  enabled: boolean

  constructor(seat: Seat) {
    const { presenceCalls, presenceWindowMs } = seat.means.limits
    this.#seat = seat
    this.#calls = new Window(presenceCalls, presenceWindowMs)
    this.enabled = seat.join.presenceEnabled
  }

  async handle(message: Incoming): Promise<void> {
    const { event, payload = {} } = message.payload
    // Nothing is asked for, and that is done.
    if (event === undefined) return this.#seat.reply(message, 'ok')
    if (!this.#calls.take()) return this.#seat.shutdown('Client presence rate limit exceeded')
    switch (typeof event === 'string' ? event.toLowerCase() : event) {
      case 'track':
        return this.#track(message, payload)
      case 'untrack':
        this.leave()
        return this.#seat.reply(message, 'ok')
      default:
        return this.#seat.reply(message, 'error')
    }
  }

  leave(): void {
    this.#tracked = undefined
    this.#seat.means.presence.untrack(this.#seat.key, this.#seat)
  }

  async #track(message: Incoming, payload: unknown): Promise<void> {
    const isAllowed = await this.#allowed()
    // Whoever left while the database was asked would be present for ever.
    if (this.#seat.isOver) return
    if (!isAllowed) return this.#seat.reply(message, 'error')
    if (!isJson(payload)) {
      return this.#seat.reply(message, 'error', { reason: 'Presence track payload must be a map' })
    }
    if (!isDeepStrictEqual(payload, this.#tracked)) {
      const { means, join, key } = this.#seat
      if (message.bytes > means.limits.payloadBytes) return this.#seat.shutdown('Track message size exceeded')
      if (means.traffic.presences.exceeded) return this.#seat.shutdown(tooManyPresences)
      means.traffic.presences.add()
      means.presence.track(key, this.#seat, join.presenceKey, payload)
      this.#tracked = payload
      this.enabled = true
    }
    this.#seat.reply(message, 'ok')
  }

  async #allowed(): Promise<boolean> {
    const { permissions, means, topic } = this.#seat
    try {
      // Whoever is present may see who else is, if the policies agree, though the join did not ask for it.
      await permissions.learnToRead('presence')
      return await permissions.mayWrite('presence')
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      means.log('error', 'a presence was not tracked', { topic, code: error.code, error: error.message })
      return false
    }
  }
}
