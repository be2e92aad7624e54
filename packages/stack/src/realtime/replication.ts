import type { Pgoutput } from 'pg-logical-replication'
import { z } from 'zod'
import type { Log } from '../log.ts'
import { followStream, type Stream } from './stream.ts'

/** A row of `realtime.messages` that somebody has committed. */
export type StoredBroadcast = {
  id: string
  topic: string
  event: string
  private: boolean
  encoding: 'json' | 'binary'
  payload: Buffer
}

const Row = z.object({
  id: z.string(),
  topic: z.string(),
  event: z.string(),
  private: z.boolean(),
  payload: z.string().nullish(),
  binary_payload: z.instanceof(Buffer).nullish(),
})

/** Follows what is committed to `realtime.messages`, in the order of the commits, for as long as the server runs. */
export function followMessages(url: string, log: Log, tell: (message: StoredBroadcast) => void): Stream {
  return followStream({
    url,
    application: 'realtime_replication',
    publication: 'supabase_realtime_messages_publication',
    slotPrefix: 'supabase_realtime_messages_replication_slot',
    verbatim: (column) => column === 'payload',
    complaint: 'messages from the database do not arrive',
    log,
    hear(message) {
      const stored = readMessage(message, log)
      if (stored) tell(stored)
    },
  })
}

function readMessage(message: Pgoutput.Message, log: Log): StoredBroadcast | undefined {
  if (message.tag !== 'insert') return undefined
  const { success, data } = Row.safeParse(message.new)
  if (success) {
    const { id, topic, event, private: isPrivate, payload, binary_payload: bytes } = data
    if (bytes) return { id, topic, event, private: isPrivate, encoding: 'binary', payload: bytes }
    if (payload) {
      return { id, topic, event, private: isPrivate, encoding: 'json', payload: Buffer.from(payload) }
    }
  }
  log('warn', 'a row of realtime.messages is no broadcast', { id: message.new.id })
}
