import { Textarea } from '@mantine/core'
import { reasonLimits, type Topic } from '@p2p/contracts'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../../app/urls.ts'
import { useMember } from '../../../lib/me.ts'
import { ownDirection } from '../../../ui/form.tsx'
import { ActDialog } from './act-dialog.tsx'
import { useDeleteTopic } from './topic-acts.ts'

/** One's own goes as it is; for another's a moderator says why. Both can be undone on the page one comes to. */
export function DeleteDialog({ topic, onClose }: { topic: Topic; onClose: () => void }) {
  const { t } = useTranslation()
  const me = useMember()
  const navigate = useNavigate()
  const remove = useDeleteTopic(topic.id, () => void navigate({ to: urls.deletedTopics }))
  const [reason, setReason] = useState('')
  const [fault, setFault] = useState(false)
  const isOwn = topic.author?.id === me.id

  const submit = () => {
    const { length } = reason.trim()
    const isMissing = !isOwn && (length < reasonLimits.min || length > reasonLimits.max)
    setFault(isMissing)
    if (isMissing) return
    remove.mutate(isOwn ? null : reason.trim())
  }

  return (
    <ActDialog
      title={t('acts.delete.title')}
      lead={t(isOwn ? 'acts.delete.leadOwn' : 'acts.delete.lead')}
      action={t('acts.delete.action')}
      danger
      pending={remove.isPending}
      error={remove.error}
      onSubmit={submit}
      onClose={onClose}
    >
      {!isOwn && (
        <Textarea
          size="md"
          label={t('acts.delete.reason')}
          description={t('acts.delete.reasonHelp')}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
          maxLength={reasonLimits.max}
          autosize
          minRows={3}
          {...ownDirection}
          data-autofocus
          error={fault && t('errors.reason_invalid')}
        />
      )}
    </ActDialog>
  )
}
