import { IconPencil, IconTrash } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../../app/urls.ts'
import styles from './drafts.module.css'

/** The way to what the reader has begun, and to what they took back. */
export function OwnPlaces() {
  const { t } = useTranslation()
  return (
    <nav aria-label={t('drafts.yours')} className={styles.places}>
      <Link to={urls.drafts} className={styles.place}>
        <IconPencil size={18} stroke={1.5} aria-hidden="true" />
        {t('drafts.title')}
      </Link>
      <Link to={urls.deletedTopics} className={styles.place}>
        <IconTrash size={18} stroke={1.5} aria-hidden="true" />
        {t('acts.deletedTitle')}
      </Link>
    </nav>
  )
}
