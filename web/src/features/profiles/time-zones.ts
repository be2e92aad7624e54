/** Where most of our people are, or call every day: in one list before the long one. */
const nearby = [
  'Asia/Riyadh',
  'Asia/Dubai',
  'Asia/Kuwait',
  'Asia/Bahrain',
  'Asia/Qatar',
  'Asia/Muscat',
  'Asia/Amman',
  'Africa/Cairo',
  'Europe/Istanbul',
  'Europe/London',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Asia/Shanghai',
]

type Zone = { value: string; label: string }

/** The zones that the browser knows, with `chosen` where it knows that by no name of its own. */
export function timeZones(chosen: string, now = new Date()): { nearby: Zone[]; all: Zone[] } {
  const known = Intl.supportedValuesOf('timeZone')
  const all = known.includes(chosen) || nearby.includes(chosen) ? known : [chosen, ...known]
  const zone = (value: string): Zone => ({ value, label: labelOf(value, now) })
  return {
    nearby: nearby.map(zone),
    all: all.filter((value) => !nearby.includes(value)).map(zone),
  }
}

// Isolated, so that the name stands whole in a line of Arabic.
const labelOf = (value: string, now: Date) =>
  `\u2066${value.replaceAll('_', ' ')} (${offsetOf(value, now)})\u2069`

function offsetOf(timeZone: string, now: Date): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'shortOffset' }).formatToParts(now)
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
}
