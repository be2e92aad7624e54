import { Button } from '@mantine/core'
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../lib/sentence.ts'
import styles from './states.module.css'

type Props = {
  /** Left out where the page's own title says it. */
  title?: string
  /** 1 where it stands for a whole page. */
  level?: 1 | 2
  error: unknown
  onRetry?: () => void
  children?: ReactNode
}

/** Says what happened and what to do. */
export function ErrorState({ title, level = 2, error, onRetry, children }: Props) {
  const Title = `h${level}` as const
  const { t } = useTranslation()
  const sentence = useSentence()
  return (
    <div className={styles.state} role="alert">
      <span className={styles.icon} data-tone="danger" aria-hidden="true">
        <IconAlertTriangle size={24} stroke={1.5} />
      </span>
      {title && (
        <Title className={styles.title} tabIndex={-1}>
          {title}
        </Title>
      )}
      <p className={styles.text}>{sentence(error)}</p>
      {onRetry && (
        <Button
          variant="default"
          onClick={onRetry}
          leftSection={<IconRefresh size={18} aria-hidden="true" />}
        >
          {t('ui.tryAgain')}
        </Button>
      )}
      {children}
    </div>
  )
}
