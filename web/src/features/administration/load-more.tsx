import { Button } from '@mantine/core'
import type { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

type More = Pick<ReturnType<typeof useInfiniteQuery>, 'hasNextPage' | 'isFetchingNextPage'> & {
  fetchNextPage: () => unknown
}

export function LoadMore({ list }: { list: More }) {
  const { t } = useTranslation()
  if (!list.hasNextPage) return null
  return (
    <Button
      variant="default"
      mt="lg"
      loading={list.isFetchingNextPage}
      onClick={() => void list.fetchNextPage()}
    >
      {t('administration.more')}
    </Button>
  )
}
