import { type Admission, admit } from './admission.ts'
import { Attendance, tooManyPresences } from './attendance.ts'
import { broadcast } from './broadcast.ts'
import { Followed } from './changes/followed.ts'
import { Expiry } from './expiry.ts'
import { Fault, whileOpen } from './fault.ts'
import { type Delivery, topicKey } from './hub.ts'
import { type Join, readJoin } from './join.ts'
import { Mailbox } from './mailbox.ts'
import type { Means } from './means.ts'
import { type Permissions, publicPermissions } from './permissions.ts'
import { encodeBroadcast, type Incoming, type Ref } from './protocol.ts'
import { replicatedInTime } from './replicated.ts'
import type { Seat } from './seat.ts'
import { type Identity, isKey } from './token.ts'
import { JoinsTooOften } from './traffic.ts'
import { type Line, Voice } from './voice.ts'

/** One topic joined by one client. What the client sends is handled in order, one message after the other. */
export class Channel implements Seat {
  readonly means: Means
  readonly topic: string
  readonly joinRef: Ref
  readonly join: Join
  readonly key: string
  readonly #line: Line
  readonly #voice: Voice
  readonly #mailbox = new Mailbox()
  readonly #attendance: Attendance
  readonly #followed: Followed
  readonly #expiry = new Expiry((fault) => this.shutdown(fault.message))
  readonly #replayed = new Set<string>()
  #identity: Identity
  #permissions: Permissions = publicPermissions
  #state: 'joining' | 'joined' | 'over' = 'joining'
  #wasJoined = false

  constructor(means: Means, line: Line, request: Incoming) {
    this.means = means
    this.topic = request.topic
    this.joinRef = request.joinRef
    this.join = readJoin(request.payload)
    this.key = topicKey(this.name, this.join.private)
    this.#line = line
    this.#voice = new Voice(line, this.topic, this.joinRef)
    this.#identity = line.identity
    this.#attendance = new Attendance(this)
    const { topic, join } = this
    this.#followed = new Followed(means.changes, { topic, join, line, voice: this.#voice })
  }

  /** The how many-th of its connection it is, now that those before it may have gone. */
  get place(): number {
    return this.#line.placeOf(this)
  }

  get name(): string {
    return this.topic.slice('realtime:'.length)
  }

  get permissions(): Permissions {
    return this.#permissions
  }

  get isOver(): boolean {
    return this.#state === 'over'
  }

  /** The session of whoever listens, where their token names one. */
  get sessionId(): unknown {
    return this.#identity.claims.session_id
  }

  open(request: Incoming): Promise<void> {
    return this.#inTurn(async () => {
      try {
        const admission = await admit(this.means, this.#line, this)
        if (this.#state === 'joining') await this.#followed.begin(admission.identity)
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
    this.means.log('info', 'a channel was closed', { topic: this.name, why })
    this.#voice.system('system', 'error', why)
    this.close()
  }

  close(): void {
    if (this.#state === 'joined') this.#voice.end('phx_close')
    this.drop()
  }

  /** Says that a channel is over that was dropped for a newer join of its topic. */
  sayClosed(): void {
    if (this.#wasJoined) this.#voice.end('phx_close')
  }

  /** Forgets the channel without a word: its client has gone. */
  drop(): void {
    this.#wasJoined = this.#state === 'joined'
    this.#state = 'over'
    this.#expiry.stop()
    this.means.hub.remove(this.key, this)
    this.#attendance.leave()
    this.#followed.stop()
    this.#line.left(this)
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    return this.#mailbox.put(async () => {
      if (this.#state === 'over') return
      try {
        await work()
      } catch (error) {
        this.means.log('error', 'a channel failed', { topic: this.name, error: String(error) })
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
        this.means.traffic.events.add()
        this.means.log('info', 'an unexpected message', { topic: this.name, event: message.event })
    }
  }

  #welcome(request: Incoming, { identity, permissions, recent }: Admission): void {
    const { presenceEnabled, replicationReady } = this.join
    this.#state = 'joined'
    this.#permissions = permissions
    this.#identity = identity
    this.reply(request, 'ok', { postgres_changes: this.#followed.numbered })
    this.means.traffic.arrived(this.#line)
    this.means.hub.add(this.key, this)
    for (const { id, broadcast } of recent) {
      this.#replayed.add(id)
      this.#voice.pass(encodeBroadcast(this.#line.version, this.topic, broadcast))
    }
    if (replicationReady) void this.#tellWhenReplicated()
    void this.#followed.report()
    this.#expiry.watch(identity)
    if (presenceEnabled && permissions.mayRead('presence')) this.#tellPresence()
  }

  #tellPresence(): void {
    const { presences } = this.means.traffic
    if (presences.exceeded) this.shutdown(tooManyPresences)
    else {
      presences.add()
      this.#voice.say('presence_state', this.means.presence.state(this.key))
    }
  }

  #refuse(request: Incoming, fault: Fault): void {
    const { code, message, cause } = fault
    // A policy that fails looks to the client like one that refuses; whoever wrote it will look here.
    const why = cause instanceof Error ? { why: cause.message } : {}
    const topic = this.name.slice(0, this.means.limits.topicBytes)
    this.means.log('warn', 'a join was refused', { topic, code, ...why })
    this.reply(request, 'error', { reason: `${code}: ${message}` })
    this.drop()
    if (fault instanceof JoinsTooOften) this.#line.hangUp()
  }

  async #tellWhenReplicated(): Promise<void> {
    const arrives = await replicatedInTime(this.means)
    if (this.#state !== 'joined') return
    if (arrives) this.#voice.system('system', 'ok', 'Replication connection established')
    else this.shutdown('Replication connection was not established in time')
  }

  /** A key instead of a token, or the token that is known, changes nothing. */
  async #renew(token: unknown): Promise<void> {
    if (typeof token !== 'string' || isKey(token) || token === this.#identity.token) return
    try {
      const identity = await this.means.identify(token)
      await this.#permissions.renew(identity, this.#attendance.enabled)
      this.#identity = identity
      this.#expiry.watch(identity)
      this.#followed.renew(identity)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      this.shutdown(whileOpen(error))
    }
  }
}
