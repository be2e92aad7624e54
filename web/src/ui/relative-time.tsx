import { useTranslation } from 'react-i18next'
import { exactTime, relativeTime } from '../lib/format.ts'
import { useNow } from '../lib/now.ts'

/** "3 hours ago", exact on hover; keeps itself true as time passes. */
export function RelativeTime({ at }: { at: string }) {
  const { i18n } = useTranslation()
  const now = useNow()
  return (
    <time dateTime={at} title={exactTime(at, i18n.language)}>
      {relativeTime(at, i18n.language, now)}
    </time>
  )
}
