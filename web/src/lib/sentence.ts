import { Refusal } from '@p2p/client'
import type { FieldError } from 'react-hook-form'
import { useTranslation } from 'react-i18next'

export const refusalOf = (error: unknown): Refusal | null => (error instanceof Refusal ? error : null)

/** What to tell a person about an error, in the page's language. */
export function useSentence() {
  const { t, i18n } = useTranslation()
  return (error: unknown): string => {
    if (!navigator.onLine) return t('errors.offline')
    const refusal = refusalOf(error)
    if (refusal?.code === 'rate_limited' && refusal.retryAfter) {
      return t('errors.rate_limited_for', { count: Math.ceil(refusal.retryAfter / 60) })
    }
    const unexplained = !refusal || refusal.code === 'internal' || !i18n.exists(`errors.${refusal.code}`)
    if (!unexplained) return t(`errors.${refusal.code}`)
    return refusal?.requestId ? t('errors.unknown_with_id', { id: refusal.requestId }) : t('errors.internal')
  }
}

/** The sentence for a form field: the message is its code. */
export function useFieldError() {
  const { t, i18n } = useTranslation()
  return (error: FieldError | undefined): string | null => {
    if (!error) return null
    const key = `errors.${error.message ?? ''}`
    return i18n.exists(key) ? String(t(key as 'errors.invalid_input')) : t('errors.invalid_input')
  }
}
