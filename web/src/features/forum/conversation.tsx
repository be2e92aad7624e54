import { Button } from '@mantine/core'
import type { Topic } from '@p2p/contracts'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../../lib/me.ts'
import { Notice } from '../../ui/notice.tsx'
import { useReply } from './actions.ts'
import { ArrivalsNotice } from './arrivals-notice.tsx'
import { Composer } from './composer.tsx'
import styles from './conversation.module.css'
import { goToPost } from './post-place.ts'
import { PostView, type Writing } from './post-view.tsx'
import { postsOf, type TopicPages } from './topic-pages.ts'
import { TypingLine } from './typing-line.tsx'
import { useArrivals } from './use-arrivals.ts'
import type { LiveTopic } from './use-live-topic.ts'
import { useTargetPost } from './use-target-post.ts'

type Props = {
  topic: Topic
  pages: TopicPages
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown }
  live: LiveTopic
  target: string | null
}

export function Conversation({ topic, pages, query, live, target }: Props) {
  const { t } = useTranslation()
  const me = useMe()
  const posts = useMemo(() => postsOf(pages), [pages])
  const { rows, unseen, reveal } = useArrivals(posts, pages.pages.length)
  const [writing, setWriting] = useState<Writing | null>(null)
  const reply = useReply(topic.id)
  const opening = posts.find((post) => post.is_opening)
  useTargetPost(target, posts, query)

  const shared = { topic, writing, onWrite: setWriting, onWriting: live.typing }
  const showUnseen = () => {
    const first = reveal()
    if (first) goToPost(first)
  }

  return (
    <div className={styles.conversation}>
      {opening && <PostView row={{ post: opening, depth: 0, parent: null }} isNew={false} {...shared} />}
      <section aria-labelledby="replies" className={styles.replies}>
        <h2 id="replies" className={styles.heading}>
          {t('forum.replyCount', { count: topic.reply_count })}
        </h2>
        <ol className={styles.list}>
          {rows.map((row) => (
            <li key={row.post.id} className={styles.row} data-depth={Math.min(row.depth, 4)}>
              <PostView row={row} isNew={unseen.has(row.post.id)} {...shared} />
            </li>
          ))}
        </ol>
        {query.hasNextPage && (
          <Button
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t('forum.moreReplies')}
          </Button>
        )}
      </section>
      <TypingLine people={live.typists} />
      {topic.locked_at ? (
        <Notice tone="info">{t('forum.lockedHelp')}</Notice>
      ) : (
        <section aria-labelledby="your-reply" className={styles.reply}>
          <h2 id="your-reply" className={styles.heading}>
            {t('forum.yourReply')}
          </h2>
          <Composer
            draft={`${me.id}:reply:${topic.id}`}
            label={t('forum.yourReply')}
            placeholder={t('forum.replyPlaceholder')}
            submitLabel={t('forum.sendReply')}
            onSubmit={(body, id) => reply.mutateAsync({ id, parent: null, body })}
            onWriting={live.typing}
          />
        </section>
      )}
      <ArrivalsNotice count={unseen.size} onShow={showUnseen} />
    </div>
  )
}
