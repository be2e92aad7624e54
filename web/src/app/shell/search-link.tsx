import { IconSearch } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../urls.ts'
import styles from './search-link.module.css'

/** The way to the search on a phone, whose bar below is full. */
export function SearchLink() {
  const { t } = useTranslation()
  return (
    <Link to={urls.search} className={styles.link} aria-label={t('search.title')}>
      <IconSearch size={20} stroke={1.5} aria-hidden="true" />
    </Link>
  )
}
