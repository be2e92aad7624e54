import { isDeepStrictEqual } from 'node:util'
import { Fault } from './fault.ts'
import { type Incoming, isJson } from './protocol.ts'
import type { Seat } from './seat.ts'
import { Window } from './window.ts'

/** The presence of one client on one channel. */
export class Attendance {
  readonly #seat: Seat
  readonly #calls: Window
  #tracked: unknown
  enabled: boolean

  constructor(seat: Seat) {
    const { presenceCalls, presenceWindowMs } = seat.services.limits
    this.#seat = seat
    this.#calls = new Window(presenceCalls, presenceWindowMs)
    this.enabled = seat.join.presenceEnabled
  }

  async handle(message: Incoming): Promise<void> {
    if (!this.#calls.take()) return this.#seat.shutdown('Client presence rate limit exceeded')
    switch (String(message.payload.event).toLowerCase()) {
      case 'track':
        return this.#track(message, message.payload.payload ?? {})
      case 'untrack':
        this.leave()
        return this.#seat.reply(message, 'ok')
      default:
        return this.#seat.reply(message, 'error')
    }
  }

  leave(): void {
    this.#tracked = undefined
    this.#seat.services.presence.untrack(this.#seat.key, this.#seat)
  }

  async #track(message: Incoming, payload: unknown): Promise<void> {
    const { services, join, key } = this.#seat
    if (!(await this.#allowed())) return this.#seat.reply(message, 'error')
    if (!isJson(payload)) {
      return this.#seat.reply(message, 'error', { reason: 'Presence track payload must be a map' })
    }
    if (message.bytes > services.limits.payloadBytes)
      return this.#seat.shutdown('Track message size exceeded')
    if (!isDeepStrictEqual(payload, this.#tracked)) {
      services.presence.track(key, this.#seat, join.presenceKey, payload)
      this.#tracked = payload
      this.enabled = true
    }
    this.#seat.reply(message, 'ok')
  }

  async #allowed(): Promise<boolean> {
    const { permissions, services, topic } = this.#seat
    try {
      // Whoever is present may see who else is, if the policies agree, though the join did not ask for it.
      await permissions.learnToRead('presence')
      return await permissions.mayWrite('presence')
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      services.log('error', 'a presence was not tracked', { topic, code: error.code, error: error.message })
      return false
    }
  }
}
