import type { Member } from './hub.ts'
import type { Join } from './join.ts'
import type { Means } from './means.ts'
import type { Permissions } from './permissions.ts'
import type { Incoming } from './protocol.ts'

/** A joined channel, as the parts that serve broadcast and presence see it. */
export type Seat = Member & {
  readonly means: Means
  /** As the client writes it, `realtime:` included. */
  readonly topic: string
  /** As the hub and the rosters know it. */
  readonly key: string
  readonly join: Join
  readonly permissions: Permissions
  /** Whether its client has gone, or the channel was closed. */
  readonly isOver: boolean
  reply(message: Incoming, status: 'ok' | 'error', response?: unknown): void
  /** Ends the channel and says why. */
  shutdown(why: string): void
}
