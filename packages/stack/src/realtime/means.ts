import type { Log } from '../log.ts'
import type { Authorization } from './authorization.ts'
import type { Changes } from './changes/changes.ts'
import type { Hub } from './hub.ts'
import type { Join } from './join.ts'
import type { Limits } from './limits.ts'
import type { Presence } from './presence.ts'
import type { StoredMessage } from './replay.ts'
import type { Identify } from './token.ts'
import type { Traffic } from './traffic.ts'

/** What every connection of one server shares. */
export type Means = {
  identify: Identify
  authorization: Authorization
  hub: Hub
  presence: Presence
  changes: Changes
  limits: Limits
  traffic: Traffic
  /** No public channel may be joined: hosted's setting "allow public access", turned off. */
  privateOnly: boolean
  log: Log
  recent(topic: string, join: Join): Promise<StoredMessage[]>
  /** Resolves once broadcasts from the database arrive. */
  replicated(): Promise<void>
}
