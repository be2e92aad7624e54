import pg from 'pg'
import { z } from 'zod'
import { isAway } from '../away.ts'
import { asLiteral, asWal2json, type Change, type WalColumn } from './wal.ts'

/** A column of a table that has some which Postgres works out itself; `expression` is null for the others. */
const Column = z.object({
  table: z.number(),
  name: z.string(),
  type: z.string(),
  typeoid: z.number(),
  expression: z.string().nullable(),
})
type Column = z.infer<typeof Column>

const lookUp = `
  select attrelid as "table", attname as name, format_type(atttypid, atttypmod) as type, atttypid as typeoid,
    case when attgenerated = 's' then pg_get_expr(adbin, adrelid) end as expression
  from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
  where attrelid = any ($1::oid[]) and attnum > 0 and not attisdropped
    and exists (select from pg_attribute as other where other.attrelid = pg_attribute.attrelid and other.attgenerated = 's')
  order by attrelid, attnum`

/**
 * The stream leaves out the columns that Postgres generates; hosted's tells them. They are worked out again, by
 * Postgres, from the others.
 */
export class Generated {
  readonly #database: pg.Pool
  readonly #known = new Map<number, Column[]>()

  constructor(database: pg.Pool) {
    this.#database = database
  }

  /** The table may have changed. */
  forget(table: number): void {
    this.#known.delete(table)
  }

  async complete(changes: Change[]): Promise<Change[]> {
    await this.#learn(new Set(changes.map(({ table }) => table)))
    return Promise.all(changes.map((change) => this.#completeOne(change)))
  }

  async #learn(tables: Set<number>): Promise<void> {
    const unknown = [...tables].filter((table) => !this.#known.has(table))
    if (unknown.length === 0) return
    const { rows } = await this.#database.query(lookUp, [unknown])
    const columns = z.array(Column).parse(rows)
    for (const table of unknown) {
      this.#known.set(
        table,
        columns.filter((column) => column.table === table),
      )
    }
  }

  async #completeOne(change: Change): Promise<Change> {
    const columns = this.#known.get(change.table) ?? []
    if (columns.length === 0) return change
    const { columns: now, identity: before } = change.wal
    return {
      ...change,
      wal: {
        ...change.wal,
        ...(now && { columns: await this.#workOut(columns, now) }),
        ...(before && { identity: await this.#workOut(columns, before) }),
      },
    }
  }

  /** A row of which a part is not known, such as a key, stays as it is. */
  async #workOut(columns: Column[], row: WalColumn[]): Promise<WalColumn[]> {
    const values = new Map(row.map((column) => [column.name, column]))
    const given = columns.filter(({ expression }) => expression === null)
    if (given.some(({ name }) => !values.has(name))) return row
    const results = columns.flatMap(({ name, expression }) =>
      expression === null ? [] : [`(${expression})::text as ${pg.escapeIdentifier(name)}`],
    )
    const inputs = given.map(({ name, type }, i) => `$${i + 1}::${type} as ${pg.escapeIdentifier(name)}`)
    const rows = await this.#query(
      `select ${results.join(', ')} from (select ${inputs.join(', ')}) as given`,
      given.map(({ name }) => asValue(values.get(name))),
    )
    if (!rows) return row
    return columns.flatMap(({ name, typeoid, expression }) => {
      if (expression === null) return values.get(name) ?? []
      const value = rows[0]?.[name] ?? null
      return [{ name, typeoid, value: value === null ? null : asWal2json(typeoid, value) }]
    })
  }

  /** Undefined where the table is no longer what the change was made to. */
  async #query(text: string, values: unknown[]): Promise<Record<string, string | null>[] | undefined> {
    try {
      return (await this.#database.query<Record<string, string | null>>(text, values)).rows
    } catch (error) {
      if (isAway(error)) throw error
      return undefined
    }
  }
}

const asValue = (column: WalColumn | undefined) => (column ? asLiteral(column) : null)
