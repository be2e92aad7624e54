import type { FoundTopic } from '@p2p/contracts'
import { IconBuilding, IconCircleCheck } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { Avatar, fullName, nobody } from '../../ui/person.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import rows from '../../ui/row.module.css'
import { MarkedText } from './marked-text.tsx'

/** A topic and what it says to the question; leads to the post that says it. */
export function FoundTopicRow({ found: { topic, title, post } }: { found: FoundTopic }) {
  const { t, i18n } = useTranslation()
  const category = i18n.language === 'ar' ? topic.category.name_ar : topic.category.name_en
  return (
    <li className={rows.row}>
      <Avatar person={post.author ?? nobody} />
      <div className={rows.main}>
        <h2 className={rows.title} dir="auto">
          <Link
            to={urls.topic}
            params={{ topic: topic.id }}
            {...(post.number > 1 && { hash: `post-${post.id}` })}
            className={rows.link}
          >
            <MarkedText pieces={title} />
          </Link>
        </h2>
        <p className={rows.passage} dir="auto">
          <MarkedText pieces={post.excerpt} />
        </p>
        <p className={rows.meta}>
          <bdi>{post.author ? fullName(post.author) : t('forum.formerMember')}</bdi>
          <span>{category}</span>
          <RelativeTime at={post.created_at} />
          {topic.answer_id && (
            <span className={rows.mark}>
              <IconCircleCheck size={14} aria-hidden="true" />
              {t('search.answered')}
            </span>
          )}
          {topic.visibility === 'organization' && (
            <span className={rows.mark}>
              <IconBuilding size={14} aria-hidden="true" />
              {t('forum.ownOrganizationOnly')}
            </span>
          )}
        </p>
      </div>
    </li>
  )
}
