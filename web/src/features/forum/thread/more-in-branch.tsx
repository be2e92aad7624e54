import { Button } from '@mantine/core'
import { IconArrowsVertical } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../../lib/sentence.ts'
import { useReadGap } from '../actions.ts'
import type { Gap } from '../thread.ts'

/** What of a branch is not loaded yet, at the place where it stands. */
export function MoreInBranch({ topic, gap }: { topic: string; gap: Gap }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const read = useReadGap(topic)
  return (
    <>
      <Button
        variant="subtle"
        size="sm"
        leftSection={<IconArrowsVertical size={16} aria-hidden="true" />}
        loading={read.isPending}
        onClick={() => read.mutate(gap)}
      >
        {gap.count === null ? t('thread.moreHere') : t('thread.moreInBranch', { count: gap.count })}
      </Button>
      {read.error && <p role="alert">{sentence(read.error)}</p>}
    </>
  )
}
