import { Button, Progress } from '@mantine/core'
import type { DataExport } from '@p2p/contracts'
import { IconDownload } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { dayOf, formatBytes } from '../../lib/format.ts'
import { useSentence } from '../../lib/sentence.ts'
import { Notice } from '../../ui/notice.tsx'
import { useFetchExport, useRequestExport } from './actions.ts'
import styles from './privacy.module.css'

/** A copy of one's data: asked for, on its way, to be fetched, or gone. */
export function Copy({ made }: { made: DataExport | null }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const request = useRequestExport()
  const isOnItsWay = made?.state === 'waiting' || made?.state === 'building'
  return (
    <div className={styles.body}>
      {made && isOnItsWay && <OnItsWay made={made} />}
      {made?.state === 'ready' && <Ready made={made} />}
      {made?.state === 'failed' && <Notice tone="danger">{t('privacy.copy.failed')}</Notice>}
      {made?.state === 'expired' && <p className={styles.lead}>{t('privacy.copy.expired')}</p>}
      {request.error && <Notice tone="danger">{sentence(request.error)}</Notice>}
      {!isOnItsWay && (
        <div>
          <Button
            variant={made?.state === 'ready' ? 'subtle' : 'default'}
            loading={request.isPending}
            onClick={() => request.mutate(undefined)}
          >
            {made ? t('privacy.copy.requestAgain') : t('privacy.copy.request')}
          </Button>
        </div>
      )}
    </div>
  )
}

function OnItsWay({ made: { progress } }: { made: DataExport }) {
  const { t } = useTranslation()
  return (
    <div className={styles.progress} role="status">
      <p>{t('privacy.copy.building')}</p>
      <Progress value={Math.max(progress, 3)} aria-label={t('privacy.copy.progress')} />
    </div>
  )
}

function Ready({ made }: { made: DataExport }) {
  const { t, i18n } = useTranslation()
  const sentence = useSentence()
  const fetchIt = useFetchExport()
  const facts = {
    size: formatBytes(made.bytes ?? 0, i18n.language),
    day: dayOf(made.expires_at ?? made.requested_at, i18n.language),
  }
  return (
    <div className={styles.ready} role="status">
      <div>
        <p className={styles.name}>{t('privacy.copy.ready')}</p>
        <p className={styles.facts}>{t('privacy.copy.until', facts)}</p>
      </div>
      <Button
        leftSection={<IconDownload size={18} aria-hidden="true" />}
        loading={fetchIt.isPending}
        onClick={() => fetchIt.mutate(made)}
      >
        {t('privacy.copy.fetch')}
      </Button>
      {fetchIt.error && <Notice tone="danger">{sentence(fetchIt.error)}</Notice>}
    </div>
  )
}
