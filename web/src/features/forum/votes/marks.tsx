import { VisuallyHidden } from '@mantine/core'
import type { Post, Topic } from '@p2p/contracts'
import { IconCircleCheckFilled, IconStar } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../../lib/format.ts'
import styles from './votes.module.css'

/** In lists: this topic has its answer. */
export function AnsweredMark({ topic }: { topic: Pick<Topic, 'answer_id'> }) {
  const { t } = useTranslation()
  if (!topic.answer_id) return null
  return (
    <span className={styles.answered}>
      <IconCircleCheckFilled size={14} aria-hidden="true" />
      {t('votes.answered')}
    </span>
  )
}

/** On the post that is the answer. */
export function AnswerMark({ post, topic }: { post: Post; topic: Topic }) {
  const { t } = useTranslation()
  if (topic.answer_id !== post.id) return null
  return (
    <span className={styles.answered}>
      <IconCircleCheckFilled size={14} aria-hidden="true" />
      {t('votes.bestAnswer')}
    </span>
  )
}

/** What others have found useful of somebody, as one number beside their name. Nothing yet is not shown. */
export function ReputationMark({ score }: { score: number | null }) {
  const { t, i18n } = useTranslation()
  if (!score) return null
  return (
    <span className={styles.reputation} title={t('votes.reputation', { count: score })}>
      <IconStar size={12} aria-hidden="true" />
      <span aria-hidden="true">{formatNumber(score, i18n.language)}</span>
      <VisuallyHidden>{t('votes.reputation', { count: score })}</VisuallyHidden>
    </span>
  )
}
