import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../../app/urls.ts'
import { Notice } from '../../../ui/notice.tsx'
import styles from './moderation.module.css'
import { standingQuery } from './queries.ts'

/** Whether what the reader writes for the community waits for a moderator; false while that is not known. */
export const useFirstPostsWait = (): boolean => useQuery(standingQuery).data?.posts_wait ?? false

/** Says so before one writes. */
export function WillWait() {
  const { t } = useTranslation()
  return <p className={styles.lead}>{t('moderation.willWait')}</p>
}

/** Stands where one wrote: it was kept and is not published yet. The focus comes here, for what had it is gone. */
export function PostWaits({ onMore, onClose }: { onMore?: () => void; onClose?: () => void }) {
  const { t } = useTranslation()
  const part = useRef<HTMLDivElement>(null)
  useEffect(() => part.current?.focus(), [])
  return (
    <div className={styles.form}>
      <div tabIndex={-1} ref={part}>
        <Notice tone="done" title={t('moderation.postWaits')}>
          <p>{t('moderation.postWaitsHelp')}</p>
          <p>
            <Link to={urls.standing}>{t('moderation.seeWhatWaits')}</Link>
          </p>
        </Notice>
      </div>
      <div className={styles.buttons} data-start>
        {onMore && (
          <Button variant="default" onClick={onMore}>
            {t('moderation.writeAnother')}
          </Button>
        )}
        {onClose && (
          <Button variant="subtle" onClick={onClose}>
            {t('ui.close')}
          </Button>
        )}
      </div>
    </div>
  )
}
