import pg from 'pg'
import { z } from 'zod'
import type { Json } from '../protocol.ts'
import type { Params } from './params.ts'
import { publication } from './publication.ts'
import { failed, unpublished } from './refusals.ts'

/** One question of one listener. */
export type Entry = { subscription: string; params: Params }

/*
 * Names may be patterns of LIKE, as on hosted; `*` is every name. A listener that asks again with another token keeps
 * its rows.
 */
const enter = `
  insert into realtime.subscription
    (subscription_id, entity, filters, claims, action_filter, selected_columns)
  select $1, format('%I.%I', schemaname, tablename)::regclass,
    array(
      select row(name, operator::realtime.equality_op, value, negate)::realtime.user_defined_filter
      from unnest($2::text[], $3::text[], $4::text[], $5::boolean[]) as filter (name, operator, value, negate)
    ),
    $6, $7, $8
  from pg_publication_tables
  where pubname = $9
    and schemaname like (case $10 when '*' then '%' else $10 end) escape ''
    and tablename like (case $11 when '*' then '%' else $11 end) escape ''
    and exists (
      select from pg_roles where rolname = $6::jsonb ->> 'role' and pg_has_role('authenticator', oid, 'member')
    )
  on conflict (subscription_id, entity, filters, action_filter, coalesce(selected_columns, '{}'))
    do update set claims = excluded.claims, created_at = now()
  returning entity::oid as "table"`

const Tables = z.array(z.object({ table: z.number() }))

/** `realtime.subscription`, where the database finds who listens. */
export class Register {
  readonly #database: pg.Pool

  constructor(database: pg.Pool) {
    this.#database = database
  }

  /** All of them or none; answers with the tables each listens to. Throws Refused where asking again would not help. */
  async enter(entries: Entry[], claims: Json): Promise<Map<string, number[]>> {
    const client = await this.#database.connect()
    let broken: Error | undefined
    try {
      const tables = new Map<string, number[]>()
      if (entries.length > 1) await client.query('begin')
      for (const entry of entries) tables.set(entry.subscription, await enterOne(client, entry, claims))
      if (entries.length > 1) await client.query('commit')
      return tables
    } catch (error) {
      if (entries.length > 1) {
        await client.query('rollback').catch((gone: Error) => {
          broken = gone
        })
      }
      throw error
    } finally {
      client.release(broken)
    }
  }

  async remove(subscriptions: string[]): Promise<void> {
    await this.#database.query('delete from realtime.subscription where subscription_id = any ($1::uuid[])', [
      subscriptions,
    ])
  }

  /** What tables that are no longer published leave behind. */
  async prune(): Promise<void> {
    await this.#database.query(
      `delete from realtime.subscription where not exists (
        select from pg_publication_tables
        where pubname = $1 and format('%I.%I', schemaname, tablename)::regclass = entity
      )`,
      [publication],
    )
  }

  /** What a server left behind that ended without a word. */
  async clear(): Promise<void> {
    await this.#database.query('delete from realtime.subscription')
  }
}

async function enterOne(client: pg.ClientBase, entry: Entry, claims: Json): Promise<number[]> {
  const { subscription, params } = entry
  const { event, schema, table, filters, columns } = params
  const values = [
    subscription,
    filters.map((filter) => filter.column),
    filters.map((filter) => filter.operator),
    filters.map((filter) => filter.value),
    filters.map((filter) => filter.negate),
    JSON.stringify(claims),
    event,
    columns,
    publication,
    schema,
    table,
  ]
  try {
    const { rows } = await client.query({ name: 'enter', text: enter, values })
    if (rows.length === 0) throw unpublished(params)
    return Tables.parse(rows).map((row) => row.table)
  } catch (error) {
    if (error instanceof pg.DatabaseError && isFault(error)) throw failed(params, error)
    throw error
  }
}

const isFault = ({ code = '' }: pg.DatabaseError) => !/^(08|40|53|55|57)/.test(code)
