import { Button, Textarea, TextInput } from '@mantine/core'
import { reasonLimits } from '@p2p/contracts'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../lib/sentence.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Notice } from '../../ui/notice.tsx'
import styles from './dialog.module.css'

type Props = {
  opened: boolean
  onClose: () => void
  title: string
  /** What will happen, and who will read the reason. */
  lead: string
  /** The verb on the button. */
  action: string
  danger?: boolean
  /** Must be typed before, where the act cannot be shrugged off. */
  name?: string
  pending: boolean
  error: unknown
  onConfirm: (reason: string) => void
}

/** Asks for the reason of an act. What was typed stays when the dialog is closed. */
export function ReasonDialog(props: Props) {
  const { t } = useTranslation()
  const { opened, onClose, title, lead, action, danger = false, name, pending, error, onConfirm } = props
  const sentence = useSentence()
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const [fault, setFault] = useState<'reason' | 'name' | null>(null)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const length = reason.trim().length
    if (length < reasonLimits.min || length > reasonLimits.max) return setFault('reason')
    if (name !== undefined && typed.trim() !== name) return setFault('name')
    setFault(null)
    onConfirm(reason.trim())
  }

  return (
    <Dialog opened={opened} onClose={onClose} title={title}>
      <form onSubmit={submit} noValidate className={styles.form}>
        <p className={styles.lead}>{lead}</p>
        <Textarea
          label={t('administration.reason')}
          description={t('administration.reasonHelp')}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
          maxLength={reasonLimits.max}
          autosize
          minRows={3}
          dir="auto"
          data-autofocus
          error={fault === 'reason' && t('errors.reason_invalid')}
        />
        {name !== undefined && (
          <TextInput
            label={t('administration.typeName', { name })}
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
            autoComplete="off"
            dir="auto"
            error={fault === 'name' && t('administration.nameDiffers')}
          />
        )}
        {error !== null && <Notice tone="danger">{sentence(error)}</Notice>}
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('administration.cancel')}
          </Button>
          <Button type="submit" loading={pending} {...(danger && { color: 'danger' })}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
