import { NativeSelect } from '@mantine/core'
import type { Topic } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMember } from '../../../lib/me.ts'
import { useCategoryWords } from '../category-name.ts'
import { categoriesQuery } from '../queries.ts'
import { ActDialog } from './act-dialog.tsx'
import { useMoveTopic } from './topic-acts.ts'

export function MoveDialog({ topic, onClose }: { topic: Topic; onClose: () => void }) {
  const { t } = useTranslation()
  const me = useMember()
  const words = useCategoryWords()
  const move = useMoveTopic(topic.id)
  const categories = useQuery(categoriesQuery)
  const [category, setCategory] = useState(topic.category.slug)
  const open = (categories.data ?? []).filter(
    ({ slug, archived_at, posting }) =>
      slug === topic.category.slug || (!archived_at && (posting === 'members' || me.platform_role)),
  )
  return (
    <ActDialog
      title={t('acts.move.title')}
      lead={t('acts.move.lead')}
      action={t('acts.move.action')}
      pending={move.isPending}
      error={move.error}
      onSubmit={() =>
        category === topic.category.slug ? onClose() : move.mutate(category, { onSuccess: onClose })
      }
      onClose={onClose}
    >
      <NativeSelect
        label={t('forum.category')}
        value={category}
        onChange={({ target }) => setCategory(target.value)}
        data={open.map((each) => ({ value: each.slug, label: words.name(each) }))}
        data-autofocus
      />
    </ActDialog>
  )
}
