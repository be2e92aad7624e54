// Western digits and the Gregorian calendar in both languages: what plants in the Kingdom read on their machines.
const tags: Record<string, string> = { en: 'en-GB', ar: 'ar-SA-u-ca-gregory-nu-latn' }
const tag = (language: string) => tags[language] ?? 'en-GB'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

export const formatNumber = (value: number, language: string) =>
  new Intl.NumberFormat(tag(language)).format(value)

export const exactTime = (at: string, language: string) =>
  new Intl.DateTimeFormat(tag(language), { dateStyle: 'full', timeStyle: 'short' }).format(new Date(at))

/** Words for the distance up to a week; the date after that. A clock that is ahead of ours counts as now. */
export function relativeTime(at: string, language: string, now: number): string {
  const ago = Math.max(0, now - Date.parse(at))
  const words = new Intl.RelativeTimeFormat(tag(language), { numeric: 'auto' })
  if (ago < minute) return words.format(0, 'second')
  if (ago < hour) return words.format(-Math.floor(ago / minute), 'minute')
  if (ago < day) return words.format(-Math.floor(ago / hour), 'hour')
  if (ago < 7 * day) return words.format(-Math.floor(ago / day), 'day')
  return new Intl.DateTimeFormat(tag(language), { day: 'numeric', month: 'short', year: 'numeric' }).format(
    new Date(at),
  )
}

export const formatList = (items: readonly string[], language: string) =>
  new Intl.ListFormat(tag(language), { type: 'conjunction' }).format(items)
