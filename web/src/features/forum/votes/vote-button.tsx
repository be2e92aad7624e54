import { VisuallyHidden } from '@mantine/core'
import type { Post } from '@p2p/contracts'
import { IconThumbUp, IconThumbUpFilled } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../../lib/format.ts'
import { useSentence } from '../../../lib/sentence.ts'
import quiet from '../../../ui/quiet-button.module.css'
import { useVote } from './actions.ts'
import styles from './votes.module.css'

/** Says that a post is useful, or takes it back: shown at once, and undone with a word if it was refused. */
export function VoteButton({ post }: { post: Post }) {
  const { t, i18n } = useTranslation()
  const sentence = useSentence()
  const vote = useVote(post)
  const voted = vote.isPending ? vote.variables : post.voted
  const count = post.vote_count + Number(voted) - Number(post.voted)
  const Icon = voted ? IconThumbUpFilled : IconThumbUp
  const inside = (
    <>
      <Icon size={16} aria-hidden="true" />
      <span>{t('votes.useful')}</span>
      <span className={styles.count} aria-hidden="true">
        {count > 0 && formatNumber(count, i18n.language)}
      </span>
      <VisuallyHidden>{t('votes.count', { count })}</VisuallyHidden>
    </>
  )
  // Whether one's own is useful is for others to say.
  if (post.mine) return count > 0 && <span className={quiet.quiet}>{inside}</span>
  return (
    <>
      <button
        type="button"
        className={`${quiet.quiet} ${styles.vote}`}
        aria-pressed={voted}
        onClick={() => vote.mutate(!voted)}
      >
        {inside}
      </button>
      {vote.error && (
        <span role="alert" className={styles.refused}>
          {sentence(vote.error)}
        </span>
      )}
    </>
  )
}
