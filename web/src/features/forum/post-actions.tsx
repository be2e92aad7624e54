import { Button } from '@mantine/core'
import type { Post, Topic } from '@p2p/contracts'
import { IconArrowBackUp, IconQuote } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../lib/sentence.ts'
import { Notice } from '../../ui/notice.tsx'
import quiet from '../../ui/quiet-button.module.css'
import { preloadEditor } from '../../ui/rich-text/lazy-editor.tsx'
import { useDeletePost } from './actions.ts'
import styles from './post-actions.module.css'
import { PostMenu } from './post-menu.tsx'
import { focusPost } from './post-place.ts'
import { BestAnswerButton } from './votes/best-answer-button.tsx'
import { VoteButton } from './votes/vote-button.tsx'

type Props = {
  post: Post
  topic: Topic
  permalink: string
  locked: boolean
  onReply: () => void
  onQuote: () => void
  onEdit: () => void
  onGone: (post: string, behind: string | null) => void
  fold: ReactNode
}

export function PostActions(props: Props) {
  const { post, topic, permalink, locked, onReply, onQuote, onEdit, onGone, fold } = props
  const { t } = useTranslation()
  const [asking, setAsking] = useState(false)
  const keep = () => {
    setAsking(false)
    focusPost(post.id)
  }
  if (asking) return <DeleteQuestion post={post} onKeep={keep} onGone={onGone} />
  return (
    <div className={styles.actions}>
      <VoteButton post={post} />
      {!locked && (
        <>
          <button
            type="button"
            className={`${quiet.quiet} ${styles.action}`}
            onClick={onReply}
            onPointerEnter={preloadEditor}
          >
            <IconArrowBackUp size={16} aria-hidden="true" data-mirrored />
            {t('forum.reply')}
          </button>
          <button
            type="button"
            className={`${quiet.quiet} ${styles.action}`}
            // What is selected in the post is what is meant.
            onPointerDown={(event) => event.preventDefault()}
            onClick={onQuote}
            onPointerEnter={preloadEditor}
          >
            <IconQuote size={16} aria-hidden="true" />
            {t('thread.quote')}
          </button>
        </>
      )}
      <PostMenu
        post={post}
        address={`${permalink}#post-${post.id}`}
        locked={locked}
        onEdit={onEdit}
        onDelete={() => setAsking(true)}
      />
      <BestAnswerButton post={post} topic={topic} />
      {fold}
    </div>
  )
}

type QuestionProps = Pick<Props, 'post' | 'onGone'> & { onKeep: () => void }

function DeleteQuestion({ post, onKeep, onGone }: QuestionProps) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const remove = useDeletePost(onGone)
  return (
    <div className={styles.question} role="alertdialog" aria-label={t('forum.deleteQuestion')}>
      <p>{t('forum.deleteQuestion')}</p>
      <div className={styles.actions}>
        <Button size="sm" color="danger" loading={remove.isPending} onClick={() => remove.mutate(post)}>
          {t('forum.deletePost')}
        </Button>
        <Button size="sm" variant="default" onClick={onKeep} autoFocus>
          {t('forum.keepPost')}
        </Button>
      </div>
      {remove.error && <Notice tone="danger">{sentence(remove.error)}</Notice>}
    </div>
  )
}
