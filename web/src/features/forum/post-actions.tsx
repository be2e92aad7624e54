import { Button } from '@mantine/core'
import type { Post } from '@p2p/contracts'
import { IconArrowBackUp, IconCheck, IconLink, IconPencil, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../lib/sentence.ts'
import { Notice } from '../../ui/notice.tsx'
import { preloadEditor } from '../../ui/rich-text/lazy-editor.tsx'
import { useDeletePost } from './actions.ts'
import styles from './post-actions.module.css'

type Props = { post: Post; permalink: string; locked: boolean; onReply: () => void; onEdit: () => void }

export function PostActions({ post, permalink, locked, onReply, onEdit }: Props) {
  const { t } = useTranslation()
  const [asking, setAsking] = useState(false)
  if (asking) return <DeleteQuestion post={post} onKeep={() => setAsking(false)} />
  return (
    <div className={styles.actions}>
      {!locked && (
        <button type="button" className={styles.action} onClick={onReply} onPointerEnter={preloadEditor}>
          <IconArrowBackUp size={16} aria-hidden="true" data-mirrored />
          {t('forum.reply')}
        </button>
      )}
      <CopyLink address={`${permalink}#post-${post.id}`} />
      {post.mine && !locked && (
        <>
          <button type="button" className={styles.action} onClick={onEdit} onPointerEnter={preloadEditor}>
            <IconPencil size={16} aria-hidden="true" />
            {t('forum.edit')}
          </button>
          <button type="button" className={styles.action} onClick={() => setAsking(true)}>
            <IconTrash size={16} aria-hidden="true" />
            {t('forum.delete')}
          </button>
        </>
      )}
    </div>
  )
}

function CopyLink({ address }: { address: string }) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  const Icon = copied ? IconCheck : IconLink
  const copy = async () => {
    await navigator.clipboard.writeText(new URL(address, location.origin).href)
    setCopied(true)
  }
  return (
    <button type="button" className={styles.action} onClick={copy} onBlur={() => setCopied(false)}>
      <Icon size={16} aria-hidden="true" />
      <span aria-live="polite">{copied ? t('forum.linkCopied') : t('forum.copyLink')}</span>
    </button>
  )
}

function DeleteQuestion({ post, onKeep }: { post: Post; onKeep: () => void }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const remove = useDeletePost()
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
