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

type Told = {
  message(message: StoredBroadcast): void
  /** Somebody's session is over, whichever way it ended. */
  ended(sessionId: string): void
}

/**
 * Follows what is committed to `realtime.messages`, and the sessions that are ended, in the order of the commits, for as
 * long as the server runs: what is told to somebody before their session ends arrives before their channels close.
 */
export function followMessages(url: string, log: Log, tell: Told): Stream {
  return followStream({
    url,
    application: 'realtime_replication',
    publication: 'supabase_realtime_messages_publication',
    slotPrefix: 'supabase_realtime_messages_replication_slot',
    verbatim: (column) => column === 'payload',
    complaint: 'messages from the database do not arrive',
    log,
    hear(message) {
      const ended = readEnded(message)
      if (ended) return tell.ended(ended)
      const stored = readMessage(message, log)
      if (stored) tell.message(stored)
    },
  })
}

const Key = z.object({ id: z.guid() })

const isSession = ({ schema, name }: Pgoutput.MessageRelation) => schema === 'auth' && name === 'sessions'

function readEnded(message: Pgoutput.Message): string | undefined {
  if (message.tag !== 'delete' || !isSession(message.relation)) return undefined
  return Key.safeParse(message.key ?? message.old).data?.id
}

function readMessage(message: Pgoutput.Message, log: Log): StoredBroadcast | undefined {
  if (message.tag !== 'insert' || isSession(message.relation)) return undefined
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
