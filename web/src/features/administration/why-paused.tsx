import { whyPaused } from '@p2p/client'
import type { Pause } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { supabase } from '../../lib/supabase.ts'
import { Notice } from '../../ui/notice.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import styles from './why-paused.module.css'

/** What the platform decided that keeps one from acting; null where it was one's own company, or is not known yet. */
export function useWhyPaused(): Pause | null {
  const { data } = useQuery({ queryKey: ['administration', 'pause'], queryFn: () => whyPaused(supabase) })
  return data ?? null
}

/** The platform's own words. */
export function WhyPaused({ pause }: { pause: Pause }) {
  const { t } = useTranslation()
  return (
    <div className={styles.pause}>
      <Notice tone="info" title={t('administration.pauseReason')}>
        <p dir="auto">{pause.reason}</p>
        <p>
          <RelativeTime at={pause.decided_at} />
        </p>
      </Notice>
    </div>
  )
}
