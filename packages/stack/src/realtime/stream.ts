import { setTimeout as wait } from 'node:timers/promises'
import { LogicalReplicationService, type Pgoutput } from 'pg-logical-replication'
import type { Log } from '../log.ts'
import { isAway, isBusy } from './away.ts'
import { Hearing, type Transaction } from './hearing.ts'
import { SlotPlugin } from './slot.ts'
import { dropLeftSlots, dropSlot, newSlotName } from './slots.ts'

type StreamOptions = {
  url: string
  /** As `pg_stat_activity` names the connection. */
  application: string
  publication: string
  slotPrefix: string
  /** Columns whose values are wanted as the text that the database wrote. */
  verbatim: (column: string) => boolean
  /** What is lacking while the stream is down, for the log. */
  complaint: string
  log: Log
  /** What is committed from the first start on: once, in the order of the commits. */
  hear: (message: Pgoutput.Message, transaction: Transaction) => void
}

export type Stream = {
  connected(): boolean
  /** Resolves when the stream runs; at once if it does. */
  ready(): Promise<void>
  /** Leaves what comes with the database for a while. */
  pause(): void
  resume(): void
  stop(): Promise<void>
}

const backOffMs = [100, 250, 500, 1_000, 2_000, 5_000]
/** A server that was killed may still hold its slot when the next one starts. */
const connectPatienceMs = 5_000
const sweepMs = 60_000

/**
 * Reads a publication for as long as the server runs, and takes it up where it broke. The slot goes with the server.
 */
export function followStream(options: StreamOptions): Stream {
  const { url, log, complaint, publication, slotPrefix, verbatim } = options
  const slot = newSlotName(slotPrefix)
  const hearing = new Hearing(options.hear)
  let service: LogicalReplicationService | undefined
  let connected = false
  let spoilt = false
  let waiting: (() => void)[] = []
  let tries = 0
  const stopping = new AbortController()
  let plugin = new SlotPlugin({ publication, verbatim, afresh: false, stopping: stopping.signal })

  async function follow(): Promise<void> {
    service = new LogicalReplicationService(
      {
        connectionString: url,
        application_name: options.application,
        connectionTimeoutMillis: connectPatienceMs,
      },
      { acknowledge: { auto: false, timeoutSeconds: 10 } },
    )
    service.on('start', () => {
      connected = true
      spoilt = false
      tries = 0
      for (const go of waiting) go()
      waiting = []
    })
    service.on('data', (_lsn: string, message: Pgoutput.Message) => hearing.hear(message))
    // A database that is being shut down waits for this answer.
    service.on('heartbeat', (lsn: string, _at: number, asked: boolean) => {
      if (asked) void service?.acknowledge(lsn)
    })
    service.on('error', () => {})
    plugin = new SlotPlugin({ publication, verbatim, afresh: spoilt, stopping: stopping.signal })
    try {
      await (hearing.position === undefined
        ? service.subscribe(plugin, slot)
        : service.subscribe(plugin, slot, hearing.position))
    } finally {
      connected = false
      await service.stop().catch(() => {})
    }
  }

  async function followForEver(): Promise<void> {
    await sweep()
    while (!stopping.signal.aborted) {
      const why = await follow().then(
        () => 'the stream ended',
        (error: unknown) => {
          // What cannot be read now cannot be read later: the slot goes, and what lay in it is lost.
          spoilt = plugin.reached && !isAway(error) && !isBusy(error)
          return String(error)
        },
      )
      if (stopping.signal.aborted) return
      log('warn', complaint, { why })
      const pause = backOffMs[Math.min(tries++, backOffMs.length - 1)]
      await wait(pause, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }

  const sweep = () => dropLeftSlots(url, slotPrefix, slot).catch(() => {})
  const sweeping = setInterval(() => void sweep(), sweepMs)
  const ended = followForEver()
  return {
    connected: () => connected,
    ready: () => (connected ? Promise.resolve() : new Promise((go) => waiting.push(go))),
    pause: () => plugin.pause(),
    resume: () => plugin.resume(),
    async stop() {
      clearInterval(sweeping)
      stopping.abort()
      // A connection that is being made cannot be ended yet; the plugin does not go on with it.
      if (plugin.reached) await service?.stop().catch(() => {})
      await ended
      await dropSlot(url, slot).catch(() => {})
    },
  }
}
