import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../lib/sentence.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Notice } from '../../ui/notice.tsx'
import styles from './dialog.module.css'

type Props = {
  opened: boolean
  onClose: () => void
  title: string
  children: ReactNode
  action: string
  danger?: boolean
  pending: boolean
  error: unknown
  onConfirm: () => void
}

/** One more look before something that others will notice. */
export function ConfirmDialog(props: Props) {
  const { t } = useTranslation()
  const { opened, onClose, title, children, action, danger = false, pending, error, onConfirm } = props
  const sentence = useSentence()
  return (
    <Dialog opened={opened} onClose={onClose} title={title}>
      <div className={styles.form}>
        <p className={styles.lead}>{children}</p>
        {error !== null && <Notice tone="danger">{sentence(error)}</Notice>}
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('administration.cancel')}
          </Button>
          <Button loading={pending} onClick={onConfirm} {...(danger && { color: 'danger' })}>
            {action}
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
