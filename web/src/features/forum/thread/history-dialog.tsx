import { VisuallyHidden } from '@mantine/core'
import type { Post, PostVersion } from '@p2p/contracts'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../../lib/sentence.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { LoadMore } from '../../../ui/load-more.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { fullName } from '../../../ui/person.tsx'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import { SkeletonList } from '../../../ui/skeleton.tsx'
import { historyQuery } from '../queries.ts'
import { type Change, changesBetween } from './changes.ts'
import styles from './history-dialog.module.css'
import { linesOf } from './quote.ts'

/** "Edited", and behind it what the post said before. */
export function EditedMark({ post }: { post: Post }) {
  const { t } = useTranslation()
  const [opened, setOpened] = useState(false)
  return (
    <>
      <button type="button" className={styles.mark} onClick={() => setOpened(true)}>
        {t('forum.edited')}
      </button>
      <Dialog opened={opened} onClose={() => setOpened(false)} title={t('thread.history.title')} size="lg">
        <History post={post} />
      </Dialog>
    </>
  )
}

function History({ post }: { post: Post }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const query = useInfiniteQuery(historyQuery(post.id, post.revision))
  if (query.error && !query.data) return <Notice tone="danger">{sentence(query.error)}</Notice>
  if (!query.data) return <SkeletonList label={t('ui.loading')} rows={2} kind="post" />
  const versions = query.data.pages.flatMap((page) => page.versions)
  // What changed in the last of them is known once the one before it is there.
  const shown = query.hasNextPage ? versions.slice(0, -1) : versions
  return (
    <>
      <ol className={styles.versions}>
        {shown.map((version, place) => (
          <Version key={version.revision} version={version} before={versions[place + 1] ?? null} />
        ))}
      </ol>
      <LoadMore list={query}>{t('thread.history.earlier')}</LoadMore>
    </>
  )
}

function Version({ version, before }: { version: PostVersion; before: PostVersion | null }) {
  const { t } = useTranslation()
  return (
    <li>
      <h3 className={styles.when}>
        {t(before ? 'thread.history.changed' : 'thread.history.written', {
          name: version.editor ? fullName(version.editor) : t('forum.formerMember'),
        })}{' '}
        <RelativeTime at={version.written_at} />
      </h3>
      <div className={styles.text}>
        <Changes before={before ? wordsOf(before) : null} after={wordsOf(version)} />
      </div>
    </li>
  )
}

const wordsOf = ({ body }: PostVersion) => linesOf(body).join('\n')

/** Taken out and put in: said to the eye by a line and a colour, to a screen reader in words. */
function Changes({ before, after }: { before: string | null; after: string }) {
  const { t } = useTranslation()
  const changes: Change[] = before === null ? [{ words: after, is: 'same' }] : changesBetween(before, after)
  return (
    <p dir="auto">
      {changes.map(({ words, is }, place) => {
        const key = `${place} ${words}`
        if (is === 'same') return <span key={key}>{words}</span>
        const Tag = is === 'added' ? 'ins' : 'del'
        return (
          <Tag key={key}>
            <VisuallyHidden>{t(`thread.history.${is}`)} </VisuallyHidden>
            {words}
          </Tag>
        )
      })}
    </p>
  )
}
