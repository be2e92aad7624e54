/** The name that is most like another, if it is like it at all: by Levenshtein's distance, from 0 to 1. */
export function nearest(name: string, names: string[], least: number): string | undefined {
  let [best, found] = [0, undefined as string | undefined]
  for (const each of names) {
    const score = likeness(name, each)
    if (score >= least && score > best) [best, found] = [score, each]
  }
  return found
}

function likeness(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let place = 0; place < one.length; place++) {
    const next = [place + 1]
    for (let at = 0; at < other.length; at++) {
      const swap = (row[at] ?? 0) + (one[place] === other[at] ? 0 : 1)
      next.push(Math.min(swap, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1))
    }
    row = next
  }
  return 1 - (row[other.length] ?? 0) / Math.max(one.length, other.length, 1)
}
