import { NativeSelect } from '@mantine/core'
import { BranchSort, branchSorts } from '@p2p/contracts'
import { useTranslation } from 'react-i18next'

export function SortControl({ sort, onSort }: { sort: BranchSort; onSort: (sort: BranchSort) => void }) {
  const { t } = useTranslation()
  return (
    <NativeSelect
      size="sm"
      aria-label={t('thread.sort.label')}
      value={sort}
      onChange={(event) => onSort(BranchSort.parse(event.currentTarget.value))}
      data={branchSorts.map((value) => ({ value, label: t(`thread.sort.${value}`) }))}
    />
  )
}
