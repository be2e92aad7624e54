import type { ListedTopic, Topic } from '@p2p/contracts'
import { IconBuilding, IconLock, IconPin } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { Avatar, fullName, nobody } from '../../ui/person.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import rows from '../../ui/row.module.css'
import { useCategoryWords } from './category-name.ts'
import listStyles from './lists/lists.module.css'
import { LevelMark, UnreadMark } from './lists/topic-standing.tsx'
import { AnsweredMark } from './votes/marks.tsx'

/** Who, what, when and state: the same places in every list of topics. */
export function TopicRow({ topic, showCategory }: { topic: ListedTopic; showCategory: boolean }) {
  const { t } = useTranslation()
  const words = useCategoryWords()
  return (
    <li className={rows.rowWithState}>
      <Avatar person={topic.author ?? nobody} />
      <div className={rows.main}>
        <h2 className={rows.title} dir="auto">
          <Link to={urls.topic} params={{ topic: topic.id }} className={rows.link}>
            {topic.title}
          </Link>
        </h2>
        <p className={rows.glance} dir="auto">
          {topic.excerpt}
        </p>
        <p className={rows.meta}>
          <UnreadMark topic={topic} />
          <bdi className={rows.first}>{topic.author ? fullName(topic.author) : t('forum.formerMember')}</bdi>
          {topic.author?.organization && <bdi>{topic.author.organization.name}</bdi>}
          {showCategory && <span>{words.name(topic.category)}</span>}
          <TopicMarks topic={topic} />
          <LevelMark level={topic.level} />
          {topic.tags.map((tag) => (
            <Link key={tag.slug} to={urls.topics} search={{ tag: tag.slug }} className={listStyles.tag}>
              <bdi>{words.name(tag)}</bdi>
            </Link>
          ))}
        </p>
      </div>
      <p className={rows.state}>
        <span className={rows.figure}>{t('forum.replyCount', { count: topic.reply_count })}</span>
        {topic.vote_count > 0 && <span>{t('lists.voteCount', { count: topic.vote_count })}</span>}
        <RelativeTime at={topic.last_post_at} />
      </p>
    </li>
  )
}

export function TopicMarks({ topic }: { topic: Topic }) {
  const { t } = useTranslation()
  return (
    <>
      <AnsweredMark topic={topic} />
      {topic.pinned_in && (
        <span className={rows.signal}>
          <IconPin size={14} aria-hidden="true" />
          {t('forum.pinned')}
        </span>
      )}
      {topic.locked_at && (
        <span className={rows.signal}>
          <IconLock size={14} aria-hidden="true" />
          {t('forum.locked')}
        </span>
      )}
      {topic.visibility === 'organization' && (
        <span className={rows.signal}>
          <IconBuilding size={14} aria-hidden="true" />
          {t('forum.ownOrganizationOnly')}
        </span>
      )}
    </>
  )
}
