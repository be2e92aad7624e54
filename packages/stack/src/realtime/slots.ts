import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { withClient } from '../sql.ts'
import { isBusy } from './away.ts'

/** Slots are the cluster's: several servers, on several databases, may share one. */
export const newSlotName = (prefix: string) => `${prefix}_${randomBytes(4).toString('hex')}`

/** What a server left behind that ended without a word would keep the log of the database for ever. */
export async function dropLeftSlots(url: string, prefix: string, own: string): Promise<void> {
  await withClient(url, (client) =>
    client.query(
      `select pg_drop_replication_slot(slot_name) from pg_replication_slots
       where starts_with(slot_name, $1) and slot_name <> $2 and database = current_database() and not active`,
      [prefix, own],
    ),
  )
}

/** The other end needs a moment to notice that nobody reads it any more. */
export const dropSlot = (url: string, slot: string): Promise<void> =>
  withClient(url, async (client) => {
    for (let tries = 0; ; tries++) {
      try {
        await client.query(
          'select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1',
          [slot],
        )
        return
      } catch (error) {
        if (!isBusy(error) || tries === 40) throw error
        await wait(50)
      }
    }
  })
