import { SegmentedControl } from '@mantine/core'
import type { CaseCard, HeldCard } from '@p2p/contracts'
import { IconShieldCheck } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { urls } from '../../../app/urls.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { LoadMore } from '../../../ui/load-more.tsx'
import { Page } from '../../../ui/page.tsx'
import { fullName } from '../../../ui/person.tsx'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import { SkeletonList } from '../../../ui/skeleton.tsx'
import { CaseReasons } from './case-words.tsx'
import styles from './moderation.module.css'
import { casesQuery } from './queries.ts'

const Shown = z.enum(['open', 'appealed', 'decided'])
type Shown = z.infer<typeof Shown>

type Props = { state: Shown; onState: (state: Shown) => void }

/** What waits for moderators, and what they decided. */
export function CasesPage({ state, onState }: Props) {
  const { t } = useTranslation()
  const list = useInfiniteQuery(casesQuery(state))
  const cases = list.data?.pages.flatMap((page) => page.cases)
  return (
    <Page title={t('moderation.title')} lead={t('moderation.lead')}>
      <SegmentedControl
        aria-label={t('moderation.which')}
        value={state}
        onChange={(value) => onState(Shown.parse(value))}
        data={Shown.options.map((value) => ({ value, label: t(`moderation.states.${value}`) }))}
      />
      {list.isPending && <SkeletonList label={t('ui.loading')} rows={6} kind="row" />}
      {list.isError && !cases && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {cases?.length === 0 && (
        <EmptyState icon={<IconShieldCheck size={24} stroke={1.5} />} title={t(`moderation.none.${state}`)}>
          {t('moderation.noneHelp')}
        </EmptyState>
      )}
      {cases && cases.length > 0 && (
        <ul aria-label={t(`moderation.states.${state}`)}>
          {cases.map((each) =>
            each.kind === 'held' ? (
              <HeldRow key={each.id} shown={each} />
            ) : (
              <CaseRow key={each.id} shown={each} />
            ),
          )}
        </ul>
      )}
      <LoadMore list={list}>{t('moderation.more')}</LoadMore>
    </Page>
  )
}

function HeldRow({ shown }: { shown: HeldCard }) {
  const { t } = useTranslation()
  return (
    <li className={styles.row}>
      <h2 className={styles.name}>
        <Link to={urls.moderationHeld} params={{ post: shown.id }}>
          <bdi>{shown.title ?? shown.topic?.title ?? t('moderation.topicGone')}</bdi>
        </Link>
      </h2>
      <p className={styles.excerpt} dir="auto">
        {shown.excerpt}
      </p>
      <p className={styles.meta}>
        <span className={styles.mark}>
          {t(shown.opens_topic ? 'moderation.heldTopic' : 'moderation.heldReply')}
        </span>
        <CaseReasons shown={{ reasons: {}, found: shown.found }} />
        {shown.author && <bdi>{fullName(shown.author)}</bdi>}
        <RelativeTime at={shown.created_at} />
      </p>
    </li>
  )
}

function CaseRow({ shown }: { shown: CaseCard }) {
  const { t } = useTranslation()
  return (
    <li className={styles.row}>
      <h2 className={styles.name}>
        <Link to={urls.moderationCase} params={{ case: shown.id }}>
          <bdi>{shown.topic?.title ?? t('moderation.oneCompany')}</bdi>
        </Link>
      </h2>
      <p className={styles.excerpt} dir="auto">
        {shown.excerpt}
      </p>
      <p className={styles.meta}>
        {shown.decision && (
          <span className={styles.mark}>
            {t(`moderation.decisions.${shown.decision}`)}
            {shown.outcome && ` · ${t(`moderation.outcomes.${shown.outcome}`)}`}
          </span>
        )}
        <CaseReasons shown={shown} />
        {shown.author && <bdi>{fullName(shown.author)}</bdi>}
        <RelativeTime at={shown.moved_at} />
      </p>
    </li>
  )
}
