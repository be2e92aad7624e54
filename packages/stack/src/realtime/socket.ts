import type { RawData, WebSocket } from 'ws'
import { Channel } from './channel.ts'
import { BadFrame } from './frames.ts'
import { decode, encodeReply, type Frame, type Incoming, type Json, type Version } from './protocol.ts'
import type { Services } from './services.ts'
import type { Identity } from './token.ts'
import type { Line } from './voice.ts'

/** One connection of one client, with the channels it has joined. */
export class Socket implements Line {
  readonly version: Version
  readonly identity: Identity
  readonly headers: Json
  readonly #ws: WebSocket
  readonly #services: Services
  readonly #channels = new Map<string, Channel>()
  readonly #unserved = { messages: 0, bytes: 0 }
  #heardAt = performance.now()
  #emptySince = performance.now()
  #malformed = 0

  constructor(ws: WebSocket, services: Services, version: Version, identity: Identity, headers: Json) {
    this.#ws = ws
    this.#services = services
    this.version = version
    this.identity = identity
    this.headers = headers
    ws.on('message', (data, binary) => this.#hear(data, binary))
    ws.on('error', (error) => services.log('warn', 'a socket failed', { error: error.message }))
    ws.once('close', () => this.#forget())
  }

  get channels(): Iterable<Channel> {
    return this.#channels.values()
  }

  /** Never waits: a reader that is too slow is cut off, so that it costs neither the others nor the memory. */
  send({ data, binary }: Frame): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return
    if (this.#ws.bufferedAmount > this.#services.limits.unreadBytes) {
      this.#services.log('warn', 'a slow reader was cut off', { unread: this.#ws.bufferedAmount })
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
    const { silenceMs, idleMs } = this.#services.limits
    // Whoever we do not listen to cannot be blamed for silence.
    if (this.#ws.isPaused) this.#heardAt = now
    const silent = now - this.#heardAt > silenceMs
    const idle = this.#channels.size === 0 && now - this.#emptySince > idleMs
    if (silent) void this.close(1001, 'no heartbeat')
    else if (idle) void this.close(1000, 'no channels')
  }

  /** Does not wait long for the other side to agree, and no longer heeds what it says. */
  close(code: number, reason: string): Promise<void> {
    this.#ws.removeAllListeners('message')
    this.#ws.resume()
    this.#forget()
    const impatience = setTimeout(() => this.#ws.terminate(), 1_000)
    return new Promise((closed) => {
      this.#ws.once('close', () => {
        clearTimeout(impatience)
        closed()
      })
      this.#ws.close(code, reason)
    })
  }

  #forget(): void {
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
        this.#services.log('error', 'a message could not be handled', { error: String(error) })
        void this.close(1011, 'internal error')
      }
    }
  }

  #ignore({ message: why }: BadFrame): void {
    this.#malformed += 1
    if (this.#malformed > 1) return
    this.#services.log('warn', 'a malformed message was ignored; later ones will not be told', { why })
  }

  #route(message: Incoming): void {
    const { topic, event, joinRef } = message
    const channel = this.#channels.get(topic)
    if (topic === 'phoenix' && event === 'heartbeat') {
      this.#answer(message, 'ok', {})
    } else if (event === 'phx_join' && topic.startsWith('realtime:')) {
      this.#join(message, channel)
    } else if (channel && (joinRef === null || joinRef === channel.joinRef)) {
      this.#await(message, channel.handle(message))
    } else if (event === 'phx_leave') {
      this.#answer(message, 'ok', {})
    } else if (!channel) {
      this.#answer(message, 'error', { reason: 'unmatched topic' })
    }
    // The rest was meant for an earlier join of the same topic, and is too late.
  }

  #join(message: Incoming, before: Channel | undefined): void {
    before?.close()
    if (this.#channels.size >= this.#services.limits.channels) {
      this.#answer(message, 'error', { reason: 'ChannelRateLimitReached: Too many channels' })
      return
    }
    const channel = new Channel(this.#services, this, message)
    this.#channels.set(message.topic, channel)
    this.#await(message, channel.open(message))
  }

  /** Whoever sends faster than the policies can be asked is not read until they have been. */
  #await({ bytes }: Incoming, served: Promise<void>): void {
    const { unservedMessages, unservedBytes } = this.#services.limits
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

  #answer(message: Incoming, status: 'ok' | 'error', response: Json): void {
    this.send(encodeReply(this.version, message, status, response))
  }
}
