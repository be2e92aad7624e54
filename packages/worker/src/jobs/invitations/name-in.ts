import type { Locale } from '@p2p/contracts'

type Names = Record<'first_name' | 'last_name' | 'first_name_ar' | 'last_name_ar', string | null>

/** A person's name in the script of the language, where they wrote it in that; null for somebody who is gone. */
export function nameIn(locale: Locale, names: Names): string | null {
  const arabic = [names.first_name_ar, names.last_name_ar]
  const given = locale === 'ar' && arabic.every(Boolean) ? arabic : [names.first_name, names.last_name]
  return given.every(Boolean) ? given.join(' ') : null
}
