import { Button } from '@mantine/core'
import { IconArrowUp } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type TopicsAsked, topicsKey } from './lists/queries.ts'
import styles from './new-topics-hint.module.css'
import { useNewTopics } from './use-new-topics.ts'

/** Says that something is new, and leaves the list alone until it is asked. */
export function NewTopicsHint({ asked }: { asked: TopicsAsked }) {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const { count, clear } = useNewTopics(asked)

  const show = async () => {
    clear()
    await queryClient.invalidateQueries({ queryKey: topicsKey })
    window.scrollTo({ top: 0 })
  }

  return (
    <div role="status" className={styles.hint}>
      {count > 0 && (
        <Button
          variant="light"
          size="sm"
          onClick={show}
          leftSection={<IconArrowUp size={16} aria-hidden="true" />}
        >
          {t('forum.newTopics', { count })}
        </Button>
      )}
    </div>
  )
}
