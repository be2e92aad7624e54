import type pg from 'pg'
import { Fault } from './fault.ts'
import type { Join } from './join.ts'
import type { UserBroadcast } from './protocol.ts'

export type StoredMessage = { id: string; broadcast: UserBroadcast }
type Row = { id: string; event: string | null; payload: string | null; binary_payload: Buffer | null }

/** Partitions of later days are empty; a minute allows for clocks that differ. */
const select = `
  select id, event, payload::text, binary_payload from realtime.messages
  where topic = $1 and private and extension = 'broadcast'
    and inserted_at >= $2::timestamptz at time zone 'utc'
    and inserted_at < now() at time zone 'utc' + interval '1 minute'
  order by inserted_at desc limit $3`

/** The newest messages of a private topic since `since`, oldest first, as the join asked for them. */
export async function recentMessages(pool: pg.Pool, topic: string, join: Join): Promise<StoredMessage[]> {
  const { replay } = join
  if (replay === undefined) return []
  if (!join.private) throw new Fault('UnableToReplayMessages', 'Replay is not allowed for public channels')
  if (replay === 'invalid') throw new Fault('UnableToReplayMessages', 'Replay params are not valid')
  try {
    const { rows } = await pool.query<Row>(select, [topic, replay.since, replay.limit])
    return rows.reverse().flatMap(stored)
  } catch (error) {
    throw new Fault('UnableToReplayMessages', 'Realtime was unable to replay messages', error)
  }
}

function stored(row: Row): StoredMessage[] {
  const meta = { replayed: true, id: row.id }
  const event = row.event ?? ''
  if (row.binary_payload) {
    return [{ id: row.id, broadcast: { event, encoding: 'binary', payload: row.binary_payload, meta } }]
  }
  if (row.payload === null) return []
  return [{ id: row.id, broadcast: { event, encoding: 'json', payload: Buffer.from(row.payload), meta } }]
}
