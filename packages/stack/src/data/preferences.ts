const choices = {
  resolution: ['merge-duplicates', 'ignore-duplicates'],
  missing: ['default', 'null'],
  return: ['representation', 'minimal', 'headers-only'],
  count: ['exact', 'planned', 'estimated'],
  handling: ['strict', 'lenient'],
  // Known, and without effect: transactions end as the server sees fit.
  tx: ['commit', 'rollback'],
} as const

/** What a request asks for by `Prefer`, each preference as it first comes. */
export type Preferences = {
  resolution?: string
  missing?: string
  return?: string
  count?: string
  handling?: string
  timezone?: string
  maxAffected?: number
  /** Those that are none, as they were written. */
  invalid: string[]
}

export function readPreferences(header: string | null): Preferences {
  const preferences: Preferences = { invalid: [] }
  for (const word of (header ?? '').split(',').map((each) => each.trim())) {
    if (word !== '') read(word, preferences)
  }
  return preferences
}

function read(word: string, preferences: Preferences): void {
  const [, name = '', value = ''] = /^([^=]*)=?(.*)$/.exec(word) ?? []
  if (name === 'timezone') preferences.timezone ??= value
  else if (name === 'max-affected') {
    if (/^-?\d+$/.test(value)) preferences.maxAffected ??= Number(value)
  } else if (isChoice(name, value)) {
    if (name !== 'tx') preferences[name] ??= value
  } else preferences.invalid.push(word)
}

const isChoice = (name: string, value: string): name is keyof typeof choices =>
  Object.entries(choices).some(([choice, values]) => choice === name && values.some((each) => each === value))

export type Act = 'read' | 'insert' | 'upsert' | 'update' | 'delete' | 'put' | 'call'

/** Of the preferences those that made a difference, in the order PostgREST tells them. */
export function applied(preferences: Preferences, act: Act): string | undefined {
  const { maxAffected, handling } = preferences
  const writes = act !== 'read' && act !== 'call'
  const limited = act === 'update' || act === 'delete' || act === 'call'
  const told = [
    ['resolution', act === 'upsert' && preferences.resolution],
    ['missing', (act === 'insert' || act === 'upsert' || act === 'update') && preferences.missing],
    ['return', writes && preferences.return],
    ['count', preferences.count],
    ['handling', handling],
    ['timezone', preferences.timezone],
    ['max-affected', handling === 'strict' && limited && maxAffected],
  ] as const
  const words = told.flatMap(([name, value]) =>
    value === undefined || value === false ? [] : [`${name}=${value}`],
  )
  return words.length > 0 ? words.join(', ') : undefined
}
