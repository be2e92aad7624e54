import type { Post, Topic } from '@p2p/contracts'
import type { Dispatch, SetStateAction } from 'react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { Avatar, fullName, nobody } from '../../ui/person.tsx'
import { RichText } from '../../ui/rich-text/rich-text.tsx'
import { useEditPost, useReply } from './actions.ts'
import { PostFiles } from './attachments/post-files.ts'
import { Composer } from './composer.tsx'
import { documentLinks } from './documents/document-links.tsx'
import { HiddenTrace } from './moderation/hidden-trace.tsx'
import { PostActions } from './post-actions.tsx'
import { PostHead } from './post-head.tsx'
import { focusPost, postBehind } from './post-place.ts'
import styles from './post-view.module.css'
import { FoldButton, type Folding } from './thread/fold-button.tsx'
import type { Quote } from './thread/quote.ts'
import type { Row } from './thread.ts'

/** The one post that is being answered or edited in its place. */
export type Writing = { post: string; as: 'reply' | 'edit'; quote?: Quote }

type Props = {
  row: Row
  topic: Topic
  isNew: boolean
  writing: Writing | null
  onWrite: Dispatch<SetStateAction<Writing | null>>
  onWriting: () => void
  onQuote: (post: string) => void
  /** Says where to go on from a post that was deleted, and the one behind it. */
  onGone: (post: string, behind: string | null) => void
  /** The post the address points to. */
  target: string | null
  fold?: Folding | null
}

export function PostView(props: Props) {
  const { row, topic, isNew, writing, onWrite, onWriting, onQuote, onGone, target, fold = null } = props
  const { t } = useTranslation()
  const { post } = row
  const isGone = post.deleted_at !== null
  const mode = writing?.post === post.id && (post.mine || writing.as === 'reply') ? writing.as : null
  const author = post.author ? fullName(post.author) : t('forum.formerMember')
  const done = () => {
    // A quote that was asked for while the words before it were on their way is not done yet.
    onWrite((now) => (now === writing ? null : now))
    if (isGone) onGone(post.id, postBehind(post.id))
    else focusPost(post.id)
  }

  const anchor = {
    id: `post-${post.id}`,
    tabIndex: -1,
    'data-anchor': true,
    'data-target': post.id === target || undefined,
  }

  const closed = isGone ? t('forum.goneHelp') : topic.locked_at ? t('forum.lockedHelp') : null
  // Deleted or not, what is being written in it stands at the same place, and stays.
  return (
    <article
      {...anchor}
      className={isGone ? styles.deleted : styles.post}
      {...(!isGone && {
        'data-new': isNew || undefined,
        'aria-label': t(post.is_opening ? 'forum.openingBy' : 'forum.replyBy', { name: author }),
      })}
    >
      {!isGone && <Avatar person={post.author ?? nobody} />}
      <div className={styles.main}>
        {isGone ? (
          <div className={styles.trace}>
            {post.hidden_at ? <HiddenTrace post={post} /> : t('forum.postDeleted')}
            {fold && <FoldButton {...fold} name={author} />}
          </div>
        ) : (
          <PostHead row={row} topic={topic} />
        )}
        {mode === 'edit' && <EditBox post={post} closed={closed} onDone={done} />}
        {mode !== 'edit' && !isGone && (
          <div data-quotable={post.id}>
            <PostFiles value={post.files}>
              <RichText document={post.body} links={documentLinks} />
            </PostFiles>
          </div>
        )}
        {mode !== 'edit' && !isGone && (
          <PostActions
            post={post}
            topic={topic}
            permalink={urls.topic.replace('$topic', topic.id)}
            locked={topic.locked_at !== null}
            onReply={() => onWrite({ post: post.id, as: 'reply' })}
            onQuote={() => onQuote(post.id)}
            fold={fold && <FoldButton {...fold} name={author} />}
            onEdit={() => onWrite({ post: post.id, as: 'edit' })}
            onGone={onGone}
          />
        )}
        {mode === 'reply' && (
          <ReplyBox
            topic={topic}
            post={post}
            closed={closed}
            quote={writing?.quote ?? null}
            onWriting={onWriting}
            onDone={done}
          />
        )}
      </div>
    </article>
  )
}

type BoxProps = { post: Post; closed: string | null; onDone: () => void }
type ReplyProps = BoxProps & { topic: Topic; quote: Quote | null; onWriting: () => void }

function ReplyBox({ topic, post, closed, quote, onWriting, onDone }: ReplyProps) {
  const { t } = useTranslation()
  const reply = useReply(post.topic_id)
  const name = post.author ? fullName(post.author) : t('forum.formerMember')
  return (
    <Composer
      draft={`reply:${post.topic_id}:${post.id}`}
      label={t('forum.replyTo', { name })}
      placeholder={t('forum.replyTo', { name })}
      submitLabel={t('forum.sendReply')}
      quote={quote}
      autoFocus
      isForAll={topic.visibility === 'community'}
      closed={closed}
      onSubmit={(body, id) => reply.mutateAsync({ id, parent: post.id, body }, { onSuccess: onDone })}
      onWriting={onWriting}
      onCancel={onDone}
    />
  )
}

function EditBox({ post, closed, onDone }: BoxProps) {
  const { t } = useTranslation()
  const edit = useEditPost()
  return (
    <Composer
      draft={`edit:${post.id}`}
      label={t('forum.editPost')}
      placeholder={t('forum.editPost')}
      submitLabel={t('forum.saveEdit')}
      initial={post.body}
      autoFocus
      closed={closed}
      onSubmit={(body) => edit.mutateAsync({ post: post.id, body }, { onSuccess: onDone })}
      onCancel={onDone}
    />
  )
}
