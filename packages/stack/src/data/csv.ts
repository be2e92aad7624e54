import { Refused } from './fault.ts'

const field = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/y

/** Reads CSV whose first line are names; NULL is none. */
export function parse(text: string): Record<string, string | null>[] {
  const [names = [], ...lines] = split(text.replace(/\r?\n$/, ''))
  return lines.map((line) => {
    if (line.length !== names.length) {
      throw new Refused(400, 'PGRST102', 'All lines must have same number of fields')
    }
    return Object.fromEntries(
      names.map((name, at) => [name, line[at] === 'NULL' ? null : (line[at] ?? null)]),
    )
  })
}

function split(text: string): string[][] {
  const lines: string[][] = [[]]
  field.lastIndex = 0
  for (;;) {
    const found = field.exec(text)
    if (!found) throw new Refused(400, 'PGRST102', 'Empty or invalid csv')
    const [, quoted, bare = '', end] = found
    lines.at(-1)?.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'))
    if (end === '') return lines
    if (end !== ',') lines.push([])
  }
}
