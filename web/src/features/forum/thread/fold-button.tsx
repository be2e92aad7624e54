import { VisuallyHidden } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import quiet from '../../../ui/quiet-button.module.css'
import styles from './fold-button.module.css'

/** `count` are the posts below, as far as they are known. */
export type Folding = { isFolded: boolean; count: number; onFold: () => void }

/** Puts away what hangs on a post, and brings it back. `name` is whose post it is. */
export function FoldButton({ isFolded, count, onFold, name }: Folding & { name: string }) {
  const { t } = useTranslation()
  const Icon = isFolded ? IconChevronDown : IconChevronUp
  return (
    <button
      type="button"
      className={`${quiet.quiet} ${styles.fold}`}
      aria-expanded={!isFolded}
      onClick={onFold}
    >
      <Icon size={16} aria-hidden="true" />
      {isFolded ? t('thread.showReplies', { count }) : t('thread.hideReplies')}
      <VisuallyHidden>({name})</VisuallyHidden>
    </button>
  )
}
