/** Does one thing after the other, though each may wait for the database. */
export class Mailbox {
  #last: Promise<void> = Promise.resolve()

  /** Resolves when `work` is done; `work` must not throw. */
  put(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(work)
    return this.#last
  }
}
