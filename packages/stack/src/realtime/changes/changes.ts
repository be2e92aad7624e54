import pg from 'pg'
import type { Log } from '../../log.ts'
import type { Json } from '../protocol.ts'
import { followStream } from '../stream.ts'
import { Docket } from './docket.ts'
import { Generated } from './generated.ts'
import { judge } from './judge.ts'
import { Published, publication, watchSchema } from './publication.ts'
import { Register } from './register.ts'
import { Repeated } from './repeated.ts'
import { Subscribers } from './subscribers.ts'
import { toChange } from './wal.ts'
import { type Listener, Watch } from './watch.ts'

export type Changes = {
  /** What a channel asked for in `config.postgres_changes`; listens once it is told to subscribe. */
  watch(asked: Json[], listener: Listener): Watch
  stop(): Promise<void>
}

/**
 * Follows the tables of the publication and tells each change to those who asked for it and may see it. One connection
 * does all the asking, so that a change is judged by the claims that were entered before it was looked at.
 */
export function followChanges(url: string, log: Log): Changes {
  const database = new pg.Pool({
    connectionString: url,
    application_name: 'realtime_rls',
    max: 1,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
  })
  // The pool listens to idle connections alone; one that breaks while it is used would end the process.
  database.on('connect', (client) => client.on('error', () => {}))
  database.on('error', (error) => log('warn', 'a database connection was lost', { error: error.message }))
  const register = new Register(database)
  const published = new Published(database)
  const subscribers = new Subscribers(register, () => begun, log)
  const generated = new Generated(database)
  let isOwed = false
  const renewal = new Repeated(async () => {
    if (await published.look()) isOwed = true
    if (isOwed) await subscribers.renew()
    isOwed = false
  })
  const docket = new Docket({
    async concerns({ table }) {
      await renewal.settled()
      // A table that is new to the publication: whoever listens to all of a schema listens to it too.
      if (!published.has(table)) await renewal.ask().catch(() => {})
      return subscribers.concerns(table)
    },
    async hear(changes) {
      const whole = await generated.complete(changes)
      for (const verdict of await judge(database, whole)) subscribers.tell(verdict)
    },
    log,
  })

  async function begin() {
    await Promise.all([register.clear(), published.look()]).catch((error: unknown) =>
      log('warn', 'what an earlier server left could not be cleared', { error: String(error) }),
    )
    const stream = followStream({
      url,
      application: 'realtime_changes_replication',
      publication,
      slotPrefix: 'supabase_realtime_replication_slot',
      // Postgres itself will read the values again, as what they are.
      verbatim: () => true,
      complaint: 'changes of tables do not arrive',
      log,
      hear(message, transaction) {
        if (message.tag === 'relation') generated.forget(message.relationOid >>> 0)
        const change = toChange(message, transaction)
        if (!change) return
        docket.add(change)
        if (!docket.isLong) return
        stream.pause()
        docket.whenCalm(() => stream.resume())
      },
    })
    return stream
  }

  const streaming = begin()
  const begun = streaming.then((stream) => stream.ready())
  const schema = watchSchema(url, log, () => {
    renewal
      .ask()
      .catch((error: unknown) =>
        log('warn', 'the publication could not be looked at', { error: String(error) }),
      )
  })

  return {
    watch: (asked, listener) => new Watch(subscribers, asked, listener, log),
    async stop() {
      docket.close()
      subscribers.stop()
      await Promise.all([schema.stop(), streaming.then((stream) => stream.stop())])
      await database.end()
    },
  }
}
