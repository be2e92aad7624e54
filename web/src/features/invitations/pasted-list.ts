import { Email } from '@p2p/contracts'
import { addressParser } from 'postal-mime'

/** One address of a pasted list, or what stands where one should be. */
export type PastedEntry = {
  /** The line it stands in, from 1. */
  line: number
  text: string
  email: string | null
  name: string | null
  fault: 'invalid' | 'duplicate' | null
}

type Found = { name: string; address: string }

/**
 * Reads what people paste: a line each, or several in one with commas or semicolons; `a@b.com`, `Name <a@b.com>`, and
 * rows of a spreadsheet with the name in a cell beside the address.
 */
export function readPastedList(text: string): PastedEntry[] {
  const seen = new Set<string>()
  return text
    .split(/\r?\n/)
    .flatMap((words, index) =>
      words.trim() === '' ? [] : foundIn(words).map((found) => judge(found, index + 1, words.trim(), seen)),
    )
}

function foundIn(line: string): Found[] {
  const cells = line.split('\t').map((cell) => cell.trim())
  // Two addresses in two cells are two; otherwise the cells belong together.
  const parts = cells.filter((cell) => cell.includes('@')).length > 1 ? cells : [cells.join(' ')]
  return namedByNeighbour(parts.flatMap((part) => addressParser(part, { flatten: true })))
}

/** `Name, a@b.com` comes out as a name without an address, then an address without a name. */
function namedByNeighbour(found: { name?: string | undefined; address?: string | undefined }[]): Found[] {
  const result: Found[] = []
  let before = ''
  for (const { name = '', address = '' } of found) {
    if (address === '' && !name.includes('@')) {
      before = [before, name].filter(Boolean).join(' ')
      continue
    }
    result.push({ name: name || before, address: address || name })
    before = ''
  }
  return result.length === 0 ? [{ name: before, address: '' }] : result
}

function judge(found: Found, line: number, text: string, seen: Set<string>): PastedEntry {
  const parsed = Email.safeParse(found.address)
  if (!parsed.success) return { line, text, email: null, name: null, fault: 'invalid' }
  const email = parsed.data
  const fault = seen.has(email) ? 'duplicate' : null
  seen.add(email)
  const name = found.name.trim()
  return { line, text, email, name: name !== '' && name !== found.address ? name : null, fault }
}
