import type { Topic } from '@p2p/contracts'
import { useTranslation } from 'react-i18next'
import { ActDialog } from './act-dialog.tsx'
import { useLockTopic } from './topic-acts.ts'

/** Closes a topic, or opens a closed one. */
export function LockDialog({ topic, onClose }: { topic: Topic; onClose: () => void }) {
  const { t } = useTranslation()
  const lock = useLockTopic(topic.id)
  const act = topic.locked_at ? 'unlock' : 'lock'
  return (
    <ActDialog
      title={t(`acts.${act}.title`)}
      lead={t(`acts.${act}.lead`)}
      action={t(`acts.${act}.action`)}
      pending={lock.isPending}
      error={lock.error}
      onSubmit={() => lock.mutate(act === 'lock', { onSuccess: onClose })}
      onClose={onClose}
    />
  )
}
