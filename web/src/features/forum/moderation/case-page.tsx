import type { ModerationCase } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../../app/urls.ts'
import { ErrorState } from '../../../ui/error-state.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { Page } from '../../../ui/page.tsx'
import { PersonCard } from '../../../ui/person.tsx'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import { RichText } from '../../../ui/rich-text/rich-text.tsx'
import { SkeletonList } from '../../../ui/skeleton.tsx'
import { TopicFacts } from '../acts/topic-facts.tsx'
import { documentLinks } from '../documents/document-links.tsx'
import { CaseReasons } from './case-words.tsx'
import { DecideForm } from './decide-form.tsx'
import { InAnswerTo } from './in-answer-to.tsx'
import { Judged } from './judged.tsx'
import styles from './moderation.module.css'
import { caseQuery } from './queries.ts'
import { ReviewForm } from './review-form.tsx'

/** One case: the post, why it is here, what was decided about its author before, and the decision. */
export function CasePage({ id }: { id: string }) {
  const { t } = useTranslation()
  const asked = useQuery(caseQuery(id))
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
      <Page title={t('moderation.case')} trail={trail}>
        <ErrorState error={asked.error} onRetry={() => void asked.refetch()} />
      </Page>
    )
  }
  const shown = asked.data
  return (
    <Page title={shown.topic?.title ?? t('moderation.oneCompany')} trail={trail}>
      <div className={styles.parts}>
        <ThePost shown={shown} />
        <Reports shown={shown} />
        <Record shown={shown} />
        {shown.decision && <Judged judged={{ ...shown, decision: shown.decision }} level="moderator" />}
        <Act shown={shown} />
      </div>
    </Page>
  )
}

function Act({ shown }: { shown: ModerationCase }) {
  const { t } = useTranslation()
  if (shown.state === 'closed' || (shown.state === 'decided' && shown.decision === 'keep')) return null
  if (shown.mine) return <Notice tone="info">{t('errors.another_moderator')}</Notice>
  if (shown.state === 'open') return <DecideForm shown={shown} />
  return <ReviewForm shown={shown} />
}

function ThePost({ shown }: { shown: ModerationCase }) {
  const { t } = useTranslation()
  const { post, topic } = shown
  return (
    <section className={styles.part} aria-labelledby="the-post">
      <h2 id="the-post">{t('moderation.thePost')}</h2>
      {shown.author ? <PersonCard person={shown.author} /> : <p>{t('forum.formerMember')}</p>}
      {shown.answers && <InAnswerTo answers={shown.answers} className={styles.excerpt} />}
      {post && <TopicFacts topic={{ template_answers: post.template_answers, tags: [] }} />}
      <div className={styles.words}>
        {post?.body ? (
          <RichText document={post.body} links={documentLinks} />
        ) : (
          <p>{t('moderation.wordsGone')}</p>
        )}
      </div>
      <p className={styles.meta}>
        {post && <RelativeTime at={post.created_at} />}
        {post?.edited_at && <span>{t('forum.edited')}</span>}
        {post?.hidden_at && <span>{t('moderation.isHidden')}</span>}
        {post?.deleted_at && !post.hidden_at && <span>{t('moderation.isDeleted')}</span>}
        {post && topic && !topic.deleted_at && (
          <Link to={urls.topic} params={{ topic: topic.id }} hash={`post-${post.id}`}>
            {t('moderation.seeInTopic')}
          </Link>
        )}
        {!topic && <span>{t('moderation.oneCompanyHelp')}</span>}
      </p>
    </section>
  )
}

function Reports({ shown }: { shown: ModerationCase }) {
  const { t } = useTranslation()
  const notes = shown.reports.filter(({ note }) => note)
  return (
    <section className={styles.part} aria-labelledby="reports">
      <h2 id="reports">{t('moderation.why')}</h2>
      <p className={styles.meta}>
        <CaseReasons shown={shown} />
      </p>
      {notes.length > 0 && (
        <ul className={styles.list}>
          {notes.map(({ reason, note, created_at }) => (
            <li key={created_at}>
              <p dir="auto" className={styles.said}>
                {note}
              </p>
              <p className={styles.meta}>
                <span>{t(`moderation.reasons.${reason}`)}</span>
                <RelativeTime at={created_at} />
              </p>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

function Record({ shown }: { shown: ModerationCase }) {
  const { t } = useTranslation()
  return (
    <section className={styles.part} aria-labelledby="record">
      <h2 id="record">{t('moderation.record')}</h2>
      {shown.record.length === 0 && <p className={styles.lead}>{t('moderation.noRecord')}</p>}
      <ul className={styles.list}>
        {shown.record.map(({ id, decision, note, decided_at }) => (
          <li key={id}>
            <p className={styles.meta}>
              <Link to={urls.moderationCase} params={{ case: id }}>
                {t(`moderation.decisions.${decision}`)}
              </Link>
              <RelativeTime at={decided_at} />
            </p>
            <p dir="auto" className={styles.said}>
              {note}
            </p>
          </li>
        ))}
      </ul>
    </section>
  )
}
