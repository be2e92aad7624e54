import { Fault } from './fault.ts'
import type { Limits } from './limits.ts'
import { Rate } from './rate.ts'

/** What all clients together do, against the limits that hold for a project. */
export class Traffic {
  /** Channels asked for. */
  readonly joins: Rate
  /** Broadcasts sent by clients, over either way. */
  readonly events: Rate
  /** Presences told. */
  readonly presences: Rate
  readonly #most: number
  readonly #users = new Set<object>()

  constructor(limits: Limits) {
    this.joins = new Rate(limits.joinsPerSecond)
    this.events = new Rate(limits.eventsPerSecond)
    this.presences = new Rate(limits.presencesPerSecond)
    this.#most = limits.users
  }

  /** A connection counts from its first channel on. */
  get full(): boolean {
    return this.#users.size >= this.#most
  }

  arrived(connection: object): void {
    this.#users.add(connection)
  }

  left(connection: object): void {
    this.#users.delete(connection)
  }

  /** Counts a join, or throws the Fault it is refused with. */
  join(connection: object): void {
    if (this.full && !this.#users.has(connection)) {
      throw new Fault('ConnectionRateLimitReached', 'Too many connected users')
    }
    if (this.joins.exceeded) throw new JoinsTooOften()
    this.joins.add()
  }
}

/** After this refusal the connection is closed too. */
export class JoinsTooOften extends Fault {
  constructor() {
    super('ClientJoinRateLimitReached', 'Too many joins per second')
  }
}
