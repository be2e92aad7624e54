import type { Post, Topic } from '@p2p/contracts'
import { IconHelpCircle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../../../lib/me.ts'
import { fullName, PersonName } from '../../../ui/person.tsx'
import { goToPost } from '../post-place.ts'
import { BestAnswerButton } from './best-answer-button.tsx'
import { excerptOf } from './excerpt.ts'
import { likelyAmong } from './likely-among.ts'
import { likelyAnswersQuery } from './queries.ts'
import styles from './votes.module.css'

type Props = { topic: Topic; posts: readonly Post[] }

/** Asks whoever opened a topic whether one of the replies that others found useful is the answer. */
export function LikelyAnswers({ topic, posts }: Props) {
  const me = useMe()
  const waits = topic.author?.id === me.id && !topic.answer_id && !topic.locked_at && topic.reply_count > 0
  return waits && <Question topic={topic} posts={posts} />
}

function Question({ topic, posts }: Props) {
  const { t } = useTranslation()
  const loaded = useMemo(() => likelyAmong(posts, topic), [posts, topic])
  const { data: likely } = useQuery(likelyAnswersQuery(topic.id, loaded))
  if (!likely?.length) return null
  return (
    <section className={styles.question} aria-labelledby="likely-answers">
      <h2 id="likely-answers" className={styles.questionTitle}>
        <IconHelpCircle size={20} stroke={1.75} aria-hidden="true" />
        {t('votes.oneOfThese', { count: likely.length })}
      </h2>
      <ul className={styles.candidates}>
        {likely.map((post) => (
          <Candidate key={post.id} post={post} topic={topic} />
        ))}
      </ul>
    </section>
  )
}

function Candidate({ post, topic }: { post: Post; topic: Topic }) {
  const { t } = useTranslation()
  const name = post.author ? fullName(post.author) : t('forum.formerMember')
  return (
    <li className={styles.candidate}>
      <p className={styles.candidateBy}>
        {post.author ? <PersonName person={post.author} /> : t('forum.formerMember')}
        <span className={styles.quiet}>{t('votes.count', { count: post.vote_count })}</span>
      </p>
      <p className={styles.glance} dir="auto">
        {excerptOf(post.body, 200)}
      </p>
      <p className={styles.ways}>
        <a
          href={`#post-${post.id}`}
          className={styles.way}
          aria-label={t('votes.goToReply', { name })}
          onClick={(event) => {
            if (goToPost(post.id)) event.preventDefault()
          }}
        >
          {t('votes.inItsPlace')}
        </a>
        <BestAnswerButton post={post} topic={topic} />
      </p>
    </li>
  )
}
