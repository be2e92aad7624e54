import type { Frame, Version } from '../protocol.ts'

/** A change, ready for any number of clients; written once for those who asked alike on topics of one name. */
export class News {
  readonly #type: string
  readonly #data: string
  readonly #written = new Map<string, Frame>()

  /** `data` is JSON as it goes to the client. */
  constructor(type: string, data: string) {
    this.#type = type
    this.#data = data
  }

  /** `ids` undefined: for a client of the days before ids, which is told the bare change. */
  frame(version: Version, topic: string, ids: number[] | undefined): Frame {
    const key = `${version} ${ids?.join()} ${topic}`
    const known = this.#written.get(key)
    if (known) return known
    const event = JSON.stringify(ids ? 'postgres_changes' : this.#type)
    const payload = ids ? `{"ids":[${ids.join()}],"data":${this.#data}}` : this.#data
    const to = JSON.stringify(topic)
    const text =
      version === '1.0.0'
        ? `{"topic":${to},"event":${event},"payload":${payload},"ref":null}`
        : `[null,null,${to},${event},${payload}]`
    const frame = { data: Buffer.from(text), binary: false }
    this.#written.set(key, frame)
    return frame
  }
}
