import type { Category } from '@p2p/contracts'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { CategoryIcon } from './category-icon.tsx'
import { useCategoryWords } from './category-name.ts'
import styles from './rows.module.css'

export function CategoryRow({ category }: { category: Category }) {
  const { t } = useTranslation()
  const words = useCategoryWords()
  return (
    <li className={styles.row}>
      <span className={styles.icon}>
        <CategoryIcon name={category.icon} size={22} />
      </span>
      <div className={styles.main}>
        <h2 className={styles.title}>
          <Link to={urls.category} params={{ category: category.slug }} className={styles.link}>
            {words.name(category)}
          </Link>
        </h2>
        <p className={styles.text}>{words.description(category)}</p>
      </div>
      <p className={styles.state}>
        <span className={styles.figure}>{t('forum.topicCount', { count: category.topic_count })}</span>
        {category.last_post_at && <RelativeTime at={category.last_post_at} />}
      </p>
    </li>
  )
}
