import type { Lock, Locker } from '@tus/server'
import pg from 'pg'
import { faults } from '../fault.ts'

/** How long one waits for an upload that another request still writes to, in milliseconds. */
const patience = 5_000
const againMs = 100
const channel = 'storage_upload_release'

export type UploadLocker = Locker & { close(): Promise<void> }

/**
 * One request at a time for an upload, whichever process answers it: a lock of Postgres, which ends with the process that
 * holds it. All locks of a process are held by one connection. Whoever waits asks the holder to stop, because a holder is
 * mostly a request whose sender is gone.
 */
export function lockUploads(url: string): UploadLocker {
  const held = new Map<string, () => void>()
  let connection: Promise<pg.Client> | undefined

  const connect = async () => {
    const client = new pg.Client({ connectionString: url, application_name: 'storage uploads' })
    const lost = () => {
      connection = undefined
      // Without the connection the locks are nobody's.
      for (const release of held.values()) release()
    }
    client.on('error', lost)
    client.on('end', lost)
    client.on('notification', ({ payload }) => held.get(payload ?? '')?.())
    await client.connect()
    await client.query(`listen ${channel}`)
    return client
  }
  const client = () => {
    connection ??= connect().catch((error) => {
      connection = undefined
      throw error
    })
    return connection
  }
  const ask = async (text: string, values: string[]): Promise<boolean> => {
    const { rows } = await (await client()).query(text, values)
    return rows[0]?.done === true
  }

  const tryLock = async (id: string, release: () => void) => {
    if (held.has(id)) return false
    // Taken here first: the database gives a connection the same lock twice.
    held.set(id, release)
    const isFree = await ask('select pg_try_advisory_lock(hashtextextended($1, 1)) as done', [id]).catch(
      (error) => {
        held.delete(id)
        throw error
      },
    )
    if (!isFree) held.delete(id)
    return isFree
  }

  const newLock = (id: string): Lock => ({
    async lock(signal, release) {
      const deadline = Date.now() + patience
      while (!(await tryLock(id, release))) {
        if (signal.aborted || Date.now() > deadline) {
          throw faults.lockTimeout()
        }
        await ask('select pg_notify($1, $2)', [channel, id])
        await new Promise((tick) => setTimeout(tick, againMs))
      }
    },
    async unlock() {
      if (!held.delete(id)) return
      await ask('select pg_advisory_unlock(hashtextextended($1, 1)) as done', [id])
    },
  })

  return {
    newLock,
    async close() {
      await connection?.then((one) => one.end()).catch(() => {})
    },
  }
}
