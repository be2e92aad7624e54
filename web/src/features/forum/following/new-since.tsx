import { useTranslation } from 'react-i18next'
import styles from './following.module.css'

/** Stands before the first post that came after the reader's last visit. */
export function NewSince() {
  const { t } = useTranslation()
  return (
    <p className={styles.newSince}>
      <span>{t('lists.newSince')}</span>
    </p>
  )
}
