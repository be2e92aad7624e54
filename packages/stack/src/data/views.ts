import { withClient } from '../sql.ts'
import type { Name } from './sql-text.ts'

type Origin = { schema: string; table: string; column: string }
/** A view with the columns of tables that it shows, each under a name of its own. */
export type View = Name & { columns: Map<string, Origin> }

const rules = `
  select n.nspname as schema, c.relname as name, c.oid, r.ev_action::text as rule
  from pg_rewrite r
  join pg_class c on c.oid = r.ev_class
  join pg_namespace n on n.oid = c.relnamespace
  where r.rulename = '_RETURN' and n.nspname not in ('pg_catalog', 'information_schema')`
const attributes = `
  select c.oid, a.attnum, n.nspname as schema, c.relname as table, a.attname as column
  from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  where a.attnum > 0 and c.relkind in ('r', 'p', 'f', 'v', 'm') and n.nspname <> 'information_schema'`

/** Views upon views; more, and they go in a circle. */
const deepest = 50

type Rule = { schema: string; name: string; oid: number; rule: string }
type Attribute = Origin & { oid: number; attnum: number }

/**
 * Of each view's columns the one of a table that it shows. Postgres keeps that with the parsed query, where it holds
 * through joins and subqueries; reading the view's text, it would hold for the plainest alone.
 */
export async function readViews(adminUrl: string): Promise<View[]> {
  const [views, columns] = await withClient(adminUrl, async (client) => {
    const { rows } = await client.query<Rule>(rules)
    return [rows, (await client.query<Attribute>(attributes)).rows] as const
  })
  const place = (oid: number, attnum: number) => `${oid}.${attnum}`
  const named = new Map(columns.map((each) => [place(each.oid, each.attnum), each]))
  const shown = new Map<string, string>()
  for (const { oid, rule } of views) {
    for (const { resno, table, column } of targets(rule)) shown.set(place(oid, resno), place(table, column))
  }
  const origin = (at: string, hops = 0): Origin | undefined => {
    const next = shown.get(at)
    if (next === undefined || next === at || hops > deepest) return named.get(at)
    return origin(next, hops + 1)
  }
  return views.map(({ schema, name, oid, rule }) => ({
    schema,
    name,
    columns: new Map(
      targets(rule).flatMap(({ resno, table, column }): [string, Origin][] => {
        const [own, from] = [named.get(place(oid, resno)), origin(place(table, column))]
        return own && from ? [[own.column, from]] : []
      }),
    ),
  }))
}

const entry =
  /:resno (\d+) :resname \S+ :ressortgroupref \d+ :resorigtbl (\d+) :resorigcol (\d+) :resjunk false\}/g

/** The entries of the outermost query's list, those with a column behind them. */
function targets(rule: string): { resno: number; table: number; column: number }[] {
  const list = outermostList(rule)
  return Array.from(list.matchAll(entry), ([, resno, table, column]) => ({
    resno: Number(resno),
    table: Number(table),
    column: Number(column),
  })).filter(({ table }) => table !== 0)
}

/** What follows `:targetList` at the first level of braces, without what is nested in its entries. */
function outermostList(rule: string): string {
  let [depth, inList, list] = [0, false, '']
  for (let at = 0; at < rule.length; at++) {
    const letter = rule[at]
    if (letter === '\\') at++
    else if (letter === '{') depth++
    else if (letter === '}') depth--
    else if (letter === ':' && depth === 1) inList = rule.startsWith(':targetList ', at)
    if (inList && (depth === 2 || (depth === 1 && letter === '}'))) list += letter
  }
  return list
}

/** Under which names a view shows all of these columns of a table: once, or more often, or not at all. */
export function showing(view: View, table: Name, columns: string[]): string[][] {
  return columns.reduce<string[][]>(
    (found, column) => {
      const names = [...view.columns].filter(
        ([, from]) => from.schema === table.schema && from.table === table.name && from.column === column,
      )
      return found.flatMap((before) => names.map(([name]) => [...before, name]))
    },
    [[]],
  )
}
