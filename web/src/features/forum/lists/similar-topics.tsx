import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../../app/urls.ts'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import { AnsweredMark } from '../votes/marks.tsx'
import styles from './lists.module.css'
import { similarQuery } from './queries.ts'

const pause = 300

/** Topics like the one whose title is being typed, a moment after the last key; nothing where there are none. */
export function SimilarTopics({ title, category }: { title: string; category: string }) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState(title.trim())
  useEffect(() => {
    const timer = setTimeout(() => setAsked(title.trim()), pause)
    return () => clearTimeout(timer)
  }, [title])
  // It helps where it can: that it could not be asked is nothing to bother a writer with.
  const { data } = useQuery(similarQuery(asked, category))
  const similar = asked.length > 0 ? (data ?? []) : []
  return (
    <div role="status" className={styles.similarPlace}>
      {similar.length > 0 && (
        <section className={styles.similar}>
          <h2>{t('lists.similar')}</h2>
          <ul>
            {similar.map((topic) => (
              <li key={topic.id}>
                {/* In a tab of its own: what is being written stays where it is. */}
                <Link to={urls.topic} params={{ topic: topic.id }} target="_blank" dir="auto">
                  {topic.title}
                </Link>
                <span className={styles.facts}>
                  {t('forum.replyCount', { count: topic.reply_count })} ·{' '}
                  <RelativeTime at={topic.last_post_at} />
                </span>
                <AnsweredMark topic={topic} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}
