import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { Page } from '../../ui/page.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { TopicDraft } from './asking/new-topic-shape.ts'
import { TopicForm } from './asking/topic-form.tsx'
import { useKeptDraft } from './asking/use-kept-draft.ts'
import { useWritingPause, WritingPaused } from './moderation/writing-paused.tsx'
import { categoriesQuery } from './queries.ts'

const parseDraft = (value: unknown) => TopicDraft.safeParse(value).data ?? null

/** `category` is where the reader came from. What is written is kept until it is published, on every device. */
export function NewTopicPage({ category }: { category: string | undefined }) {
  const { t } = useTranslation()
  const categories = useQuery(categoriesQuery)
  const draft = useKeptDraft('topic', parseDraft)
  const pause = useWritingPause()
  const isKnown = draft.isSettled && !categories.isPending

  return (
    <Page title={t('forum.newTopic')} trail={<Link to={urls.forum}>{t('forum.title')}</Link>}>
      {pause && <WritingPaused until={pause} />}
      {pause ? null : isKnown ? (
        // What comes from another device is another form to begin with.
        <TopicForm
          key={draft.arrived ? 'arrived' : 'here'}
          categories={categories.data ?? []}
          category={category ?? ''}
          draft={draft}
        />
      ) : (
        <SkeletonList label={t('ui.loading')} rows={3} kind="post" />
      )}
    </Page>
  )
}
