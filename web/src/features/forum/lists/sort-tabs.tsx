import { topicSorts } from '@p2p/contracts'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import tabs from '../../../ui/tabs.module.css'
import styles from './lists.module.css'
import type { TopicsSearch } from './search.ts'

/** The orders of a list, each an address of its own. */
export function SortTabs({ search }: { search: TopicsSearch }) {
  const { t } = useTranslation()
  return (
    <nav aria-label={t('lists.order')} className={`${tabs.tabs} ${styles.sorts}`}>
      {topicSorts.map((sort) => (
        <Link
          key={sort}
          to="."
          search={{ ...search, sort: sort === 'activity' ? undefined : sort }}
          activeOptions={{ exact: true }}
          resetScroll={false}
          className={tabs.tab}
        >
          {t(`lists.sorts.${sort}`)}
        </Link>
      ))}
    </nav>
  )
}
