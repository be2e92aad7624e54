import { VisuallyHidden } from '@mantine/core'
import type { BranchSort, Topic } from '@p2p/contracts'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { useTranslation } from 'react-i18next'
import { Notice } from '../../ui/notice.tsx'
import { fullName } from '../../ui/person.tsx'
import { useReply } from './actions.ts'
import { ArrivalsNotice } from './arrivals-notice.tsx'
import { Composer } from './composer.tsx'
import styles from './conversation.module.css'
import { useReading } from './following/use-reading.ts'
import { focusPost, goToPost } from './post-place.ts'
import { PostView, type Writing } from './post-view.tsx'
import { type PagesQuery, Replies } from './replies.tsx'
import { quoteOf } from './thread/quote.ts'
import { QuoteSelection, wordsSelectedIn } from './thread/quote-selection.tsx'
import { SortControl } from './thread/sort-control.tsx'
import { ThreadKeys } from './thread/thread-keys.tsx'
import { rowsOf, unfolded } from './thread.ts'
import { branchesOf, type TopicPages, timesAsked } from './topic-pages.ts'
import { TypingLine } from './typing-line.tsx'
import { useArrivals } from './use-arrivals.ts'
import type { LiveTopic } from './use-live-topic.ts'
import { useTargetPost } from './use-target-post.ts'
import { LikelyAnswers } from './votes/likely-answers.tsx'
import { TopicAnswer } from './votes/topic-answer.tsx'

type Props = {
  topic: Topic
  pages: TopicPages
  query: PagesQuery
  live: LiveTopic
  /** The post the address points to, and the one the pages were read from. */
  target: string | null
  start: string | null
  /** What the page opens with being written: an answer to the target, or to the topic; or the target itself. */
  write: 'reply' | 'edit' | null
  onStart: (post: string | null) => void
  sort: BranchSort
  onSort: (sort: BranchSort) => void
}

export function Conversation(props: Props) {
  const { topic, pages, query, live, target, start, write, onStart, sort, onSort } = props
  const { t } = useTranslation()
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const [writing, setWriting] = useState<Writing | null>(
    target && write && !topic.locked_at ? { post: target, as: write } : null,
  )
  const branches = useMemo(() => branchesOf(pages), [pages])
  const leftIn = branches
    .flatMap(({ post, replies }) => [post, ...replies])
    .find((post) => post.deleted_at && post.id === writing?.post)?.id
  const all = useMemo(() => rowsOf(branches, leftIn), [branches, leftIn])
  const { rows, unseen, reveal, release } = useArrivals({
    all,
    folded,
    asked: timesAsked(pages),
    order: pages.pages[0]?.sort,
  })
  const [deleted, setDeleted] = useState<string | null>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const reply = useReply(topic.id)
  const opening = pages.pages[0]?.opening
  const { isFetching } = query
  const { catchUp } = live

  // A page that is read puts back what news had changed in the others meanwhile.
  useEffect(() => {
    if (!isFetching) catchUp()
  }, [isFetching, catchUp])

  const isLoaded = useCallback(
    (post: string) => post === opening?.id || all.some((row) => row.post.id === post),
    [all, opening],
  )
  const show = useCallback(
    (post: string) => {
      const path = all.find((row) => row.post.id === post)?.post.path
      const above = all.filter((row) => path?.startsWith(row.post.path)).map((row) => row.post.id)
      flushSync(() => {
        setFolded((ids) => new Set([...ids].filter((id) => id === post || !above.includes(id))))
        release(above)
      })
    },
    [all, release],
  )
  useTargetPost(target, start, { isLoaded, show, load: onStart })
  const isComplete = !query.hasNextPage && !query.hasPreviousPage && !all.some((row) => row.gap)
  const isPointed = target !== null || write !== null || sort !== 'oldest'
  const newFrom = useReading({ topic, pages, all, folded, isComplete, isPointed, load: onStart })

  const fold = (post: string) =>
    setFolded((ids) =>
      ids.has(post) ? new Set([...ids].filter((id) => id !== post)) : new Set([...ids, post]),
    )
  const showUnseen = () => {
    const first = reveal()
    if (!first) return
    show(first)
    goToPost(first)
  }

  const postOf = (id: string) => (id === opening?.id ? opening : all.find((row) => row.post.id === id)?.post)
  const answer = (id: string) => {
    if (!topic.locked_at && postOf(id)?.body) setWriting({ post: id, as: 'reply' })
  }
  const quote = (id: string, text = wordsSelectedIn(id)) => {
    const post = postOf(id)
    if (topic.locked_at || !post?.body) return
    const name = post.author ? fullName(post.author) : t('forum.formerMember')
    setWriting({ post: id, as: 'reply', quote: quoteOf(post, name, text) })
  }

  const goOn = (post: string, behind: string | null) => {
    flushSync(() => setDeleted(post))
    // Whoever went on to something else meanwhile stays there.
    if (document.activeElement !== document.body) return
    if (!focusPost(post) && !(behind && focusPost(behind))) heading.current?.focus({ preventScroll: true })
  }

  const shared = {
    topic,
    writing,
    onWrite: setWriting,
    onWriting: live.typing,
    onQuote: quote,
    onGone: goOn,
    target,
  }
  const isGone = target !== null && start === target && !isLoaded(target)

  return (
    <div className={styles.conversation}>
      {isGone && <Notice tone="info">{t('thread.targetGone')}</Notice>}
      {opening && (
        <PostView
          row={{ post: opening, depth: 0, parent: null, gap: null, isAnswered: false }}
          isNew={false}
          {...shared}
        />
      )}
      <TopicAnswer answer={(topic.answer_id && pages.pages[0]?.answer) || null} />
      <LikelyAnswers topic={topic} posts={all.map((row) => row.post)} />
      <section aria-labelledby="replies" className={styles.replies}>
        <div className={styles.bar}>
          <h2 id="replies" className={styles.heading} tabIndex={-1} ref={heading}>
            {t('forum.replyCount', { count: topic.reply_count })}
          </h2>
          <ThreadKeys onReply={answer} onQuote={quote} onFold={fold} />
          {topic.reply_count > 1 && <SortControl sort={sort} onSort={onSort} />}
        </div>
        <VisuallyHidden component="p" role="status">
          {/* The same words about another post are new words, and said again. */}
          {deleted && <span key={deleted}>{t('forum.deleted')}</span>}
        </VisuallyHidden>
        <Replies
          rows={unfolded(rows, folded)}
          all={all}
          folded={folded}
          onFold={fold}
          unseen={unseen}
          newFrom={sort === 'oldest' ? newFrom : null}
          query={query}
          shared={shared}
        />
      </section>
      <TypingLine people={live.typists} />
      <section aria-labelledby="your-reply" className={styles.reply}>
        <h2 id="your-reply" className={styles.heading}>
          {t('forum.yourReply')}
        </h2>
        <Composer
          draft={`reply:${topic.id}`}
          label={t('forum.yourReply')}
          placeholder={t('forum.replyPlaceholder')}
          submitLabel={t('forum.sendReply')}
          isForAll={topic.visibility === 'community'}
          closed={topic.locked_at ? t('forum.lockedHelp') : null}
          onSubmit={(body, id) => reply.mutateAsync({ id, parent: null, body })}
          onWriting={live.typing}
          autoFocus={write === 'reply' && !target}
        />
      </section>
      {!topic.locked_at && <QuoteSelection onQuote={({ post, text }) => quote(post, text)} />}
      <ArrivalsNotice count={unseen.size} onShow={showUnseen} />
    </div>
  )
}
