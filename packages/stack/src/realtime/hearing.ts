import type { Pgoutput } from 'pg-logical-replication'

/** Of a transaction that was committed; `xid` is the 32 bits that the stream knows. */
export type Transaction = { xid: number; committedAt: Date }

/** Where in the stream we are. A transaction that was broken off is sent again from its beginning. */
export class Hearing {
  readonly #tell: (message: Pgoutput.Message, transaction: Transaction) => void
  #commit: string | null = null
  #transaction: Transaction = { xid: 0, committedAt: new Date(0) }
  #known = 0
  #place = 0
  /** The end of the last transaction that was heard to its end. */
  position: string | undefined

  constructor(tell: (message: Pgoutput.Message, transaction: Transaction) => void) {
    this.#tell = tell
  }

  hear(message: Pgoutput.Message): void {
    if (message.tag === 'begin') {
      if (message.commitLsn !== this.#commit) this.#known = 0
      this.#commit = message.commitLsn
      const committedAt = new Date(Number(message.commitTime.valueOf() / 1000n))
      this.#transaction = { xid: message.xid >>> 0, committedAt }
      this.#place = 0
    } else if (message.tag === 'commit') {
      this.#commit = null
      this.position = message.commitEndLsn ?? this.position
    } else if (message.tag === 'insert' || message.tag === 'update' || message.tag === 'delete') {
      this.#place += 1
      if (this.#place <= this.#known) return
      this.#known = this.#place
      this.#tell(message, this.#transaction)
    } else {
      this.#tell(message, this.#transaction)
    }
  }
}
