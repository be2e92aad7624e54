import type { RawData, WebSocket } from 'ws'
import { Channel } from './channel.ts'
import { BadFrame } from './frames.ts'
import type { Means } from './means.ts'
import { decode, encodeReply, type Frame, type Incoming, type Json, type Version } from './protocol.ts'
import type { Identity } from './token.ts'
import type { Line } from './voice.ts'

/** One connection of one client, with the channels it has joined. */
export class Socket implements Line {
  readonly version: Version
  readonly identity: Identity
  readonly headers: Json
  readonly #ws: WebSocket
  readonly #means: Means
  readonly #channels = new Map<string, Channel>()
  readonly #unserved = { messages: 0, bytes: 0 }
  #heardAt = performance.now()
  #emptySince = performance.now()
  #malformed = 0

  constructor(ws: WebSocket, means: Means, version: Version, identity: Identity, headers: Json) {
    this.#ws = ws
    this.#means = means
    this.version = version
    this.identity = identity
    this.headers = headers
    ws.on('message', (data, binary) => this.#hear(data, binary))
    ws.on('error', (error) => means.log('warn', 'a socket failed', { error: error.message }))
    ws.once('close', () => this.#forget())
  }

  get channels(): Iterable<Channel> {
    return this.#channels.values()
  }

  placeOf(channel: Channel): number {
    return [...this.#channels.values()].indexOf(channel) + 1
  }

  /** Never waits: a reader that is too slow is cut off, so that it costs neither the others nor the memory. */
  send({ data, binary }: Frame): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return
    if (this.#ws.bufferedAmount > this.#means.limits.unreadBytes) {
      this.#means.log('warn', 'a slow reader was cut off', { unread: this.#ws.bufferedAmount })
      this.#ws.terminate()
    } else {
      this.#ws.send(data, { binary })
    }
  }

  left(channel: Channel): void {
    if (this.#channels.get(channel.topic) !== channel) return
    this.#channels.delete(channel.topic)
    this.#emptySince = performance.now()
  }

  /** Ends a connection that has died without a word, or that nobody has used for long. */
  inspect(now: number): void {
    const { silenceMs, idleMs } = this.#means.limits
    // Whoever we do not listen to cannot be blamed for silence.
    if (this.#ws.isPaused) this.#heardAt = now
    if (now - this.#heardAt > silenceMs) void this.close(1000)
    // Hosted does not say goodbye either.
    else if (this.#channels.size === 0 && now - this.#emptySince > idleMs) this.#ws.terminate()
  }

  /** Does not wait long for the other side to agree, and no longer heeds what it says. */
  close(code: number): Promise<void> {
    this.#ws.removeAllListeners('message')
    this.#ws.resume()
    this.#forget()
    const impatience = setTimeout(() => this.#ws.terminate(), 1_000)
    return new Promise((closed) => {
      this.#ws.once('close', () => {
        clearTimeout(impatience)
        closed()
      })
      this.#ws.close(code)
    })
  }

  hangUp(): void {
    void this.close(1001)
  }

  #forget(): void {
    this.#means.traffic.left(this)
    for (const channel of Array.from(this.#channels.values())) channel.drop()
  }

  #hear(data: RawData, binary: boolean): void {
    this.#heardAt = performance.now()
    try {
      // By default ws gives one Buffer, however many fragments came.
      if (Buffer.isBuffer(data)) this.#route(decode(this.version, data, binary))
    } catch (error) {
      if (error instanceof BadFrame) this.#ignore(error)
      else {
        this.#means.log('error', 'a message could not be handled', { error: String(error) })
        void this.close(1011)
      }
    }
  }

  #ignore({ message: why }: BadFrame): void {
    this.#malformed += 1
    if (this.#malformed > 1) return
    this.#means.log('warn', 'a malformed message was ignored; later ones will not be told', { why })
  }

  #route(message: Incoming): void {
    const { topic, event, joinRef } = message
    const channel = this.#channels.get(topic)
    if (topic === 'phoenix' && event === 'heartbeat') {
      this.#answer(message, 'ok', {}, null)
    } else if (event === 'phx_join' && topic.startsWith('realtime:')) {
      this.#join(message, channel)
    } else if (channel) {
      // A leave may be meant for an earlier join of the topic; everything else is heeded whatever join it names.
      const isLate = event === 'phx_leave' && channel.joinRef !== null && channel.joinRef !== joinRef
      if (!isLate) this.#await(message, channel.handle(message))
    } else if (event === 'phx_leave') {
      this.#answer(message, 'ok', {}, joinRef)
    } else {
      this.#answer(message, 'error', { reason: 'unmatched topic' }, null)
    }
  }

  #join(message: Incoming, before: Channel | undefined): void {
    before?.drop()
    const channel = new Channel(this.#means, this, message)
    this.#channels.set(message.topic, channel)
    // The end of an earlier join of the topic is told after the answer to the new one.
    this.#await(
      message,
      channel.open(message).then(() => before?.sayClosed()),
    )
  }

  /** Whoever sends faster than the policies can be asked is not read until they have been. */
  #await({ bytes }: Incoming, served: Promise<void>): void {
    const { unservedMessages, unservedBytes } = this.#means.limits
    const unserved = this.#unserved
    unserved.messages += 1
    unserved.bytes += bytes
    if (unserved.messages >= unservedMessages || unserved.bytes >= unservedBytes) this.#ws.pause()
    void served.finally(() => {
      unserved.messages -= 1
      unserved.bytes -= bytes
      if (this.#ws.isPaused && unserved.messages === 0) this.#ws.resume()
    })
  }

  #answer(message: Incoming, status: 'ok' | 'error', response: Json, joinRef: Incoming['joinRef']): void {
    this.send(encodeReply(this.version, { ...message, joinRef }, status, response))
  }
}
