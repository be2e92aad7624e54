/** A name as SQL has it, whatever is in it. */
export const ident = (name: string) => `"${name.replaceAll('"', '""')}"`

export const literal = (text: string) => {
  const quoted = `'${text.replaceAll("'", "''")}'`
  return text.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted
}

/** A relation or a function. */
export type Name = { schema: string; name: string }

export const qualified = ({ schema, name }: Name) =>
  schema === '' ? ident(name) : `${ident(schema)}.${ident(name)}`
export const isSame = (one: Name, other: Name) => one.schema === other.schema && one.name === other.name
export const keyOf = ({ schema, name }: Name) => `${ident(schema)}.${ident(name)}`

/** The values of a statement, which never become part of its text. */
export class Parameters {
  readonly values: unknown[] = []
  /** Where the value stands: `$3`. */
  add(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }
}
