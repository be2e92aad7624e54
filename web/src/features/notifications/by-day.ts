type Dated = { newest_at: string }

/** The same list in groups of one day each, in its order. `dayOf` names a time's day as the reader's clock has it. */
export function byDay<T extends Dated>(
  list: readonly T[],
  dayOf: (at: string) => string,
): { day: string; notices: T[] }[] {
  const groups: { day: string; notices: T[] }[] = []
  for (const notice of list) {
    const day = dayOf(notice.newest_at)
    const last = groups.at(-1)
    if (last?.day === day) last.notices.push(notice)
    else groups.push({ day, notices: [notice] })
  }
  return groups
}
