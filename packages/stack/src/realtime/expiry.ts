import type { Fault } from './fault.ts'
import { expired, type Identity } from './token.ts'

/** Timers drift while a machine sleeps, and the clock may be set: look again now and then. */
const longestMs = 5 * 60_000

/** Tells when a token has run out. */
export class Expiry {
  readonly #tell: (fault: Fault) => void
  #timer: NodeJS.Timeout | undefined

  constructor(tell: (fault: Fault) => void) {
    this.#tell = tell
  }

  watch(identity: Identity): void {
    this.stop()
    const { expiresAt } = identity
    if (!expiresAt) return
    const left = expiresAt.getTime() - Date.now()
    if (left <= 0) this.#tell(expired(expiresAt))
    else this.#timer = setTimeout(() => this.watch(identity), Math.min(left, longestMs))
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
