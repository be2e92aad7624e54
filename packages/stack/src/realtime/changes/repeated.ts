/** Work that is done again when it is asked for while it is being done, and never twice at once. */
export class Repeated {
  readonly #work: () => Promise<void>
  #running: Promise<void> | undefined
  #again = false

  constructor(work: () => Promise<void>) {
    this.#work = work
  }

  /** Resolves when nothing is being done. */
  async settled(): Promise<void> {
    await this.#running?.catch(() => {})
  }

  /** Resolves when it was done from now on; rejects where it failed. */
  ask(): Promise<void> {
    this.#again = true
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #run(): Promise<void> {
    while (this.#again) {
      this.#again = false
      await this.#work()
    }
  }
}
