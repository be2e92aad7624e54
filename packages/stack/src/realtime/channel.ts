import { type Admission, admit } from './admission.ts'
import { Attendance } from './attendance.ts'
import { broadcast } from './broadcast.ts'
import { Expiry } from './expiry.ts'
import { Fault } from './fault.ts'
import { type Delivery, topicKey } from './hub.ts'
import { type Join, readJoin } from './join.ts'
import { Mailbox } from './mailbox.ts'
import { type Permissions, publicPermissions } from './permissions.ts'
import { notServed, numbered } from './postgres-changes.ts'
import { encodeBroadcast, type Incoming, type Ref } from './protocol.ts'
import type { Seat } from './seat.ts'
import type { Services } from './services.ts'
import { type Identity, isKey } from './token.ts'
import { type Line, Voice } from './voice.ts'

/** One topic joined by one client. What the client sends is handled in order, one message after the other. */
export class Channel implements Seat {
  readonly services: Services
  readonly topic: string
  readonly joinRef: Ref
  readonly join: Join
  readonly key: string
  readonly #line: Line
  readonly #voice: Voice
  readonly #mailbox = new Mailbox()
  readonly #attendance: Attendance
  readonly #expiry = new Expiry((fault) => this.shutdown(fault.message))
  readonly #replayed = new Set<string>()
  #identity: Identity
  #permissions: Permissions = publicPermissions
  #state: 'joining' | 'joined' | 'over' = 'joining'

  constructor(services: Services, line: Line, request: Incoming) {
    this.services = services
    this.topic = request.topic
    this.joinRef = request.joinRef ?? request.ref
    this.join = readJoin(request.payload)
    this.key = topicKey(this.name, this.join.private)
    this.#line = line
    this.#voice = new Voice(line, this.topic, this.joinRef)
    this.#identity = line.identity
    this.#attendance = new Attendance(this)
  }

  get name(): string {
    return this.topic.slice('realtime:'.length)
  }

  get permissions(): Permissions {
    return this.#permissions
  }

  open(request: Incoming): Promise<void> {
    return this.#inTurn(async () => {
      try {
        const admission = await admit(this.services, this.#line, this.name, this.join)
        // The client may have gone while the database was asked.
        if (this.#state === 'joining') this.#welcome(request, admission)
      } catch (error) {
        if (!(error instanceof Fault)) throw error
        if (this.#state === 'joining') this.#refuse(request, error)
      }
    })
  }

  handle(message: Incoming): Promise<void> {
    return this.#inTurn(() => this.#dispatch(message))
  }

  /** Asks anew whether the channel may stay open. */
  recheck(): Promise<void> {
    return this.#inTurn(async () => {
      try {
        await this.#permissions.renew(this.#identity, this.#attendance.enabled)
      } catch (error) {
        if (!(error instanceof Fault)) throw error
        // A database that does not answer now says nothing about the right to listen.
        if (error.code === 'Unauthorized') this.shutdown(error.message)
      }
    })
  }

  receive({ extension, frame, id }: Delivery): void {
    if (!this.#permissions.mayRead(extension)) return
    if (id !== undefined && this.#replayed.has(id)) return
    this.#voice.pass(frame(this.#line.version))
  }

  reply(message: Incoming, status: 'ok' | 'error', response: unknown = {}): void {
    this.#voice.reply(message, status, response)
  }

  shutdown(why: string): void {
    if (this.#state === 'over') return
    this.services.log('info', 'a channel was closed', { topic: this.name, why })
    this.#voice.system('system', 'error', why)
    this.close()
  }

  close(): void {
    if (this.#state === 'joined') this.#voice.end('phx_close')
    this.drop()
  }

  /** Forgets the channel without a word: its client has gone. */
  drop(): void {
    this.#state = 'over'
    this.#expiry.stop()
    this.services.hub.remove(this.key, this)
    this.#attendance.leave()
    this.#line.left(this)
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    return this.#mailbox.put(async () => {
      if (this.#state === 'over') return
      try {
        await work()
      } catch (error) {
        this.services.log('error', 'a channel failed', { topic: this.name, error: String(error) })
        this.#voice.end('phx_error')
        this.drop()
      }
    })
  }

  async #dispatch(message: Incoming): Promise<void> {
    switch (message.event) {
      case 'phx_leave':
        this.reply(message, 'ok')
        return this.close()
      case 'broadcast':
        return broadcast(this, message)
      case 'presence':
        return this.#attendance.handle(message)
      case 'access_token':
        return this.#renew(message.payload.access_token)
      default:
        this.services.log('info', 'an unexpected message', { topic: this.name, event: message.event })
    }
  }

  #welcome(request: Incoming, { identity, permissions, recent }: Admission): void {
    const { presenceEnabled, replicationReady, postgresChanges } = this.join
    this.#state = 'joined'
    this.#permissions = permissions
    this.#identity = identity
    this.reply(request, 'ok', { postgres_changes: numbered(postgresChanges) })
    this.services.hub.add(this.key, this)
    for (const { id, broadcast } of recent) {
      this.#replayed.add(id)
      this.#voice.pass(encodeBroadcast(this.#line.version, this.topic, broadcast))
    }
    if (presenceEnabled && permissions.mayRead('presence')) {
      this.#voice.say('presence_state', this.services.presence.state(this.key))
    }
    if (replicationReady) void this.#tellWhenReplicated()
    if (postgresChanges.length > 0) this.#voice.system('postgres_changes', 'error', notServed)
    this.#expiry.watch(identity)
  }

  #refuse(request: Incoming, { code, message, cause }: Fault): void {
    // A policy that fails looks to the client like one that refuses; whoever wrote it will look here.
    const why = cause instanceof Error ? { why: cause.message } : {}
    this.services.log('warn', 'a join was refused', { topic: this.name, code, ...why })
    this.reply(request, 'error', { reason: `${code}: ${message}` })
    this.drop()
  }

  async #tellWhenReplicated(): Promise<void> {
    await this.services.replicated()
    if (this.#state === 'joined') this.#voice.system('system', 'ok', 'Replication connection established')
  }

  /** A key instead of a token, or the token that is known, changes nothing. */
  async #renew(token: unknown): Promise<void> {
    if (typeof token !== 'string' || isKey(token) || token === this.#identity.token) return
    try {
      const identity = await this.services.identify(token)
      await this.#permissions.renew(identity, this.#attendance.enabled)
      this.#identity = identity
      this.#expiry.watch(identity)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      this.shutdown(error.message)
    }
  }
}
