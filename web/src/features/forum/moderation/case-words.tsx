import { type CaseCard, reportReasons } from '@p2p/contracts'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../../lib/format.ts'

/** What brought a post before moderators: reasons with their number, and words that were found. */
export function CaseReasons({ shown }: { shown: Pick<CaseCard, 'reasons' | 'found'> }) {
  const { t, i18n } = useTranslation()
  return (
    <>
      {reportReasons
        .filter((reason) => shown.reasons[reason])
        .map((reason) => (
          <span key={reason}>
            {t(`moderation.reasons.${reason}`)} × {formatNumber(shown.reasons[reason] ?? 0, i18n.language)}
          </span>
        ))}
      {shown.found.map((word) => (
        <span key={word}>
          {t('moderation.foundWord')} <bdi>{word}</bdi>
        </span>
      ))}
    </>
  )
}
