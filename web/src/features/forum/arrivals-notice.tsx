import { IconArrowDown } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import styles from './arrivals-notice.module.css'

/** Says quietly that something new is out of sight. */
export function ArrivalsNotice({ count, onShow }: { count: number; onShow: () => void }) {
  const { t } = useTranslation()
  return (
    <div role="status" className={styles.notice}>
      {count > 0 && (
        <button type="button" className={styles.button} onClick={onShow}>
          <IconArrowDown size={16} aria-hidden="true" />
          {t('forum.newReplies', { count })}
        </button>
      )}
    </div>
  )
}
