import { Button } from '@mantine/core'
import { countedUpTo } from '@p2p/contracts'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { formatNumber } from '../../lib/format.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { LoadMore, type MorePages } from '../../ui/load-more.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import styles from './filters.module.css'

type Props = {
  /** Names the list for who cannot see it. */
  label: string
  /** What the first page said; null before. */
  count: number | null
  countWords: (count: number, shown: string) => string
  found: MorePages & {
    isPending: boolean
    isError: boolean
    error: unknown
    isPlaceholderData: boolean
    refetch: () => unknown
  }
  failed: string
  /** The rows, null where nothing has come. */
  rows: ReactNode[] | null
  empty: { icon: ReactNode; title: string; help: string }
  isNarrowed: boolean
  onClear: () => void
}

/** What was found, with how much it is, in each of its states. */
export function FoundList({
  label,
  count,
  countWords,
  found,
  failed,
  rows,
  empty,
  isNarrowed,
  onClear,
}: Props) {
  const { t, i18n } = useTranslation()
  const clear = (
    <Button variant="subtle" size="compact-sm" onClick={onClear}>
      {t('directory.clear')}
    </Button>
  )
  if (found.isPending) return <SkeletonList label={t('ui.loading')} rows={8} kind="row" />
  if (found.isError && !rows) {
    return <ErrorState title={failed} error={found.error} onRetry={() => void found.refetch()} />
  }
  const shown =
    count !== null && count > countedUpTo
      ? t('directory.moreThan', { count: countedUpTo, number: formatNumber(countedUpTo, i18n.language) })
      : formatNumber(count ?? 0, i18n.language)
  return (
    <>
      <div className={styles.bar}>
        <p role="status">{count !== null && countWords(count, shown)}</p>
        {isNarrowed && clear}
      </div>
      {rows?.length === 0 ? (
        <EmptyState icon={empty.icon} title={empty.title}>
          {empty.help}
        </EmptyState>
      ) : (
        <ul aria-label={label} aria-busy={found.isPlaceholderData}>
          {rows}
        </ul>
      )}
      <LoadMore list={found}>{t('directory.more')}</LoadMore>
    </>
  )
}

/** Where the names of the cities come from. */
export function CityCredit() {
  const { t } = useTranslation()
  return (
    <p className={styles.credit}>
      {t('directory.cityCredit')}{' '}
      <a href="https://www.geonames.org" rel="noopener noreferrer" target="_blank">
        GeoNames, CC BY 4.0
      </a>
    </p>
  )
}
