import { faults } from '../fault.ts'
import type { Range } from '../files.ts'
import type { Metadata } from './rows.ts'

/** Whether the caller has it already: by its tag, or else by its time, as HTTP weighs them. */
export function isUnchanged(headers: Headers, { eTag, lastModified }: Metadata): boolean {
  const tags = headers.get('if-none-match')
  if (tags !== null) {
    return tags.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === eTag)
  }
  const since = Date.parse(headers.get('if-modified-since') ?? '')
  // The header has seconds.
  return !Number.isNaN(since) && Math.floor(lastModified.getTime() / 1000) * 1000 <= since
}

/** The one range that is asked for; nothing where none is. */
export function rangeOf(header: string | undefined, size: number): Range | undefined {
  if (!header) return undefined
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? []
  if ((from === '' && to === '') || size === 0) throw faults.invalidRange()
  const start = from === '' ? Math.max(size - Number(to), 0) : Number(from)
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (start > end || (from === '' && Number(to) === 0)) throw faults.invalidRange()
  return { start, end }
}
