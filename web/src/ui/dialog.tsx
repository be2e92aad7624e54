import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './dialog.module.css'

type Props = {
  opened: boolean
  title: string
  onClose: () => void
  /** `wide`: as wide as there is room, for a picture. */
  size?: 'sm' | 'md' | 'lg' | 'wide'
  children: ReactNode
}

/** Something to settle before going on. Named by its title; Escape and the ground around it close it. */
export function Dialog({ opened, title, onClose, size = 'md', children }: Props) {
  const { t } = useTranslation()
  return (
    <Modal.Root opened={opened} onClose={onClose} size={size === 'wide' ? '82rem' : size} centered>
      <Modal.Overlay />
      <Modal.Content>
        {/* Mantine's own header is a landmark of the page, of which there is one already. */}
        <div className={styles.head}>
          <Modal.Title component="h2" className={styles.title}>
            {title}
          </Modal.Title>
          <Modal.CloseButton aria-label={t('ui.close')} />
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}
