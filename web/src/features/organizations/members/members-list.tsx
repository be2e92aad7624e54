import { Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import type { Colleague, MemberFilter } from '@p2p/contracts'
import { IconUsers } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { currentLocale } from '../../../lib/i18n.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { ErrorState } from '../../../ui/error-state.tsx'
import { LoadMore } from '../../../ui/load-more.tsx'
import { SkeletonList } from '../../../ui/skeleton.tsx'
import type { Act } from './acts.ts'
import { MemberCards } from './member-cards.tsx'
import { MemberTable } from './member-table.tsx'
import styles from './members.module.css'
import { membersQuery } from './queries.ts'

type Props = {
  filter: MemberFilter
  onFilter: (filter: MemberFilter) => void
  onAct: (act: Act, member: Colleague) => void
}

/** A table where there is room for one, cards where there is not. */
export function MembersList({ filter, onFilter, onAct }: Props) {
  const { t } = useTranslation()
  const wide = useMediaQuery('(width >= 60em)', true, { getInitialValueInEffect: false })
  const members = useInfiniteQuery(membersQuery(filter, currentLocale()))
  if (members.isPending) return <SkeletonList label={t('ui.loading')} rows={6} kind="row" />
  if (members.isError && !members.data) {
    return (
      <ErrorState title={t('members.failed')} error={members.error} onRetry={() => void members.refetch()} />
    )
  }
  const people = members.data.pages.flatMap((page) => page.members)
  const Shape = wide ? MemberTable : MemberCards
  return (
    <>
      <p role="status" className={styles.count}>
        {t(members.hasNextPage ? 'members.shownAndMore' : 'members.shown', { count: people.length })}
      </p>
      {people.length === 0 ? (
        <EmptyState
          icon={<IconUsers size={24} stroke={1.5} />}
          title={t('members.nobody')}
          action={
            <Button variant="default" onClick={() => onFilter({})}>
              {t('members.showAll')}
            </Button>
          }
        >
          {t('members.nobodyHelp')}
        </EmptyState>
      ) : (
        <div data-stale={members.isPlaceholderData || undefined} className={styles.list}>
          <Shape
            people={people}
            sort={filter.sort ?? 'name'}
            onSort={(sort) => onFilter({ ...filter, sort })}
            onAct={onAct}
          />
        </div>
      )}
      <LoadMore list={members}>{t('members.more')}</LoadMore>
    </>
  )
}
