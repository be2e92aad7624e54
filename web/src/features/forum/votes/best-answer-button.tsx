import type { Post, Topic } from '@p2p/contracts'
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../../../lib/me.ts'
import { useSentence } from '../../../lib/sentence.ts'
import quiet from '../../../ui/quiet-button.module.css'
import { useChooseAnswer } from './actions.ts'
import styles from './votes.module.css'

/** For whoever opened the topic, and for nobody else. */
export function BestAnswerButton({ post, topic }: { post: Post; topic: Topic }) {
  const { t } = useTranslation()
  const me = useMe()
  const sentence = useSentence()
  const choose = useChooseAnswer(topic)
  if (topic.author?.id !== me.id || post.is_opening || topic.locked_at) return null
  const chosen = topic.answer_id === post.id
  const Icon = chosen ? IconCircleX : IconCircleCheck
  return (
    <>
      <button
        type="button"
        className={`${quiet.quiet} ${styles.choose}`}
        data-quiet={topic.answer_id !== null || undefined}
        disabled={choose.isPending}
        onClick={() => choose.mutate(chosen ? null : post)}
      >
        <Icon size={16} aria-hidden="true" />
        {t(chosen ? 'votes.takeBackAnswer' : 'votes.chooseAnswer')}
      </button>
      {choose.error && (
        <span role="alert" className={styles.refused}>
          {sentence(choose.error)}
        </span>
      )}
    </>
  )
}
