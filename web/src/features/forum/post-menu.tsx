import { Menu } from '@mantine/core'
import type { Post } from '@p2p/contracts'
import { IconCheck, IconDots, IconFlag, IconLink, IconPencil, IconTrash } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import quiet from '../../ui/quiet-button.module.css'
import { preloadEditor } from '../../ui/rich-text/lazy-editor.tsx'
import { ReportDialog } from './moderation/report-dialog.tsx'
import styles from './post-actions.module.css'

type Props = {
  post: Post
  /** The post's own address. */
  address: string
  locked: boolean
  onEdit: () => void
  onDelete: () => void
}

/** What is done with a post less often than answering it. */
export function PostMenu({ post, address, locked, onEdit, onDelete }: Props) {
  const { t } = useTranslation()
  const [reporting, setReporting] = useState(false)
  const opener = useRef<HTMLButtonElement>(null)
  // The menu's item, from which the dialog came, is gone.
  const reported = () => {
    setReporting(false)
    opener.current?.focus()
  }
  return (
    <>
      <Menu position="bottom-start" width={220}>
        <Menu.Target>
          <button
            ref={opener}
            type="button"
            className={`${quiet.quiet} ${styles.action}`}
            aria-label={t('forum.postMenu')}
            onPointerEnter={preloadEditor}
          >
            <IconDots size={18} aria-hidden="true" />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <CopyLink address={address} />
          {post.mine && !locked && (
            <>
              <Menu.Item leftSection={<IconPencil size={18} aria-hidden="true" />} onClick={onEdit}>
                {t('forum.edit')}
              </Menu.Item>
              <Menu.Item
                color="danger"
                leftSection={<IconTrash size={18} aria-hidden="true" />}
                onClick={onDelete}
              >
                {t('forum.delete')}
              </Menu.Item>
            </>
          )}
          {!post.mine && (
            <Menu.Item
              leftSection={<IconFlag size={18} aria-hidden="true" />}
              onClick={() => setReporting(true)}
            >
              {t('moderation.report.open')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {reporting && <ReportDialog post={post.id} onClose={reported} />}
    </>
  )
}

/** Stays open, so that one sees how it went. */
function CopyLink({ address }: { address: string }) {
  const { t } = useTranslation()
  const [word, setWord] = useState<'copyLink' | 'linkCopied' | 'linkNotCopied'>('copyLink')
  const Icon = word === 'linkCopied' ? IconCheck : IconLink
  // A browser may forbid it, and without https it knows no clipboard.
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(new URL(address, location.origin).href)
      setWord('linkCopied')
    } catch {
      setWord('linkNotCopied')
    }
  }
  return (
    <Menu.Item
      closeMenuOnClick={false}
      leftSection={<Icon size={18} aria-hidden="true" />}
      onClick={() => void copy()}
    >
      <span aria-live="polite">{t(`forum.${word}`)}</span>
    </Menu.Item>
  )
}
