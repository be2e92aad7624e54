import { StorageFault } from '../fault.ts'

const words = /^(all|noindex|nofollow|none|nosnippet|indexifembedded|notranslate|noimageindex)$/
const isInteger = (value: string) => /^-?\d+$/.test(value) && Number(value) >= -1

/** The rules that take a value, and whether it is one. */
const valued: Record<string, (value: string) => boolean> = {
  'max-snippet': isInteger,
  'max-video-preview': isInteger,
  'max-image-preview': (value) => /^(none|standard|large)$/.test(value),
  unavailable_after: (value) => !Number.isNaN(Date.parse(value)),
}

/** Refuses what no crawler would understand: the header is given back with the object. */
export function mustBeRobotsTag(tag: string): void {
  // A date has a comma of its own; nothing else has.
  const rules = tag.replace(/(unavailable_after:\s*\w{3,9}),/g, '$1').split(',')
  for (const rule of rules.map((one) => one.trim())) {
    const [, name = '', rest = ''] = /^([^:]+):\s*(.*)$/.exec(rule) ?? []
    const isRule = words.test(rule) || (valued[name] ? valued[name](rest) : name !== '' && rest !== '')
    if (!isRule) throw invalid(`Invalid X-Robots-Tag rule: "${rule}"`)
    // The name of a crawler, and then its rules.
    if (name && !valued[name]) mustBeRobotsTag(rest)
  }
}

const invalid = (reason: string) =>
  new StorageFault(400, 'InvalidRequest', `Invalid X-Robots-Tag header: ${reason}`, {
    error: 'invalid_x_robots_tag',
  })
