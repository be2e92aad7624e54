import type pg from 'pg'
import type { Log } from '../log.ts'

const dayMs = 24 * 60 * 60 * 1000
const hourMs = 60 * 60 * 1000
const keptDays = 3
const daysAhead = 3

const date = (day: Date) => day.toISOString().slice(0, 10)
const partition = (day: Date) => `messages_${date(day).replaceAll('-', '_')}`
const daysFrom = (day: Date, count: number) => new Date(day.getTime() + count * dayMs)

/**
 * Makes a day's partition of `realtime.messages`. Rows that came before it, and so lie in the default partition, move:
 * into a table that is not yet part of `messages`, so that the stream does not take them for new ones.
 */
const makePartition = (day: Date) => `
  begin;
  set local lock_timeout = '2s';
  create table realtime.${partition(day)} (like realtime.messages including defaults including constraints);
  alter table realtime.${partition(day)} owner to supabase_realtime_admin;
  with moved as (
    delete from realtime.messages_default
    where inserted_at >= '${date(day)}' and inserted_at < '${date(daysFrom(day, 1))}' returning *
  ) insert into realtime.${partition(day)} select * from moved;
  alter table realtime.messages attach partition realtime.${partition(day)}
    for values from ('${date(day)}') to ('${date(daysFrom(day, 1))}');
  commit`

const dropPartition = (name: string) => `
  begin; set local lock_timeout = '2s'; drop table realtime.${name}; commit`

const existing = `
  select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = 'realtime.messages'::regclass and c.relname ~ '^messages_\\d{4}_\\d{2}_\\d{2}$'`

/** Has a partition for each day from yesterday to three days ahead, and drops what is older than three days. */
export async function keepDays(pool: pg.Pool, today = new Date()): Promise<void> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    const { rows } = await client.query<{ name: string }>(existing)
    const there = new Set(rows.map((row) => row.name))
    for (let ahead = -1; ahead <= daysAhead; ahead++) {
      const day = daysFrom(today, ahead)
      if (!there.has(partition(day))) await client.query(makePartition(day))
    }
    const oldest = daysFrom(today, -keptDays)
    for (const name of there) if (name < partition(oldest)) await client.query(dropPartition(name))
    await client.query('delete from realtime.messages_default where inserted_at < $1', [date(oldest)])
  } catch (error) {
    await client.query('rollback').catch((gone: Error) => {
      broken = gone
    })
    throw error
  } finally {
    client.release(broken)
  }
}

/** Keeps the days now and every hour; after a failure, such as a lock somebody holds, again in a minute. */
export function keepPartitions(pool: pg.Pool, log: Log): { first: Promise<void>; stop(): void } {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const look = async () => {
    let next = hourMs
    try {
      await keepDays(pool)
    } catch (error) {
      next = 60_000
      log('warn', 'the partitions of realtime.messages could not be kept', { error: String(error) })
    }
    if (!stopped) timer = setTimeout(look, next)
  }
  const first = look()
  return {
    first,
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
