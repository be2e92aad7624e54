import { plainBroadcast, userBroadcast } from './deliveries.ts'
import { Fault } from './fault.ts'
import type { Incoming } from './protocol.ts'
import type { Seat } from './seat.ts'

/** Passes a client's broadcast on. One that is not allowed is dropped without an answer, as on hosted. */
export async function broadcast(seat: Seat, message: Incoming): Promise<void> {
  const { means, join, key } = seat
  if (!(await allowed(seat))) return
  const { events } = means.traffic
  events.add()
  if (events.exceeded) return seat.shutdown('Too many messages per second')
  if (message.bytes > means.limits.payloadBytes) {
    if (join.ack) seat.reply(message, 'error', 'payload_size_exceeded')
    return
  }
  const news = message.broadcast
    ? userBroadcast(key, message.broadcast)
    : plainBroadcast(key, message.payload)
  means.hub.publish(key, news, join.self ? undefined : seat)
  if (join.ack) seat.reply(message, 'ok')
}

async function allowed({ means, permissions, topic }: Seat): Promise<boolean> {
  try {
    return await permissions.mayWrite('broadcast')
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    means.log('error', 'a broadcast was not passed on', { topic, code: error.code, error: error.message })
    return false
  }
}
