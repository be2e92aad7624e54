import { type Column, readColumns } from './columns.ts'
import { readKeys } from './keys.ts'
import { type Relationship, readRelationships } from './relationships.ts'
import { type Routines, readRoutines } from './routines.ts'
import { keyOf, type Name } from './sql-text.ts'

/** A table, or what can be read as one. */
export type Table = Name & { columns: Map<string, Column>; key: string[]; changes: Changes }
export type Changes = { insert: boolean; update: boolean; delete: boolean }

/** What there is in the database, whoever may use it: that Postgres decides at each statement. */
export type Catalogue = {
  table(name: Name): Table | undefined
  /** Names of a schema's tables, for a hint. */
  tables(schema: string): string[]
  relationships(from: Name): Relationship[]
  routines: Routines
  routineNames(schema: string): string[]
}

/** `schemas` are those whose tables may be embedded in each other. */
export async function readCatalogue(adminUrl: string, schemas: string[]): Promise<Catalogue> {
  const [relations, keys, routines] = await Promise.all([
    readColumns(adminUrl),
    readKeys(adminUrl),
    readRoutines(adminUrl),
  ])
  const tables = new Map<string, Table>()
  for (const { columns, ...relation } of relations) {
    const key = keys.primary(relation) ?? []
    tables.set(keyOf(relation), {
      ...relation,
      key,
      columns: new Map(columns.map((each) => [each.name, each])),
    })
  }
  const relationships = Map.groupBy(readRelationships(keys, tables, schemas), ({ from }) => keyOf(from))
  return {
    table: (name) => tables.get(keyOf(name)),
    tables: (schema) =>
      [...tables.values()].filter((table) => table.schema === schema).map(({ name }) => name),
    relationships: (from) => relationships.get(keyOf(from)) ?? [],
    routines: routines.find,
    routineNames: routines.names,
  }
}
