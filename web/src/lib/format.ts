// Western digits and the Gregorian calendar in both languages: what plants in the Kingdom read on their machines.
const tags: Record<string, string> = { en: 'en-GB', ar: 'ar-SA-u-ca-gregory-nu-latn' }
const tag = (language: string) => tags[language] ?? 'en-GB'

// Where somebody is signed in it is theirs; else the device's.
let timeZone: string | undefined

/** Has times shown as the clocks of a zone say them; a zone that the browser does not know changes nothing. */
export function showTimesIn(zone: string | undefined): void {
  timeZone = zone && isKnown(zone) ? zone : undefined
}

function isKnown(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }))
  } catch {
    return false
  }
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

export const formatNumber = (value: number, language: string) =>
  new Intl.NumberFormat(tag(language)).format(value)

/** Of a number from 0 to 1, whole: "42%". */
export const formatPercent = (share: number, language: string) =>
  new Intl.NumberFormat(tag(language), { style: 'percent' }).format(share)

/** A day without its hour. */
export const dayOf = (at: string, language: string) =>
  new Intl.DateTimeFormat(tag(language), { dateStyle: 'long', timeZone }).format(new Date(at))

export const exactTime = (at: string, language: string) =>
  new Intl.DateTimeFormat(tag(language), { dateStyle: 'full', timeStyle: 'short', timeZone }).format(
    new Date(at),
  )

/** A day without a time, `2026-12-31`. */
export const exactDate = (day: string, language: string) =>
  new Intl.DateTimeFormat(tag(language), { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(day))

/** Words for the distance up to a week; the date after that. A clock that is ahead of ours counts as now. */
export function relativeTime(at: string, language: string, now: number): string {
  const ago = Math.max(0, now - Date.parse(at))
  const words = new Intl.RelativeTimeFormat(tag(language), { numeric: 'auto' })
  if (ago < minute) return words.format(0, 'second')
  if (ago < hour) return words.format(-Math.floor(ago / minute), 'minute')
  if (ago < day) return words.format(-Math.floor(ago / hour), 'hour')
  if (ago < 7 * day) return words.format(-Math.floor(ago / day), 'day')
  const date = { day: 'numeric', month: 'short', year: 'numeric', timeZone } as const
  return new Intl.DateTimeFormat(tag(language), date).format(new Date(at))
}

export const formatList = (items: readonly string[], language: string) =>
  new Intl.ListFormat(tag(language), { type: 'conjunction' }).format(items)

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** In the largest unit of 1,000 that leaves at least one: "3.4 MB". */
export function formatBytes(bytes: number, language: string): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1)
  return new Intl.NumberFormat(tag(language), {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  }).format(bytes / 1000 ** power)
}

/** An hour of the day, 0 to 23. */
export const hourOf = (hour: number, language: string) =>
  new Intl.DateTimeFormat(tag(language), { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' }).format(
    Date.UTC(2026, 0, 1, hour),
  )

/** The name of a day of the week, 0 (Sunday) to 6. */
export const weekdayOf = (weekday: number, language: string) =>
  new Intl.DateTimeFormat(tag(language), { weekday: 'long', timeZone: 'UTC' }).format(
    // The fourth of January 2026 is a Sunday.
    Date.UTC(2026, 0, 4 + weekday),
  )
