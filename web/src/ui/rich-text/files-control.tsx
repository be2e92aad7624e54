import { IconPaperclip } from '@tabler/icons-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './toolbar.module.css'
import type { ControlProps } from './toolbar.tsx'

export function FilesControl({
  tabIndex,
  onFocus,
  onFiles,
}: ControlProps & { onFiles: (files: readonly File[]) => void }) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <button
        type="button"
        data-stop
        className={styles.control}
        tabIndex={tabIndex}
        aria-label={t('ui.editor.files')}
        title={t('ui.editor.files')}
        onFocus={onFocus}
        onClick={() => input.current?.click()}
      >
        <IconPaperclip size={18} stroke={1.75} aria-hidden="true" />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])])
          event.currentTarget.value = ''
        }}
      />
    </>
  )
}
