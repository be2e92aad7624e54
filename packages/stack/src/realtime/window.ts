/** Allows `most` takings within a time that begins with the first of them. */
export class Window {
  readonly #most: number
  readonly #lengthMs: number
  #ends = 0
  #taken = 0

  constructor(most: number, lengthMs: number) {
    this.#most = most
    this.#lengthMs = lengthMs
  }

  take(now = performance.now()): boolean {
    if (now > this.#ends) {
      this.#ends = now + this.#lengthMs
      this.#taken = 0
    }
    this.#taken += 1
    return this.#taken <= this.#most
  }
}
