import { Fault } from './fault.ts'
import type { Join } from './join.ts'
import { type Permissions, PrivatePermissions, publicPermissions, unreadable } from './permissions.ts'
import type { StoredMessage } from './replay.ts'
import type { Services } from './services.ts'
import { type Identity, isKey } from './token.ts'
import type { Line } from './voice.ts'

export type Admission = { identity: Identity; permissions: Permissions; recent: StoredMessage[] }

/** Lets a client into a topic, or throws the Fault it is told of. */
export async function admit(services: Services, line: Line, topic: string, join: Join): Promise<Admission> {
  if (topic === '') throw new Fault('TopicNameRequired', 'You must provide a topic name')
  const { accessToken, presenceEnabled, replay } = join
  // A client that has no session of a person sends its key, which the connection has shown already.
  const identity =
    accessToken === undefined || isKey(accessToken) ? line.identity : await services.identify(accessToken)
  const permissions = join.private
    ? new PrivatePermissions(services.authorization, topic, line.headers, identity)
    : publicPermissions
  await permissions.open(presenceEnabled)
  if (replay !== undefined && !permissions.mayRead('broadcast')) throw unreadable(topic)
  return { identity, permissions, recent: await services.recent(topic, join) }
}
