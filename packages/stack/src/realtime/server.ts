import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import pg from 'pg'
import type { Log } from '../log.ts'
import { discardRest } from '../unread.ts'
import { Authorization } from './authorization.ts'
import { presenceDiff, spreadStored } from './deliveries.ts'
import { httpApi } from './http.ts'
import { Hub } from './hub.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { keepPartitions } from './partitions.ts'
import { Presence } from './presence.ts'
import { recheckChannels } from './recheck.ts'
import { recentMessages } from './replay.ts'
import { followMessages } from './replication.ts'
import type { Services } from './services.ts'
import { acceptSockets } from './sockets.ts'
import { type Keys, makeIdentify } from './token.ts'

type RealtimeOptions = {
  /** 0 takes a free one. */
  port: number
  /** A superuser's. */
  databaseUrl: string
  jwtSecret: string
  /** Without them, clients must bring tokens. */
  keys?: Keys
  log?: Log
  limits?: Partial<Limits>
}

export type Realtime = {
  port: number
  /** Resolves when messages from the database arrive, which is a moment after the start. */
  replicated: Promise<void>
  /** Tells the clients to come back, and ends. */
  stop(): Promise<void>
}

/** Serves channels: broadcast, presence and messages from the database. Resolves when it listens. */
export async function startRealtime(options: RealtimeOptions): Promise<Realtime> {
  const { databaseUrl, log = () => {} } = options
  const pool = connect(databaseUrl, log)
  const hub = new Hub()
  const limits = { ...defaultLimits, ...options.limits }
  const replication = followMessages(databaseUrl, log, (message) => spreadStored(hub, message, limits, log))
  const services: Services = {
    identify: makeIdentify(options.jwtSecret, options.keys),
    authorization: new Authorization(pool),
    hub,
    presence: new Presence((key, diff) => hub.publish(key, presenceDiff(key, diff))),
    limits,
    log,
    recent: (topic, join) => recentMessages(pool, topic, join),
    replicated: () => replication.ready(),
  }
  const api = httpApi(services, async () => ({
    database: await answers(pool),
    replication: replication.connected(),
    sockets: sockets.count,
  }))
  const answer = getRequestListener(api.fetch, { autoCleanupIncoming: false })
  const http = createServer((request, response) => {
    discardRest(request, response)
    void answer(request, response)
  })
  const sockets = acceptSockets(http, services)
  const recheck = recheckChannels(limits.recheckMs, () => sockets.channels())
  const partitions = keepPartitions(pool, log)

  async function stop(): Promise<void> {
    recheck.stop()
    partitions.stop()
    const closed = new Promise((done) => http.close(done))
    await Promise.all([sockets.close(), replication.stop()])
    http.closeAllConnections()
    await closed
    await pool.end()
  }

  await partitions.first
  try {
    await listen(http, options.port)
  } catch (error) {
    await stop()
    throw error
  }
  return { port: portOf(http), replicated: replication.ready(), stop }
}

function connect(connectionString: string, log: Log): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    application_name: 'realtime',
    max: 8,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 5_000,
  })
  pool.on('error', (error) => log('warn', 'a database connection was lost', { error: error.message }))
  return pool
}

const answers = (pool: pg.Pool) =>
  pool.query('select').then(
    () => true,
    () => false,
  )

function listen(http: Server, port: number): Promise<void> {
  return new Promise((done, failed) => {
    http.once('error', failed)
    http.listen(port, '127.0.0.1', () => {
      http.off('error', failed)
      done()
    })
  })
}

function portOf(http: Server): number {
  const address = http.address()
  return typeof address === 'object' && address ? address.port : 0
}
