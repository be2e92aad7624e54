import type { Pgoutput } from 'pg-logical-replication'
import type { Transaction } from '../hearing.ts'

/** A value as Postgres writes it; of bytes the hexadecimal digits alone. */
export type WalColumn = { name: string; typeoid: number; value: string | null }

/** A change as wal2json writes it, and `realtime.apply_rls` wants it, but for the primary key. */
type Wal = {
  action: 'I' | 'U' | 'D'
  timestamp: string
  schema: string
  table: string
  /** The new row; without a large value that did not change. */
  columns?: WalColumn[]
  /** What told the row apart before: all of it where the table's replica identity is full. */
  identity?: WalColumn[]
}

export type Change = {
  /** The oid of the table. */
  table: number
  /** Of the transaction, 32 bits. */
  xid: number
  wal: Wal
  /** About how much memory it takes. */
  bytes: number
}

type RowMessage = Pgoutput.MessageInsert | Pgoutput.MessageUpdate | Pgoutput.MessageDelete

const bytea = 17
/** int2, int4, int8, oid, float4, float8, numeric: what these have beside numbers, wal2json calls null. */
const numbers = new Set([21, 23, 20, 26, 700, 701, 1700])
const actions = { insert: 'I', update: 'U', delete: 'D' } as const

/** Undefined for what is no change of a row. */
export function toChange(message: Pgoutput.Message, { xid, committedAt }: Transaction): Change | undefined {
  if (message.tag !== 'insert' && message.tag !== 'update' && message.tag !== 'delete') return undefined
  const { relation } = message
  const wal: Wal = {
    action: actions[message.tag],
    timestamp: committedAt.toISOString(),
    schema: relation.schema,
    table: relation.name,
    ...(message.tag !== 'delete' && { columns: columns(relation, message.new) }),
    ...(message.tag !== 'insert' && { identity: identity(message) }),
  }
  const bytes = [...(wal.columns ?? []), ...(wal.identity ?? [])].reduce(
    (sum, { value }) => sum + 100 + (value?.length ?? 0),
    200,
  )
  return { table: relation.relationOid >>> 0, xid, wal, bytes }
}

function identity(message: Exclude<RowMessage, Pgoutput.MessageInsert>): WalColumn[] {
  const { relation, old, key } = message
  if (old) return columns(relation, old)
  // A key that did not change is not sent again.
  const row = key ?? (message.tag === 'update' ? message.new : {})
  return columns(relation, row).filter(({ name }) => relation.keyColumns.includes(name))
}

function columns({ columns: all }: Pgoutput.MessageRelation, row: Record<string, unknown>): WalColumn[] {
  return all.flatMap(({ name, typeOid }) => {
    const value = row[name]
    const typeoid = typeOid >>> 0
    if (value === null) return [{ name, typeoid, value }]
    return typeof value === 'string' ? [{ name, typeoid, value: asWal2json(typeoid, value) }] : []
  })
}

export function asWal2json(type: number, value: string): string | null {
  if (type === bytea) return value.slice('\\x'.length)
  return numbers.has(type) && /^-?(NaN|Infinity)$/.test(value) ? null : value
}

/** The other way round, for Postgres to read. */
export const asLiteral = ({ typeoid, value }: WalColumn) =>
  typeoid === bytea && value !== null ? `\\x${value}` : value
