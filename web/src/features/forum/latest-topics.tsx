import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import styles from './latest-topics.module.css'
import { topicsQuery } from './lists/queries.ts'

/** What moved last, in all categories. Its failure is the topic list's to tell. */
export function LatestTopics() {
  const { t } = useTranslation()
  const topics = useInfiniteQuery(topicsQuery())
  const latest = topics.data?.pages[0]?.topics.slice(0, 6) ?? []
  return (
    <section className={styles.latest}>
      <h2 className={styles.title}>{t('forum.latest')}</h2>
      {topics.isPending && <Skeleton height="12rem" />}
      <ol className={styles.list}>
        {latest.map((topic) => (
          <li key={topic.id}>
            <Link to={urls.topic} params={{ topic: topic.id }} className={styles.link} dir="auto">
              {topic.title}
            </Link>
            <span className={styles.time}>
              <RelativeTime at={topic.last_post_at} />
            </span>
          </li>
        ))}
      </ol>
      {topics.isSuccess && <Link to={urls.topics}>{t('forum.allTopics')}</Link>}
    </section>
  )
}
