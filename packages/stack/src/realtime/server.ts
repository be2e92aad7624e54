import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import pg from 'pg'
import type { Jwks } from '../keys.ts'
import type { Log } from '../log.ts'
import { discardRest } from '../unread.ts'
import { Authorization } from './authorization.ts'
import { followChanges } from './changes/changes.ts'
import { presenceDiff, spreadStored } from './deliveries.ts'
import { httpApi } from './http.ts'
import { Hub } from './hub.ts'
import { defaultLimits, type Limits } from './limits.ts'
import type { Means } from './means.ts'
import { keepPartitions } from './partitions.ts'
import { Presence } from './presence.ts'
import { closeChannelsOf, recheckChannels } from './recheck.ts'
import { recentMessages } from './replay.ts'
import { followMessages } from './replication.ts'
import { acceptSockets } from './sockets.ts'
import { jwksOf, type Keys, makeIdentify } from './token.ts'
import { Traffic } from './traffic.ts'

type RealtimeOptions = {
  /** 0 takes a free one. */
  port: number
  /** A superuser's. */
  databaseUrl: string
  jwtSecret: string
  /** Whatever tokens may be signed with; without it, the secret alone. */
  jwks?: Jwks | undefined
  /** Without them, clients must bring tokens. */
  keys?: Keys
  log?: Log
  limits?: Partial<Limits>
  privateOnly?: boolean
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
  const replication = followMessages(databaseUrl, log, {
    message: (message) => spreadStored(hub, message, limits, log),
    ended: (session) => closeChannelsOf(session, sockets.channels()),
  })
  const changes = followChanges(databaseUrl, log)
  const means: Means = {
    identify: makeIdentify(options.jwks ?? jwksOf(options.jwtSecret), options.keys),
    authorization: new Authorization(pool),
    hub,
    presence: new Presence((key, diff) => hub.publish(key, presenceDiff(key, diff))),
    changes,
    limits,
    traffic: new Traffic(limits),
    privateOnly: options.privateOnly ?? false,
    log,
    recent: (topic, join) => recentMessages(pool, topic, join),
    replicated: () => replication.ready(),
  }
  const api = httpApi(means, async () => ({
    database: await answers(pool),
    replication: replication.connected(),
    sockets: sockets.count,
  }))
  const answer = getRequestListener(api.fetch, { autoCleanupIncoming: false })
  const http = createServer((request, response) => {
    discardRest(request, response)
    void answer(request, response)
  })
  const sockets = acceptSockets(http, means)
  const recheck = recheckChannels(limits.recheckMs, () => sockets.channels())
  const partitions = keepPartitions(pool, log)

  async function stop(): Promise<void> {
    recheck.stop()
    partitions.stop()
    const closed = new Promise((done) => http.close(done))
    await Promise.all([sockets.close(), replication.stop()])
    await changes.stop()
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
  // The pool listens to idle connections alone; one that breaks while somebody has it would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
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
