import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../../app/urls.ts'
import { exactTime } from '../../../lib/format.ts'
import { Notice } from '../../../ui/notice.tsx'
import { standingQuery } from './queries.ts'

/** Until when moderators have paused the reader's writing; null where they have not, or where that is not known yet. */
export const useWritingPause = (): string | null => useQuery(standingQuery).data?.suspended_until ?? null

/** Stands where one would write: why one cannot, until when, and where to appeal. */
export function WritingPaused({ until }: { until: string }) {
  const { t, i18n } = useTranslation()
  const standing = useQuery(standingQuery)
  const decision = standing.data?.decisions.find(
    (each) => each.decision === 'suspend' && each.until === until && each.outcome !== 'overturned',
  )
  return (
    <Notice tone="info" title={t('moderation.paused', { until: exactTime(until, i18n.language) })}>
      {decision && <p dir="auto">{decision.note}</p>}
      <p>
        <Link to={urls.standing}>{t('moderation.pausedMore')}</Link>
      </p>
    </Notice>
  )
}
