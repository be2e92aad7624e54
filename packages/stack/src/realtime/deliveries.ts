import type { Log } from '../log.ts'
import { type Delivery, delivery, type Hub, topicKey, wireTopic } from './hub.ts'
import type { Limits } from './limits.ts'
import type { PresenceDiff } from './presence.ts'
import { encodeBroadcast, encodeMessage, type UserBroadcast } from './protocol.ts'
import type { StoredBroadcast } from './replication.ts'

export const userBroadcast = (key: string, message: UserBroadcast, id?: string): Delivery =>
  delivery('broadcast', (version) => encodeBroadcast(version, wireTopic(key), message), id)

/** What came as JSON text goes out as it came, whatever it holds beside `event` and `payload`. */
export const plainBroadcast = (key: string, payload: unknown): Delivery =>
  delivery('broadcast', (version) => encodeMessage(version, everybody(key), 'broadcast', payload))

export const presenceDiff = (key: string, diff: PresenceDiff): Delivery =>
  delivery('presence', (version) => encodeMessage(version, everybody(key), 'presence_diff', diff))

const everybody = (key: string) => ({ topic: wireTopic(key), ref: null, joinRef: null })

/** Passes on what somebody has written to `realtime.messages`. */
export function spreadStored(hub: Hub, message: StoredBroadcast, limits: Limits, log: Log): void {
  const { id, topic, event, encoding, payload } = message
  if (payload.length > limits.payloadBytes) {
    log('error', 'a message from the database is too large', { topic, id, bytes: payload.length })
    return
  }
  const key = topicKey(topic, message.private)
  hub.publish(key, userBroadcast(key, { event, encoding, payload, meta: { id } }, id))
}
