import type { Channel } from './channel.ts'
import type { Frame, Incoming, Json, Ref, Version } from './protocol.ts'
import { encodeMessage, encodeReply } from './protocol.ts'
import type { Identity } from './token.ts'

/** The connection, as a channel on it sees it. */
export type Line = {
  readonly version: Version
  /** Of the key the connection was made with. */
  readonly identity: Identity
  /** The `x-…` headers of the connection, which policies may read. */
  readonly headers: Json
  /** Counted from 1, among all channels on it, those that are being joined included. */
  placeOf(channel: Channel): number
  send(frame: Frame): void
  /** The channel is over. */
  left(channel: Channel): void
  /** Closes the connection. */
  hangUp(): void
}

/** What a channel says to its own client. */
export class Voice {
  readonly #line: Line
  readonly #topic: string
  readonly #joinRef: Ref

  constructor(line: Line, topic: string, joinRef: Ref) {
    this.#line = line
    this.#topic = topic
    this.#joinRef = joinRef
  }

  pass(frame: Frame | null): void {
    if (frame) this.#line.send(frame)
  }

  say(event: string, payload: unknown): void {
    this.#push(event, payload, null)
  }

  reply(message: Incoming, status: 'ok' | 'error', response: unknown): void {
    const to = { topic: this.#topic, ref: message.ref, joinRef: this.#joinRef }
    this.#line.send(encodeReply(this.#line.version, to, status, response))
  }

  system(extension: string, status: 'ok' | 'error', message: string): void {
    this.say('system', { extension, status, message, channel: this.#topic.replace(/^realtime:/, '') })
  }

  /** The client heeds an end only when it carries the ref of its own join. */
  end(event: 'phx_close' | 'phx_error'): void {
    this.#push(event, {}, this.#joinRef)
  }

  #push(event: string, payload: unknown, ref: Ref): void {
    const to = { topic: this.#topic, ref, joinRef: this.#joinRef }
    this.#line.send(encodeMessage(this.#line.version, to, event, payload))
  }
}
