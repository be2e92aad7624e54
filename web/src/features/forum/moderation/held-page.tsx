import type { HeldPost } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../../app/urls.ts'
import { ErrorState } from '../../../ui/error-state.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Page } from '../../../ui/page.tsx'
import { fullName, PersonCard } from '../../../ui/person.tsx'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import { RichText } from '../../../ui/rich-text/rich-text.tsx'
import { SkeletonList } from '../../../ui/skeleton.tsx'
import { TopicFacts } from '../acts/topic-facts.tsx'
import { useCategoryWords } from '../category-name.ts'
import { documentLinks } from '../documents/document-links.tsx'
import { CaseReasons } from './case-words.tsx'
import { HeldForm } from './held-form.tsx'
import { InAnswerTo } from './in-answer-to.tsx'
import styles from './moderation.module.css'
import { heldPostQuery } from './queries.ts'

/** One post that waits: what it says and where it would stand, and whether it is published. */
export function HeldPage({ id }: { id: string }) {
  const { t } = useTranslation()
  const asked = useQuery(heldPostQuery(id))
  const trail = <Link to={urls.moderation}>{t('moderation.title')}</Link>
  if (asked.isPending) {
    return (
      <Page title={null} trail={trail}>
        <SkeletonList label={t('ui.loading')} rows={3} kind="post" />
      </Page>
    )
  }
  if (asked.isError && !asked.data) {
    return (
      <Page title={t('moderation.heldReply')} trail={trail}>
        <ErrorState error={asked.error} onRetry={() => void asked.refetch()} />
      </Page>
    )
  }
  const shown = asked.data
  return (
    <Page title={shown.title ?? shown.topic?.title ?? t('moderation.topicGone')} trail={trail}>
      <div className={styles.parts}>
        <Written shown={shown} />
        {shown.state === 'waiting' ? <Act shown={shown} /> : <Decided shown={shown} />}
      </div>
    </Page>
  )
}

function Act({ shown }: { shown: HeldPost }) {
  const { t } = useTranslation()
  if (shown.mine) return <Notice tone="info">{t('errors.another_moderator')}</Notice>
  return <HeldForm shown={shown} />
}

function Written({ shown }: { shown: HeldPost }) {
  const { t } = useTranslation()
  const words = useCategoryWords()
  return (
    <section className={styles.part} aria-labelledby="written">
      <h2 id="written">{t(shown.opens_topic ? 'moderation.heldTopic' : 'moderation.heldReply')}</h2>
      {shown.author && <PersonCard person={shown.author} />}
      <p className={styles.meta}>
        {shown.category && <bdi>{words.name(shown.category)}</bdi>}
        <RelativeTime at={shown.created_at} />
        {shown.author_since && (
          <span>
            {t('moderation.authorSince')} <RelativeTime at={shown.author_since} />
          </span>
        )}
        <CaseReasons shown={{ reasons: {}, found: shown.found }} />
      </p>
      {shown.answers && <InAnswerTo answers={shown.answers} className={styles.lead} />}
      <TopicFacts topic={shown} />
      {shown.body && (
        <div className={styles.words}>
          <RichText document={shown.body} links={documentLinks} />
        </div>
      )}
      {shown.topic && (
        <p className={styles.meta}>
          <Link
            to={urls.topic}
            params={{ topic: shown.topic.id }}
            {...(shown.state === 'accepted' && !shown.opens_topic && { hash: `post-${shown.id}` })}
          >
            {t(shown.state === 'accepted' ? 'moderation.seeInTopic' : 'moderation.itsTopic')}
          </Link>
        </p>
      )}
    </section>
  )
}

function Decided({ shown }: { shown: HeldPost }) {
  const { t } = useTranslation()
  return (
    <section className={styles.part} aria-labelledby="decided">
      <h2 id="decided">{t(`moderation.heldStates.${shown.state}`)}</h2>
      <p className={styles.meta}>
        {shown.decided_at && <RelativeTime at={shown.decided_at} />}
        {shown.decided_by && <bdi>{fullName(shown.decided_by)}</bdi>}
      </p>
      {shown.note && (
        <p className={styles.said} dir="auto">
          {shown.note}
        </p>
      )}
    </section>
  )
}
