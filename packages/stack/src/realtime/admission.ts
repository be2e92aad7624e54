import { Fault } from './fault.ts'
import type { Join } from './join.ts'
import type { Means } from './means.ts'
import { type Permissions, PrivatePermissions, publicPermissions, unreadable } from './permissions.ts'
import type { StoredMessage } from './replay.ts'
import { type Identity, isKey } from './token.ts'
import type { Line } from './voice.ts'

export type Admission = { identity: Identity; permissions: Permissions; recent: StoredMessage[] }

/** A channel that is to be opened: the how many-th of its connection. */
type Asked = { readonly topic: string; readonly name: string; readonly join: Join; readonly place: number }

/** Lets a client into a topic, or throws the Fault it is told of. What is asked first is what hosted asks first. */
export async function admit(
  means: Means,
  line: Line,
  { topic: written, name: topic, join, place }: Asked,
): Promise<Admission> {
  if (topic === '') throw new Fault('TopicNameRequired', 'You must provide a topic name')
  if (Buffer.byteLength(written) > means.limits.topicBytes) {
    throw new Fault('TopicNameTooLong', 'You must provide a shorter topic name')
  }
  if (means.privateOnly && !join.private) {
    throw new Fault('PrivateOnly', 'This project only allows private channels')
  }
  means.traffic.join(line)
  if (place > means.limits.channels) {
    throw new Fault('ChannelRateLimitReached', 'Too many channels')
  }
  const { accessToken, presenceEnabled, replay } = join
  // A client that has no session of a person sends its key, which the connection has shown already.
  const identity =
    accessToken === undefined || isKey(accessToken) ? line.identity : await means.identify(accessToken)
  const permissions = join.private
    ? new PrivatePermissions(means.authorization, topic, line.headers, identity)
    : publicPermissions
  await permissions.open(presenceEnabled)
  if (replay !== undefined && !permissions.mayRead('broadcast')) throw unreadable(topic)
  return { identity, permissions, recent: await means.recent(topic, join) }
}
