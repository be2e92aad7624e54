import type { Post, Topic } from '@p2p/contracts'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { useMe } from '../../lib/me.ts'
import { Avatar, fullName } from '../../ui/person.tsx'
import { RichText } from '../../ui/rich-text/rich-text.tsx'
import { useEditPost, useReply } from './actions.ts'
import { Composer } from './composer.tsx'
import { nobody } from './nobody.ts'
import { PostActions } from './post-actions.tsx'
import { PostHead } from './post-head.tsx'
import styles from './post-view.module.css'
import type { Row } from './thread.ts'

/** The one post that is being answered or edited in its place. */
export type Writing = { post: string; as: 'reply' | 'edit' }

type Props = {
  row: Row
  topic: Topic
  isNew: boolean
  writing: Writing | null
  onWrite: (writing: Writing | null) => void
  onWriting: () => void
}

export function PostView({ row, topic, isNew, writing, onWrite, onWriting }: Props) {
  const { t } = useTranslation()
  const { post } = row
  const mode = writing?.post === post.id ? writing.as : null
  const author = post.author ? fullName(post.author) : t('forum.formerMember')

  if (post.deleted_at) {
    return (
      <article id={`post-${post.id}`} className={styles.deleted} tabIndex={-1} data-anchor>
        {t('forum.postDeleted')}
      </article>
    )
  }
  return (
    <article
      id={`post-${post.id}`}
      className={styles.post}
      data-new={isNew || undefined}
      data-anchor
      tabIndex={-1}
      aria-label={t(post.is_opening ? 'forum.openingBy' : 'forum.replyBy', { name: author })}
    >
      <Avatar person={post.author ?? nobody} />
      <div className={styles.main}>
        <PostHead row={row} topic={topic} />
        {mode === 'edit' ? (
          <EditBox post={post} onDone={() => onWrite(null)} />
        ) : (
          <RichText document={post.body} />
        )}
        {mode !== 'edit' && (
          <PostActions
            post={post}
            permalink={urls.topic.replace('$topic', topic.id)}
            locked={topic.locked_at !== null}
            onReply={() => onWrite({ post: post.id, as: 'reply' })}
            onEdit={() => onWrite({ post: post.id, as: 'edit' })}
          />
        )}
        {mode === 'reply' && <ReplyBox post={post} onWriting={onWriting} onDone={() => onWrite(null)} />}
      </div>
    </article>
  )
}

function ReplyBox({ post, onWriting, onDone }: { post: Post; onWriting: () => void; onDone: () => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const reply = useReply(post.topic_id)
  const name = post.author ? fullName(post.author) : t('forum.formerMember')
  return (
    <Composer
      draft={`${me.id}:reply:${post.topic_id}:${post.id}`}
      label={t('forum.replyTo', { name })}
      placeholder={t('forum.replyTo', { name })}
      submitLabel={t('forum.sendReply')}
      autoFocus
      onSubmit={(body, id) => reply.mutateAsync({ id, parent: post.id, body }).then(onDone)}
      onWriting={onWriting}
      onCancel={onDone}
    />
  )
}

function EditBox({ post, onDone }: { post: Post; onDone: () => void }) {
  const { t } = useTranslation()
  const me = useMe()
  const edit = useEditPost()
  return (
    <Composer
      draft={`${me.id}:edit:${post.id}`}
      label={t('forum.editPost')}
      placeholder={t('forum.editPost')}
      submitLabel={t('forum.saveEdit')}
      initial={post.body}
      autoFocus
      onSubmit={(body) => edit.mutateAsync({ post: post.id, body }).then(onDone)}
      onCancel={onDone}
    />
  )
}
