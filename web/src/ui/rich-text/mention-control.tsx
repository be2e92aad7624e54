import { IconAt } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import styles from './toolbar.module.css'
import type { ControlProps } from './toolbar.tsx'

/** Types the sign that begins a mention, for those who do not know it or have it nowhere on their keyboard. */
export function MentionControl({ editor, tabIndex, onFocus }: ControlProps) {
  const { t } = useTranslation()
  const begin = () => {
    const { $from } = editor.state.selection
    const before = $from.parent.textBetween(0, $from.parentOffset, ' ', ' ')
    editor
      .chain()
      .focus()
      .insertContent(before === '' || before.endsWith(' ') ? '@' : ' @')
      .run()
  }
  return (
    <button
      type="button"
      data-stop
      className={styles.control}
      tabIndex={tabIndex}
      aria-label={t('ui.editor.mention')}
      title={t('ui.editor.mention')}
      onMouseDown={(event) => event.preventDefault()}
      onFocus={onFocus}
      onClick={begin}
    >
      <IconAt size={18} stroke={1.75} aria-hidden="true" />
    </button>
  )
}
