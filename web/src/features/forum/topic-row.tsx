import type { Topic } from '@p2p/contracts'
import { IconBuilding, IconLock, IconPin } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { Avatar, fullName } from '../../ui/person.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { useCategoryWords } from './category-name.ts'
import { nobody } from './nobody.ts'
import styles from './rows.module.css'

/** Who, what, when and state: the same places in every list of topics. */
export function TopicRow({ topic, showCategory }: { topic: Topic; showCategory: boolean }) {
  const { t } = useTranslation()
  const words = useCategoryWords()
  return (
    <li className={styles.row}>
      <Avatar person={topic.author ?? nobody} />
      <div className={styles.main}>
        <h2 className={styles.title} dir="auto">
          <Link to={urls.topic} params={{ topic: topic.id }} className={styles.link}>
            {topic.title}
          </Link>
        </h2>
        <p className={styles.excerpt} dir="auto">
          {topic.excerpt}
        </p>
        <p className={styles.meta}>
          <bdi className={styles.author}>
            {topic.author ? fullName(topic.author) : t('forum.formerMember')}
          </bdi>
          {topic.author?.organization && <bdi>{topic.author.organization.name}</bdi>}
          {showCategory && <span>{words.name(topic.category)}</span>}
          <TopicMarks topic={topic} />
        </p>
      </div>
      <p className={styles.state}>
        <span className={styles.figure}>{t('forum.replyCount', { count: topic.reply_count })}</span>
        <RelativeTime at={topic.last_post_at} />
      </p>
    </li>
  )
}

export function TopicMarks({ topic }: { topic: Topic }) {
  const { t } = useTranslation()
  return (
    <>
      {topic.pinned_at && (
        <span className={styles.mark}>
          <IconPin size={14} aria-hidden="true" />
          {t('forum.pinned')}
        </span>
      )}
      {topic.locked_at && (
        <span className={styles.mark}>
          <IconLock size={14} aria-hidden="true" />
          {t('forum.locked')}
        </span>
      )}
      {topic.visibility === 'organization' && (
        <span className={styles.mark}>
          <IconBuilding size={14} aria-hidden="true" />
          {t('forum.ownOrganizationOnly')}
        </span>
      )}
    </>
  )
}
