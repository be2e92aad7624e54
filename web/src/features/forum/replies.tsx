import type { ComponentProps } from 'react'
import { useTranslation } from 'react-i18next'
import { LoadMore, type MorePages } from '../../ui/load-more.tsx'
import styles from './conversation.module.css'
import { NewSince } from './following/new-since.tsx'
import { PostView } from './post-view.tsx'
import { MoreInBranch } from './thread/more-in-branch.tsx'
import { belowOf, type Row } from './thread.ts'

export type PagesQuery = MorePages & {
  hasPreviousPage: boolean
  isFetching: boolean
  isFetchingPreviousPage: boolean
  fetchPreviousPage: MorePages['fetchNextPage']
}

type Props = {
  rows: readonly Row[]
  /** The posts that are loaded, folded away or not. */
  all: readonly Row[]
  folded: ReadonlySet<string>
  onFold: (post: string) => void
  unseen: ReadonlySet<string>
  /** The first post since the reader's last visit. */
  newFrom: string | null
  query: PagesQuery
  shared: Pick<
    ComponentProps<typeof PostView>,
    'topic' | 'writing' | 'onWrite' | 'onWriting' | 'onQuote' | 'onGone' | 'target'
  >
}

/** The branches of a topic, with what is not loaded before, after and within them. */
export function Replies({ rows, all, folded, onFold, unseen, newFrom, query, shared }: Props) {
  const { t } = useTranslation()
  const countOf = ({ post }: Row) => (post.depth === 1 ? post.branch_count : belowOf(all, post))
  const before: MorePages = {
    data: query.data,
    hasNextPage: query.hasPreviousPage,
    isFetchingNextPage: query.isFetchingPreviousPage,
    fetchNextPage: query.fetchPreviousPage,
  }
  return (
    <>
      <LoadMore list={before} tight>
        {t('thread.repliesBefore')}
      </LoadMore>
      <ol className={styles.list}>
        {rows.map((row) => (
          <li key={row.post.id} className={styles.row} data-depth={Math.min(row.depth, 4)}>
            {row.post.id === newFrom && <NewSince />}
            <PostView
              row={row}
              isNew={unseen.has(row.post.id)}
              fold={
                row.isAnswered && countOf(row) > 0
                  ? {
                      isFolded: folded.has(row.post.id),
                      count: countOf(row),
                      onFold: () => onFold(row.post.id),
                    }
                  : null
              }
              {...shared}
            />
            {row.gap && <MoreInBranch topic={shared.topic.id} gap={row.gap} />}
          </li>
        ))}
      </ol>
      <LoadMore list={query} tight>
        {t('forum.moreReplies')}
      </LoadMore>
    </>
  )
}
