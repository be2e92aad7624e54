import { badRange, type Node } from './plan.ts'

/** Puts the rows of `Range: 0-9` on what is read; together with a limit what is in both. */
export function applyRange(node: Node, header: string | null): void {
  const [, from, to] = /^(\d+)-(\d*)$/.exec(header ?? '') ?? []
  if (from === undefined) return
  const lower = Number(from)
  const upper = to === '' || to === undefined ? Number.POSITIVE_INFINITY : Number(to)
  if (lower > upper) {
    throw badRange(
      'The lower boundary must be lower than or equal to the upper boundary in the Range header.',
    )
  }
  const start = Math.max(node.offset ?? 0, lower)
  const end = Math.min(upper + 1, (node.offset ?? 0) + (node.limit ?? Number.POSITIVE_INFINITY))
  node.offset = start
  if (Number.isFinite(end)) node.limit = Math.max(end - start, 0)
}

/** `0-24/25`: which rows these are, of how many where that is known. */
export function contentRange(lower: number, upper: number, total: number | undefined): string {
  const rows = total !== 0 && lower <= upper ? `${lower}-${upper}` : '*'
  return `${rows}/${total ?? '*'}`
}

export function rangeStatus(lower: number, page: number, total: number | undefined): number {
  if (total === undefined) return 200
  if (lower > total) return 416
  return page < total ? 206 : 200
}
