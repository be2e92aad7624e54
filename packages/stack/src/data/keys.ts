import { withClient } from '../sql.ts'
import { keyOf, type Name } from './sql-text.ts'
import { readViews, showing, type View } from './views.ts'

export type ForeignKey = {
  constraint: string
  from: Name
  columns: string[]
  to: Name
  toColumns: string[]
  isUnique: boolean
}
/** A function of a row that returns rows of a table: a relationship that is computed. */
type Computed = { function: Name; from: Name; to: Name; isOne: boolean }
export type Keys = {
  primary(table: Name): string[] | undefined
  foreign: ForeignKey[]
  computed: Computed[]
  views: View[]
}

const name = (schema: string, relation: string) =>
  `jsonb_build_object('schema', ${schema}, 'name', ${relation})`
const columns = (relation: string, numbers: string) => `(
  select jsonb_agg(a.attname order by place) from unnest(${numbers}) with ordinality as key (number, place)
  join pg_attribute a on a.attrelid = ${relation} and a.attnum = key.number)`

const primary = `
  select n.nspname as schema, c.relname as name, ${columns('c.oid', 'k.conkey')} as columns
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
  where k.contype = 'p' and not c.relispartition`
const foreign = `
  select k.conname as constraint, ${name('n.nspname', 'c.relname')} as from, ${columns('c.oid', 'k.conkey')} as columns,
    ${name('fn.nspname', 'f.relname')} as to, ${columns('f.oid', 'k.confkey')} as "toColumns",
    exists (
      select from pg_constraint u where u.conrelid = k.conrelid and u.contype in ('p', 'u')
        and u.conkey <@ k.conkey and u.conkey @> k.conkey) as "isUnique"
  from pg_constraint k
  join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
  join pg_class f on f.oid = k.confrelid join pg_namespace fn on fn.oid = f.relnamespace
  where k.contype = 'f' and not c.relispartition and not f.relispartition
  order by k.conname, k.oid`
const computed = `
  select ${name('n.nspname', 'p.proname')} as function, ${name('an.nspname', 'a.typname')} as from,
    ${name('rn.nspname', 'r.typname')} as to, not p.proretset or p.prorows = 1 as "isOne"
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  join pg_type a on a.oid = p.proargtypes[0] join pg_namespace an on an.oid = a.typnamespace
  join pg_type r on r.oid = p.prorettype join pg_namespace rn on rn.oid = r.typnamespace
  where p.pronargs = 1 and p.prokind = 'f' and n.nspname not in ('pg_catalog', 'information_schema')
    and exists (select from pg_class where reltype = a.oid and relkind in ('r', 'p', 'v', 'm', 'f'))
    and exists (select from pg_class where reltype = r.oid and relkind in ('r', 'p', 'v', 'm', 'f'))`

/** What ties tables together, also where they are seen through views. */
export async function readKeys(adminUrl: string): Promise<Keys> {
  const views = await readViews(adminUrl)
  return withClient(adminUrl, async (client) => {
    const { rows } = await client.query<Name & { columns: string[] }>(primary)
    const own = new Map(rows.map((key) => [keyOf(key), key.columns]))
    for (const view of views) {
      const shown = rows.flatMap((key) => showing(view, key, key.columns)[0] ?? [])
      if (shown.length > 0) own.set(keyOf(view), shown)
    }
    return {
      primary: (table) => own.get(keyOf(table))?.toSorted(),
      foreign: (await client.query<ForeignKey>(foreign)).rows,
      computed: (await client.query<Computed>(computed)).rows,
      views,
    }
  })
}
