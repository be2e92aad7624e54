import { Placeholder } from '@tiptap/extensions'
import { type Editor, EditorContent, type JSONContent, useEditor } from '@tiptap/react'
import { type RefObject, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AutoDirection } from './auto-direction.ts'
import { type Excess, excessOf } from './bounds.ts'
import { DocumentNode, isBlank } from './document.ts'
import styles from './editor.module.css'
import { FilePlaces, markPlace, type PutFile, putFile } from './file-places.ts'
import { writableFiles } from './file-views.tsx'
import { type DocumentLinks, Links } from './links.ts'
import { MentionMenu } from './mention-menu.tsx'
import { cleanPaste, cleanText, filesIn } from './paste.ts'
import { ReadOnly } from './read-only.ts'
import text from './rich-text.module.css'
import { textExtensions } from './schema.ts'
import { Toolbar } from './toolbar.tsx'
import { typedCharacter } from './typed-character.ts'
import { useDropZone } from './use-drop-zone.ts'
import { type FindPeople, useMentions } from './use-mentions.ts'

export type EditorProps = {
  label: string
  placeholder: string
  /** What the editor opens with; later changes to it are not read. */
  initial: unknown
  onChange: (document: JSONContent) => void
  /** Ctrl or ⌘ with Enter. */
  onSubmit?: () => void
  autoFocus?: boolean
  error?: string | null
  /** Whom a name behind an `@` means. Without it there are no mentions. */
  findPeople?: FindPeople
  /** Files that were chosen, dropped or pasted; `place` names where they are to go. */
  onFiles?: (files: readonly File[], place: string) => void
  /** Handed what puts a file that is ready into the text; null when this editor goes. */
  onPut?: (put: PutFile | null) => void
  links?: DocumentLinks
  /** While what is written is on its way: nothing changes in it, and the focus and the caret stay where they are. */
  readOnly?: boolean
}

/** What was typed before the editor was there to take it. */
type Typed = RefObject<string>

const noLinks: DocumentLinks = {}

/** Writes documents of `schema.ts`, and nothing else: whatever is pasted keeps its structure and loses its looks. */
export default function RichTextEditor(props: EditorProps & { typed: Typed }) {
  const { label, placeholder, initial, onChange, onSubmit, autoFocus = false, error, typed } = props
  const { findPeople, onFiles, onPut, links = noLinks, readOnly = false } = props
  const { t } = useTranslation()
  const id = useId()
  const [excess, setExcess] = useState<Excess | null>(null)
  const mentions = useMentions(findPeople)

  const changed = ({ editor }: { editor: Editor }) => {
    const document = editor.getJSON()
    setExcess(excessOf(DocumentNode.parse(document)))
    onChange(document)
  }

  // TipTap learns of new handlers some time after they are drawn: what was typed last would not be sent.
  const submit = useRef(onSubmit)
  useLayoutEffect(() => {
    submit.current = onSubmit
  }, [onSubmit])
  const editor = useEditor({
    extensions: [
      ...textExtensions,
      ...writableFiles,
      AutoDirection,
      FilePlaces,
      Placeholder.configure({ placeholder }),
      ...(findPeople ? [mentions.extension] : []),
    ],
    content: isBlank(initial) ? null : DocumentNode.parse(initial),
    autofocus: autoFocus && 'end',
    onUpdate: changed,
    onFocus: ({ editor }) => {
      const text = typed.current
      typed.current = ''
      if (text) editor.commands.insertContent({ type: 'text', text })
    },
    // TipTap takes the tabindex from an editor that is read-only, and the focus would go with it.
    coreExtensionOptions: { tabindex: { value: '0' } },
    editorProps: {
      attributes: {
        id,
        class: `${text.text} ${styles.area}`,
        role: 'textbox',
        'aria-label': label,
        'aria-multiline': 'true',
        'aria-describedby': `${id}-fault`,
        ...(readOnly && { 'aria-readonly': 'true' }),
      },
      transformPastedHTML: cleanPaste,
      transformPastedText: cleanText,
      handleDOMEvents: {
        // Or a space scrolls the page, and other keys are taken for the page's own.
        keydown: (view, event) => {
          if (!view.editable && typedCharacter(event) !== null) event.preventDefault()
        },
      },
      handleKeyDown: (_view, event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !submit.current) return false
        submit.current()
        return true
      },
      handlePaste: (_view, { clipboardData }) => take(clipboardData),
      handleDrop: (view, { dataTransfer, clientX, clientY }) =>
        take(dataTransfer, view.posAtCoords({ left: clientX, top: clientY })?.pos),
    },
  })

  useEffect(() => {
    onPut?.((node, place) => putFile(editor, node, place))
    return () => onPut?.(null)
  }, [editor, onPut])

  useLayoutEffect(() => {
    if (editor.isEditable === readOnly) editor.setEditable(!readOnly, false)
  }, [editor, readOnly])

  function take(transfer: DataTransfer | null, at?: number): boolean {
    const files = filesIn(transfer)
    if (files.length === 0 || !onFiles) return false
    onFiles(files, markPlace(editor, at))
    return true
  }
  const dropping = useDropZone(onFiles ? take : null, !readOnly)

  const fault = excess ? t(`ui.editor.excess.${excess}`) : error
  return (
    <Links value={links}>
      <ReadOnly value={readOnly}>
        <div
          className={styles.frame}
          data-invalid={fault ? true : undefined}
          data-read-only={readOnly || undefined}
          {...dropping.zone}
        >
          <Toolbar
            editor={editor}
            controls={id}
            mentions={findPeople !== undefined}
            onFiles={onFiles && ((files) => onFiles(files, markPlace(editor)))}
          />
          <EditorContent editor={editor} />
          {dropping.isOver && (
            <div className={styles.dropping} aria-hidden="true">
              {t('ui.editor.dropFiles')}
            </div>
          )}
          {mentions.state && !readOnly && (
            <MentionMenu
              field={editor.view.dom}
              id={`${id}-people`}
              state={mentions.state}
              active={mentions.active}
              onPoint={mentions.setActive}
            />
          )}
        </div>
        <p id={`${id}-fault`} className={styles.fault} role={fault ? 'alert' : undefined}>
          {fault}
        </p>
      </ReadOnly>
    </Links>
  )
}
