import { Placeholder } from '@tiptap/extensions'
import { type Editor, EditorContent, type JSONContent, useEditor } from '@tiptap/react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AutoDirection } from './auto-direction.ts'
import { DocumentNode, documentBytes, isBlank } from './document.ts'
import styles from './editor.module.css'
import text from './rich-text.module.css'
import { schemaExtensions } from './schema.ts'
import { Toolbar } from './toolbar.tsx'

export type EditorProps = {
  label: string
  placeholder: string
  /** What the editor opens with; later changes to it are not read. */
  initial: unknown
  onChange: (document: JSONContent) => void
  /** Ctrl or ⌘ with Enter. */
  onSubmit?: () => void
  /** Bytes of JSON beyond which the reader is told that it is too much. */
  maxBytes: number
  autoFocus?: boolean
  error?: string | null
}

/** Writes documents of `schema.ts`, and nothing else: whatever is pasted keeps its structure and loses its looks. */
export default function RichTextEditor(props: EditorProps) {
  const { label, placeholder, initial, onChange, onSubmit, maxBytes, autoFocus = false, error } = props
  const { t } = useTranslation()
  const id = useId()
  const [tooLong, setTooLong] = useState(false)

  const changed = ({ editor }: { editor: Editor }) => {
    const document = editor.getJSON()
    setTooLong(documentBytes(document) > maxBytes)
    onChange(document)
  }

  const editor = useEditor({
    extensions: [...schemaExtensions, AutoDirection, Placeholder.configure({ placeholder })],
    content: isBlank(initial) ? null : DocumentNode.parse(initial),
    autofocus: autoFocus && 'end',
    onUpdate: changed,
    editorProps: {
      attributes: {
        id,
        class: `${text.text} ${styles.area}`,
        role: 'textbox',
        'aria-label': label,
        'aria-multiline': 'true',
        'aria-describedby': `${id}-fault`,
      },
      handleKeyDown: (_view, event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !onSubmit) return false
        onSubmit()
        return true
      },
    },
  })

  const fault = tooLong ? t('ui.editor.tooLong') : error
  return (
    <div>
      <div className={styles.frame} data-invalid={fault ? true : undefined}>
        <Toolbar editor={editor} controls={id} />
        <EditorContent editor={editor} />
      </div>
      <p id={`${id}-fault`} className={styles.fault} role={fault ? 'alert' : undefined}>
        {fault}
      </p>
    </div>
  )
}
