import { IconWifiOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useOnline } from '../../lib/online.ts'
import styles from './offline-notice.module.css'

/** Says what still works. */
export function OfflineNotice() {
  const { t } = useTranslation()
  const online = useOnline()
  return (
    <div role="status">
      {!online && (
        <p className={styles.notice}>
          <IconWifiOff size={18} aria-hidden="true" />
          {t('app.offline')}
        </p>
      )}
    </div>
  )
}
