import { Box, Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../lib/sentence.ts'
import { Notice } from './notice.tsx'

export type MorePages = {
  data: { pageParams: readonly unknown[] } | undefined
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage: (options: { throwOnError: true }) => Promise<unknown>
}

type Props = {
  list: MorePages
  /** Where the list's own layout keeps them apart. */
  tight?: boolean
  /** What more there is, in words. */
  children: ReactNode
}

/** At the end of a list that came in pages: the next one, as long as there is one. */
export function LoadMore({ list, tight = false, children }: Props) {
  const { t } = useTranslation()
  const sentence = useSentence()
  // Not the query's own error, which is gone with whatever else is written into the list.
  const [fault, setFault] = useState<{ error: unknown; after: unknown } | null>(null)
  if (!list.hasNextPage) return null
  const after = list.data?.pageParams
  const failed = fault !== null && fault.after === after
  const apart = !tight && { mt: 'lg' }
  const more = () => {
    setFault(null)
    void list.fetchNextPage({ throwOnError: true }).catch((error) => setFault({ error, after }))
  }
  return (
    <>
      {failed && (
        <Box {...apart}>
          <Notice tone="danger">{sentence(fault.error)}</Notice>
        </Box>
      )}
      <Button variant="default" {...apart} loading={list.isFetchingNextPage} onClick={more}>
        {failed ? t('ui.tryAgain') : children}
      </Button>
    </>
  )
}
