import { type Payload, readPayload } from './body.ts'
import type { Arguments } from './call-sql.ts'
import type { Catalogue } from './catalogue.ts'
import { Refused } from './fault.ts'
import { nearest } from './nearest.ts'
import type { Query } from './query.ts'
import type { Parameter, Routine } from './routines.ts'
import type { Name } from './sql-text.ts'

/** Types of a body that is no JSON, and which type a function takes each as. */
const wholes: Record<string, string> = {
  'text/plain': 'text',
  'text/xml': 'xml',
  'application/octet-stream': 'bytea',
}

export type Invocation = { routine: Routine; given: Arguments }

/** Finds the function that is meant by a name and what it is called with. */
export function invocation(
  name: Name,
  query: Query,
  isQuery: boolean,
  type: string,
  body: Uint8Array,
  catalogue: Catalogue,
): Invocation {
  const all = catalogue.routines(name)
  const kind = type.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const whole = isQuery ? undefined : wholes[kind]
  if (whole !== undefined) {
    const routine = all.find(({ parameters }) => takesWhole(parameters, [whole]))
    if (!routine) throw unknownWhole(name, whole)
    const value = whole === 'bytea' ? body : Buffer.from(body).toString()
    return { routine, given: { kind: 'whole', value } }
  }
  const text = Buffer.from(body).toString()
  const form = kind === 'application/x-www-form-urlencoded' ? valuesOf(new URLSearchParams(text)) : undefined
  const values = form ?? query.args
  const given = isQuery || form ? undefined : readArguments(type, text, query.columns)
  const names = given?.names ?? [...values.keys()]
  const found = all.filter(({ parameters }) => takes(parameters, names))
  const [routine] = found
  if (found.length > 1) throw several(found)
  if (routine) {
    return { routine, given: given ? { kind: 'json', ...given } : { kind: 'query', values } }
  }
  const singles = isQuery ? [] : all.filter(({ parameters }) => takesWhole(parameters, ['json', 'jsonb']))
  if (singles.length > 1) throw several(singles)
  const [single] = singles
  if (single && given && kind !== 'text/csv')
    return { routine: single, given: { kind: 'whole', value: text } }
  throw unknown(name, names, all, catalogue, !isQuery && kind !== 'text/csv')
}

/** Without a body a function is called without arguments; a body that is no object is one for a function of it whole. */
function readArguments(type: string, text: string, columns: string[] | undefined): Payload {
  if (text.trim() === '') return { text: '[]', names: [], count: 0 }
  try {
    return readPayload(type, text, columns)
  } catch (error) {
    const isJson = error instanceof Refused && error.message === 'All object keys must match'
    if (!isJson) throw error
    const first: unknown = [JSON.parse(text)].flat()[0]
    const names = typeof first === 'object' && first !== null ? Object.keys(first) : []
    return { text: /^\s*\[/.test(text) ? text : '[]', names, count: 1 }
  }
}

function valuesOf(form: URLSearchParams): Map<string, string[]> {
  return new Map([...new Set(form.keys())].map((name) => [name, form.getAll(name)]))
}

const takesWhole = ([only, ...others]: Parameter[], types: string[]) =>
  only?.name === '' && others.length === 0 && types.includes(only.type)

const takes = (parameters: Parameter[], names: string[]) =>
  names.every((name) => name !== '' && parameters.some((each) => each.name === name)) &&
  parameters.every(({ name, isRequired, isVariadic }) => !isRequired || isVariadic || names.includes(name))

function several(found: Routine[]) {
  const list = found.map(({ schema, name, parameters }) => {
    const types = parameters.map((each) => `${each.name} => ${each.type}`).join(', ')
    return `${schema}.${name}(${types})`
  })
  return new Refused(
    300,
    'PGRST203',
    `Could not choose the best candidate function between: ${list.join(', ')}`,
    null,
    'Try renaming the parameters or the function itself in the database so function overloading can be resolved',
  )
}

function unknownWhole({ schema, name }: Name, type: string) {
  const called = `${schema}.${name}`
  return new Refused(
    404,
    'PGRST202',
    `Could not find the function ${called} in the schema cache`,
    `Searched for the function ${called} with a single unnamed ${type} parameter, but no matches were found in the schema cache.`,
  )
}

function unknown(
  { schema, name }: Name,
  names: string[],
  all: Routine[],
  catalogue: Catalogue,
  mayBeWhole: boolean,
) {
  const called = `${schema}.${name}`
  const sorted = names.toSorted()
  const list = sorted.join(', ')
  const told = sorted.length === 0 ? ' without parameters' : `(${list})`
  const searched =
    sorted.length === 0 ? ' without parameters' : ` with parameter${sorted.length > 1 ? 's' : ''} ${list}`
  const whole = mayBeWhole ? ' or with a single unnamed json/jsonb parameter' : ''
  return new Refused(
    404,
    'PGRST202',
    `Could not find the function ${called}${told} in the schema cache`,
    `Searched for the function ${called}${searched}${whole}, but no matches were found in the schema cache.`,
    suggestion({ schema, name }, list, all, catalogue),
  )
}

function suggestion(
  { schema, name }: Name,
  list: string,
  all: Routine[],
  catalogue: Catalogue,
): string | null {
  const meant = (what: string) => `Perhaps you meant to call the function ${schema}.${what}`
  if (all.length === 0) {
    const other = nearest(name, catalogue.routineNames(schema), 0.75)
    return other === undefined ? null : meant(other)
  }
  const signatures = all.map(({ parameters }) => `(${parameters.map((each) => each.name).join(', ')})`)
  const other = nearest(`(${list})`, signatures, 0.33)
  return other === undefined ? null : meant(`${name}${other}`)
}
