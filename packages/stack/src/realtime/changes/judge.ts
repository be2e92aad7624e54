import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import { z } from 'zod'
import type { Change } from './wal.ts'

/** Who is told what of one change: the subscriptions, and the JSON text for their clients. */
export type Verdict = { subscriptions: string[]; type: string; data: string }

/** Bytes of a change beyond which only its small values are told, as on hosted. */
const maxRecordBytes = 1024 * 1024

/*
 * A commit is in the stream a moment before others can see it: `is_seen` tells whether all of these are, as of this
 * statement. The stream knows 32 bits of a transaction's number, a snapshot 64. It names the columns of the replica
 * identity, but not those of the primary key.
 */
const judgement = `
  with moment as (
    select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as newest
  ),
  written as (
    select newest - ((newest - xid + 2147483648) & 4294967295) + 2147483648 as xid
    from moment, unnest($3::bigint[]) as xid
  ),
  seen as (
    select bool_and(pg_visible_in_snapshot(xid::text::xid8, pg_current_snapshot())) as is_seen from written
  )
  select is_seen, verdict.* from seen left join lateral (
    select judged.subscription_ids as subscriptions, judged.errors, judged.wal ->> 'type' as type,
      judged.wal ->> 'schema' as schema, judged.wal ->> 'table' as table,
      judged.wal ->> 'commit_timestamp' as committed,
      coalesce(judged.wal ->> 'columns', '[]') as columns,
      coalesce(judged.wal ->> 'record', '{}') as record, coalesce(judged.wal ->> 'old_record', '{}') as old_record
    from unnest($1::oid[], $2::text[]) with ordinality as change ("table", wal, place),
      lateral (
        select coalesce(jsonb_agg(jsonb_build_object('name', attname)), '[]') as pk
        from pg_index join pg_attribute on attrelid = indrelid and attnum = any (indkey)
        where indrelid = change."table" and indisprimary
      ) as key,
      lateral realtime.apply_rls(change.wal::jsonb || jsonb_build_object('pk', key.pk), $4) as judged
    where is_seen and judged.subscription_ids[1] is not null
    order by place
  ) as verdict on true`

const NotYet = z.object({ is_seen: z.literal(false) })
const Row = z.object({
  subscriptions: z.array(z.string()),
  errors: z.array(z.string()),
  type: z.string(),
  schema: z.string(),
  table: z.string(),
  committed: z.string().nullable(),
  columns: z.string(),
  record: z.string(),
  old_record: z.string(),
})

/** Asks the database who may be told of these changes; one statement, in the order they were committed. */
export async function judge(database: pg.Pool, changes: Change[]): Promise<Verdict[]> {
  const values = [
    changes.map(({ table }) => table),
    changes.map(({ wal }) => JSON.stringify(wal)),
    changes.map(({ xid }) => xid),
    maxRecordBytes,
  ]
  for (;;) {
    const { rows } = await database.query({ name: 'judge', text: judgement, values })
    if (!NotYet.safeParse(rows[0]).success)
      return rows.flatMap((row) => Row.safeParse(row).data ?? []).map(verdict)
    await wait(1)
  }
}

/** What the database wrote as JSON is passed on as it is; parsed and written again, large numbers would change. */
function verdict(row: z.infer<typeof Row>): Verdict {
  const { type, schema, table, committed, errors } = row
  const plain = JSON.stringify({
    schema,
    table,
    commit_timestamp: committed,
    errors: errors.length ? errors : null,
    type,
  })
  const record = type === 'DELETE' ? '' : `,"record":${row.record}`
  const old = type === 'INSERT' ? '' : `,"old_record":${row.old_record}`
  return {
    subscriptions: row.subscriptions,
    type,
    data: `${plain.slice(0, -1)},"columns":${row.columns}${record}${old}}`,
  }
}
