import type { Topic } from '@p2p/contracts'
import { IconCornerUpLeft } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { fullName, nobody, PersonName } from '../../ui/person.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import styles from './post-head.module.css'
import { goToPost } from './post-place.ts'
import { EditedMark } from './thread/history-dialog.tsx'
import type { Row } from './thread.ts'
import { AnswerMark, ReputationMark } from './votes/marks.tsx'

/** Who, from where, when; and deep in a thread, whom it answers. */
export function PostHead({ row: { post, depth, parent }, topic }: { row: Row; topic: Topic }) {
  const { t } = useTranslation()
  const author = post.author
  const opener = author !== null && author.id === topic.author?.id && !post.is_opening
  return (
    <header className={styles.head}>
      <p className={styles.who}>
        {author ? (
          <Link to={urls.person} params={{ person: author.id }} className={styles.author}>
            <PersonName person={author} />
          </Link>
        ) : (
          <span>{t('forum.formerMember')}</span>
        )}
        {opener && <span className={styles.badge}>{t('forum.opener')}</span>}
        <ReputationMark score={post.author_reputation} />
        <a href={`#post-${post.id}`} className={styles.time}>
          <RelativeTime at={post.created_at} />
        </a>
        {post.edited_at && <EditedMark post={post} />}
      </p>
      <AnswerMark post={post} topic={topic} />
      <p className={styles.quiet}>
        {author?.job_title && <bdi>{author.job_title}</bdi>}
        {author?.job_title && author.organization && <span aria-hidden="true"> · </span>}
        {author?.organization && (
          <Link
            to={urls.organization}
            params={{ organization: author.organization.id }}
            className={styles.place}
          >
            <bdi>{author.organization.name}</bdi>
          </Link>
        )}
      </p>
      {parent && (
        <a
          href={`#post-${parent.id}`}
          className={styles.parent}
          data-depth={Math.min(depth, 4)}
          onClick={(event) => {
            if (goToPost(parent.id)) event.preventDefault()
          }}
        >
          <IconCornerUpLeft size={14} aria-hidden="true" />
          {t('forum.answers', { name: fullName(parent.author ?? nobody) })}
        </a>
      )}
    </header>
  )
}
