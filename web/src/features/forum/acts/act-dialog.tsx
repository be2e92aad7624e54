import { Button } from '@mantine/core'
import type { FormEvent, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../../lib/sentence.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { Notice } from '../../../ui/notice.tsx'
import styles from './act-dialog.module.css'

type Props = {
  title: string
  /** What will happen. */
  lead?: string
  /** The verb on the button. */
  action: string
  danger?: boolean
  size?: 'md' | 'lg'
  pending: boolean
  error: unknown
  onSubmit: () => void
  onClose: () => void
  children?: ReactNode
}

/** One act on a topic: what it asks, what went wrong, and its verb. */
export function ActDialog(props: Props) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const {
    title,
    lead,
    action,
    danger = false,
    size = 'md',
    pending,
    error,
    onSubmit,
    onClose,
    children,
  } = props
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSubmit()
  }
  return (
    <Dialog opened onClose={onClose} title={title} size={size}>
      <form className={styles.form} onSubmit={submit} data-sending={pending || undefined} noValidate>
        {lead && <p className={styles.lead}>{lead}</p>}
        {children}
        {error !== null && <Notice tone="danger">{sentence(error)}</Notice>}
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('forum.cancel')}
          </Button>
          <Button type="submit" loading={pending} {...(danger && { color: 'danger' })}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
