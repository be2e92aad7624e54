import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { LogicalReplicationService, type Pgoutput } from 'pg-logical-replication'
import { z } from 'zod'
import type { Log } from '../log.ts'
import { TemporarySlotPlugin } from './slot.ts'

/** A row of `realtime.messages` that somebody has committed. */
export type StoredBroadcast = {
  id: string
  topic: string
  event: string
  private: boolean
  encoding: 'json' | 'binary'
  payload: Buffer
}

export type Replication = {
  connected(): boolean
  /** Resolves when the stream runs; at once if it does. */
  ready(): Promise<void>
  stop(): Promise<void>
}

const backOffMs = [100, 250, 500, 1_000, 2_000, 5_000]

const Row = z.object({
  id: z.string(),
  topic: z.string(),
  event: z.string(),
  private: z.boolean(),
  payload: z.string().nullish(),
  binary_payload: z.instanceof(Buffer).nullish(),
})

/**
 * Follows what is committed to `realtime.messages`, in the order of the commits, for as long as the server runs. The slot
 * is temporary: while nobody listens, nothing is kept for later.
 */
export function followMessages(url: string, log: Log, tell: (message: StoredBroadcast) => void): Replication {
  let service: LogicalReplicationService | undefined
  let connected = false
  let waiting: (() => void)[] = []
  let tries = 0
  const stopping = new AbortController()

  async function follow(): Promise<void> {
    service = new LogicalReplicationService(
      { connectionString: url, application_name: 'realtime_replication' },
      { acknowledge: { auto: false, timeoutSeconds: 10 } },
    )
    service.on('start', () => {
      connected = true
      tries = 0
      for (const go of waiting) go()
      waiting = []
    })
    service.on('data', (_lsn: string, message: Pgoutput.Message) => {
      const stored = readMessage(message, log)
      if (stored) tell(stored)
    })
    // A database that is being shut down waits for this answer.
    service.on('heartbeat', (lsn: string, _at: number, asked: boolean) => {
      if (asked) void service?.acknowledge(lsn)
    })
    service.on('error', () => {})
    try {
      await service.subscribe(new TemporarySlotPlugin(), slotName())
    } finally {
      connected = false
      await service.stop().catch(() => {})
    }
  }

  async function followForEver(): Promise<void> {
    while (!stopping.signal.aborted) {
      const why = await follow().then(
        () => 'the stream ended',
        (error: unknown) => String(error),
      )
      if (stopping.signal.aborted) return
      log('warn', 'messages from the database do not arrive', { why })
      const pause = backOffMs[Math.min(tries++, backOffMs.length - 1)]
      await wait(pause, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }

  const ended = followForEver()
  return {
    connected: () => connected,
    ready: () => (connected ? Promise.resolve() : new Promise((go) => waiting.push(go))),
    async stop() {
      stopping.abort()
      await service?.stop().catch(() => {})
      await ended
    },
  }
}

/** Slots are the cluster's: several servers, on several databases, may share one. */
const slotName = () => `supabase_realtime_messages_replication_slot_${randomBytes(4).toString('hex')}`

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
