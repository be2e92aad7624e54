import type { Parameter, Routine } from './routines.ts'
import { ident, type Parameters, qualified } from './sql-text.ts'

/** What a function is called with. */
export type Arguments =
  | { kind: 'json'; text: string; names: string[] }
  | { kind: 'query'; values: Map<string, string[]> }
  | { kind: 'whole'; value: string | Uint8Array }

/** The rows a function gives; those of one value in a column `pgrst_scalar`. */
export function callSql(
  routine: Routine,
  given: Arguments,
  returned: string,
  parameters: Parameters,
): string {
  const { from, list } = called(routine, given, parameters)
  const call = `${qualified(routine)}(${list})`
  const lateral = from === '' ? '' : 'lateral '
  return routine.returns === 'rows'
    ? `select ${returned} from ${from}${lateral}${call} as pgrst_call`
    : `select pgrst_call.pgrst_scalar from ${from}${lateral}(select ${call} as pgrst_scalar) as pgrst_call`
}

function called(
  { parameters: all }: Routine,
  given: Arguments,
  parameters: Parameters,
): { from: string; list: string } {
  if (given.kind === 'whole') {
    return { from: '', list: `${parameters.add(given.value)}::${all[0]?.type}` }
  }
  const names = given.kind === 'json' ? given.names : [...given.values.keys()]
  const used = all.filter(({ name }) => names.includes(name))
  if (given.kind === 'query') {
    const list = used.map((parameter) =>
      named(parameter, asGiven(parameter, given.values.get(parameter.name) ?? [], parameters)),
    )
    return { from: '', list: list.join(', ') }
  }
  if (used.length === 0) return { from: '', list: '' }
  const types = used.map(({ name, type }) => `${ident(name)} ${type}`).join(', ')
  const from = `(select * from json_to_recordset(${parameters.add(given.text)}::json) as pgrst_args(${types}) limit 1) as pgrst_body, `
  return {
    from,
    list: used.map((parameter) => named(parameter, `pgrst_body.${ident(parameter.name)}`)).join(', '),
  }
}

const named = ({ name, isVariadic }: Parameter, value: string) =>
  `${isVariadic ? 'variadic ' : ''}${ident(name)} := ${value}`

/** In a query an argument that comes again is a list where the function takes one, and else the last that counts. */
const asGiven = ({ type, isVariadic }: Parameter, values: string[], parameters: Parameters) =>
  `${parameters.add(isVariadic ? values : values.at(-1))}::${type}`
