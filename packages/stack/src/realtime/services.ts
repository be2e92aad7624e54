import type { Log } from '../log.ts'
import type { Authorization } from './authorization.ts'
import type { Hub } from './hub.ts'
import type { Join } from './join.ts'
import type { Limits } from './limits.ts'
import type { Presence } from './presence.ts'
import type { StoredMessage } from './replay.ts'
import type { Identify } from './token.ts'

/** What every connection of one server shares. */
export type Services = {
  identify: Identify
  authorization: Authorization
  hub: Hub
  presence: Presence
  limits: Limits
  log: Log
  recent(topic: string, join: Join): Promise<StoredMessage[]>
  /** Resolves once broadcasts from the database arrive. */
  replicated(): Promise<void>
}
