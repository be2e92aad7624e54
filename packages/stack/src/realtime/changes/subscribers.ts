import type { Log } from '../../log.ts'
import type { Json } from '../protocol.ts'
import type { Verdict } from './judge.ts'
import { News } from './news.ts'
import type { Entry, Register } from './register.ts'
import type { Watch } from './watch.ts'

const forgetMs = 20
const againMs = 1_000

/** Who listens to what: the register in the database, and which channel each row of it belongs to. */
export class Subscribers {
  readonly #register: Register
  readonly #log: Log
  readonly #ready: () => Promise<void>
  readonly #claims = new Map<Watch, Json>()
  /** By subscription. */
  readonly #watches = new Map<string, Watch>()
  readonly #tables = new Map<string, number[]>()
  /** How many subscriptions a table has. */
  readonly #listened = new Map<number, number>()
  readonly #gone = new Set<string>()
  #forgetting: NodeJS.Timeout | undefined
  #over = false

  /** `ready`: resolves when no change can be missed any more. */
  constructor(register: Register, ready: () => Promise<void>, log: Log) {
    this.#register = register
    this.#ready = ready
    this.#log = log
  }

  /** True where the watch now listens to other tables than before. Throws as `Register.enter`. */
  async enter(watch: Watch, entries: Entry[], claims: Json): Promise<boolean> {
    await this.#ready()
    // From here on nothing takes out what is about to be entered.
    for (const { subscription } of entries) this.#gone.delete(subscription)
    const tables = await this.#register.enter(entries, claims)
    if (watch.isOver) {
      this.remove(watch)
      return false
    }
    this.#claims.set(watch, claims)
    const before = watch.subscriptions.flatMap((subscription) => this.#tables.get(subscription) ?? [])
    for (const [subscription, found] of tables) {
      this.#unlisten(subscription)
      this.#watches.set(subscription, watch)
      this.#tables.set(subscription, found)
      for (const table of found) this.#listened.set(table, (this.#listened.get(table) ?? 0) + 1)
    }
    const after = watch.subscriptions.flatMap((subscription) => tables.get(subscription) ?? [])
    return sorted(before) !== sorted(after)
  }

  /** At once for the client; the database is told soon, of many together. */
  remove(watch: Watch): void {
    this.#claims.delete(watch)
    for (const subscription of watch.subscriptions) {
      this.#unlisten(subscription)
      this.#watches.delete(subscription)
      this.#gone.add(subscription)
    }
    this.#forgetIn(forgetMs)
  }

  concerns(table: number): boolean {
    return (this.#listened.get(table) ?? 0) > 0
  }

  tell({ subscriptions, type, data }: Verdict): void {
    const concerned = new Map<Watch, Set<string>>()
    for (const subscription of subscriptions) {
      const watch = this.#watches.get(subscription)
      if (!watch) continue
      const known = concerned.get(watch)
      if (known) known.add(subscription)
      else concerned.set(watch, new Set([subscription]))
    }
    const news = new News(type, data)
    for (const [watch, named] of concerned) watch.tell(news, named)
  }

  /** Everybody subscribes anew, since the tables are no longer those they subscribed to. */
  async renew(): Promise<void> {
    await this.#register.prune()
    await Promise.all(Array.from(this.#claims, ([watch, claims]) => watch.renew(claims)))
  }

  /** What is in the register goes when the next server starts. */
  stop(): void {
    this.#over = true
    clearTimeout(this.#forgetting)
  }

  #unlisten(subscription: string): void {
    for (const table of this.#tables.get(subscription) ?? []) {
      const rest = (this.#listened.get(table) ?? 0) - 1
      if (rest > 0) this.#listened.set(table, rest)
      else this.#listened.delete(table)
    }
    this.#tables.delete(subscription)
  }

  #forgetIn(ms: number): void {
    if (!this.#over) this.#forgetting ??= setTimeout(() => void this.#forget(), ms)
  }

  async #forget(): Promise<void> {
    this.#forgetting = undefined
    const gone = [...this.#gone]
    this.#gone.clear()
    try {
      await this.#register.remove(gone)
    } catch (error) {
      this.#log('warn', 'subscriptions could not be taken out yet', { error: String(error) })
      for (const subscription of gone) if (!this.#watches.has(subscription)) this.#gone.add(subscription)
      this.#forgetIn(againMs)
    }
  }
}

const sorted = (tables: number[]) => tables.toSorted((one, other) => one - other).join()
