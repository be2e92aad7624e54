import { Button } from '@mantine/core'
import { markAllRead } from '@p2p/client'
import { IconChecks } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../../lib/sentence.ts'
import { supabase } from '../../../lib/supabase.ts'
import styles from './lists.module.css'
import { topicsKey, unreadCountQuery } from './queries.ts'

/** Marks what is unread as read, in one category or everywhere; not there while nothing is unread. */
export function MarkAllRead({ category }: { category?: string | undefined }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const queryClient = useQueryClient()
  const count = useQuery(unreadCountQuery).data
  const mark = useMutation({
    mutationFn: () => markAllRead(supabase, category),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: topicsKey }),
  })
  const something = count !== undefined && count.unread + count.new > 0
  return (
    <div className={styles.markAll}>
      {something && (
        <Button
          variant="subtle"
          size="compact-sm"
          loading={mark.isPending}
          onClick={() => mark.mutate()}
          leftSection={<IconChecks size={16} aria-hidden="true" />}
        >
          {t(category ? 'lists.markCategoryRead' : 'lists.markAllRead')}
        </Button>
      )}
      <span role="status">
        {mark.isError && sentence(mark.error)}
        {mark.isSuccess && t('lists.markedRead', { count: mark.data })}
      </span>
    </div>
  )
}
