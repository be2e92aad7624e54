import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from '../../log.ts'
import type { Json } from '../protocol.ts'
import { UnreadableParams } from './filters.ts'
import type { News } from './news.ts'
import { readParams } from './params.ts'
import { phash2 } from './phash2.ts'
import { Refused } from './refusals.ts'
import type { Entry } from './register.ts'
import type { Subscribers } from './subscribers.ts'

/** What the client is told of its subscriptions, in a system message. */
export type Outcome = { status: 'ok' | 'error'; message: string }

export type Listener = {
  /** `ids` are those of the entries that asked for this change. */
  tell(news: News, ids: number[]): void
  /** The subscriptions were made again, or could not be, without the client having asked. */
  told(outcome: Outcome): void
}

const subscribed: Outcome = { status: 'ok', message: 'Subscribed to PostgreSQL' }
/** The hosted server's word for a database that does not answer. */
const away: Outcome = { status: 'error', message: '{:error, "Too many database timeouts"}' }
const againMs = 1_000
/** Not stated by hosted: they are entered one after the other, while everybody's changes wait. */
const mostEntries = 100

/** What one channel has asked for: its entries stand and fall together. */
export class Watch {
  readonly #subscribers: Subscribers
  readonly #listener: Listener
  readonly #log: Log
  readonly #entries: { subscription: string; id: number; asked: Json }[]
  #turn = 0
  #moved = false
  isOver = false

  constructor(subscribers: Subscribers, asked: Json[], listener: Listener, log: Log) {
    this.#subscribers = subscribers
    this.#listener = listener
    this.#log = log
    this.#entries = asked.map((one) => ({ subscription: randomUUID(), id: phash2(one), asked: one }))
  }

  /** As the client asked, each with the number that changes will name. */
  get numbered(): Json[] {
    return this.#entries.map(({ asked, id }) => ({ ...asked, id }))
  }

  /**
   * Subscribes, or subscribes again with other claims: from then on changes are judged by these. Resolves when the
   * database has it, or would never have it; while the database is away it is asked again. Undefined where the
   * watch has ended, or was asked anew, meanwhile.
   */
  async subscribe(claims: Json): Promise<Outcome | undefined> {
    this.#turn += 1
    const turn = this.#turn
    try {
      const entries = this.#entered()
      for (let tries = 0; turn === this.#turn; tries++) {
        const entered = await this.#enter(entries, claims)
        if (turn !== this.#turn) return undefined
        if (entered) return subscribed
        if (tries === 1) this.#listener.told(away)
        if (tries > 0) await wait(againMs)
      }
      return undefined
    } catch (error) {
      if (turn !== this.#turn) return undefined
      this.#subscribers.remove(this)
      return { status: 'error', message: this.#reason(error) }
    }
  }

  #reason(error: unknown): string {
    if (error instanceof Refused || error instanceof UnreadableParams) return error.message
    this.#log('error', 'a subscription could not be made', { error: String(error) })
    return 'Unknown Error on Channel'
  }

  /** The last is looked up first, as on hosted; but the first that cannot be read is the one to blame. */
  #entered(): Entry[] {
    if (this.#entries.length > mostEntries) {
      throw new UnreadableParams(`Too many subscriptions on one channel. Maximum ${mostEntries}`)
    }
    return this.#entries
      .map(({ subscription, asked }) => ({ subscription, params: readParams(asked) }))
      .toReversed()
  }

  /** False where the database is away. */
  async #enter(entries: Entry[], claims: Json): Promise<boolean> {
    try {
      this.#moved = await this.#subscribers.enter(this, entries, claims)
      return true
    } catch (error) {
      if (error instanceof Refused) throw error
      this.#log('warn', 'a subscription has to wait for the database', { error: String(error) })
      return false
    }
  }

  /** Subscribes again and tells the client how it went. */
  async subscribeAgain(claims: Json): Promise<void> {
    const outcome = await this.subscribe(claims)
    if (outcome) this.#listener.told(outcome)
  }

  /** The published tables are others: subscribes again, and says so where it makes a difference. */
  async renew(claims: Json): Promise<void> {
    const outcome = await this.subscribe(claims)
    if (outcome && (this.#moved || outcome.status === 'error')) this.#listener.told(outcome)
  }

  stop(): void {
    this.#turn += 1
    this.isOver = true
    this.#subscribers.remove(this)
  }

  get subscriptions(): string[] {
    return this.#entries.map(({ subscription }) => subscription)
  }

  /** The ids come in the order in which hosted names them, the last asked for first. */
  tell(news: News, subscriptions: Set<string>): void {
    const concerned = this.#entries.filter(({ subscription }) => subscriptions.has(subscription))
    this.#listener.tell(news, concerned.map(({ id }) => id).toReversed())
  }
}
