import type { Judgement, ModerationCase } from '@p2p/contracts'
import { useTranslation } from 'react-i18next'
import { exactTime } from '../../../lib/format.ts'
import { fullName } from '../../../ui/person.tsx'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import styles from './moderation.module.css'

type Props = {
  judged: Pick<ModerationCase, 'note' | 'until' | 'decided_at' | 'appeal' | 'outcome' | 'review_note'> &
    Pick<Judgement, 'decision'> &
    Partial<Pick<ModerationCase, 'decided_by' | 'reviewed_by'>>
  level: 'author' | 'moderator'
}

/** What was decided, what was said against it, and what came of that. */
export function Judged({ judged, level }: Props) {
  const { t, i18n } = useTranslation()
  const { decision, note, until, decided_at, appeal, outcome, review_note, decided_by, reviewed_by } = judged
  return (
    <div className={styles.part}>
      <h2>{t(`moderation.decisions.${decision}`)}</h2>
      <p className={styles.meta}>
        {decided_at && <RelativeTime at={decided_at} />}
        {decided_by && <bdi>{fullName(decided_by)}</bdi>}
        {until && <span>{t('moderation.until', { until: exactTime(until, i18n.language) })}</span>}
      </p>
      {note && (
        <p className={styles.said} dir="auto">
          {note}
        </p>
      )}
      {appeal && (
        <>
          <h3>{t(level === 'author' ? 'moderation.yourAppeal' : 'moderation.theirAppeal')}</h3>
          <p className={styles.said} dir="auto">
            {appeal}
          </p>
        </>
      )}
      {outcome && (
        <>
          <h3>{t(`moderation.outcomes.${outcome}`)}</h3>
          {reviewed_by && (
            <p className={styles.meta}>
              <bdi>{fullName(reviewed_by)}</bdi>
            </p>
          )}
          {review_note && (
            <p className={styles.said} dir="auto">
              {review_note}
            </p>
          )}
        </>
      )}
    </div>
  )
}
