import type { Category } from '@p2p/contracts'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { RelativeTime } from '../../ui/relative-time.tsx'
import rows from '../../ui/row.module.css'
import { CategoryMark } from './category-mark.tsx'
import { useCategoryWords } from './category-name.ts'

export function CategoryRow({ category }: { category: Category }) {
  const { t } = useTranslation()
  const words = useCategoryWords()
  return (
    <li className={rows.rowWithState}>
      <CategoryMark category={category} />
      <div className={rows.main}>
        <h2 className={rows.title}>
          <Link to={urls.category} params={{ category: category.slug }} className={rows.link}>
            {words.name(category)}
          </Link>
        </h2>
        <p className={rows.text}>{words.description(category)}</p>
      </div>
      <p className={rows.state}>
        <span className={rows.figure}>{t('forum.topicCount', { count: category.topic_count })}</span>
        {category.last_post_at && <RelativeTime at={category.last_post_at} />}
      </p>
    </li>
  )
}
