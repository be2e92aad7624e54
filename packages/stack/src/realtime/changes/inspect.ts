/** As Elixir writes a tuple: `{"id", "eq", "1", false}`. */
export class Tuple {
  readonly items: unknown[]
  constructor(items: unknown[]) {
    this.items = items
  }
}

/** A JSON value as Elixir's `inspect` writes it, which is how hosted Realtime quotes to a client what it asked for. */
export function inspect(value: unknown): string {
  if (value === null || value === undefined) return 'nil'
  if (typeof value === 'string') return quoted(value)
  if (value instanceof Tuple) return `{${value.items.map(inspect).join(', ')}}`
  if (Array.isArray(value)) return `[${value.map(inspect).join(', ')}]`
  if (typeof value === 'object') {
    const names = Object.keys(value).toSorted()
    const entries = names.map((name) => `${quoted(name)} => ${inspect(Reflect.get(value, name))}`)
    return `%{${entries.join(', ')}}`
  }
  return JSON.stringify(value)
}

/** The same, one item a line where a list does not fit on one of 80 characters. */
export function inspectPretty(list: unknown[] | null): string {
  const flat = inspect(list)
  if (list === null || flat.length <= 80) return flat
  return `[\n${list.map((item) => `  ${inspect(item)}`).join(',\n')}\n]`
}

const escapes = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

const quoted = (text: string) => {
  const safe = text.replace(/["\\\n\r\t]|#(?=\{)/g, (found) => escapes.get(found) ?? `\\${found}`)
  return `"${safe}"`
}
