import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconBlockquote,
  IconBold,
  IconCode,
  IconH2,
  IconH3,
  IconItalic,
  IconList,
  IconListNumbers,
  IconSourceCode,
  IconStrikethrough,
  type TablerIcon,
} from '@tabler/icons-react'
import { type ChainedCommands, type Editor, useEditorState } from '@tiptap/react'
import { type KeyboardEvent, type SyntheticEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FilesControl } from './files-control.tsx'
import { LinkControl } from './link-control.tsx'
import { MentionControl } from './mention-control.tsx'
import { useReadOnly } from './read-only.ts'
import { TableControl } from './table-control.tsx'
import styles from './toolbar.module.css'

type Control = {
  name:
    | 'bold'
    | 'italic'
    | 'strike'
    | 'code'
    | 'heading2'
    | 'heading3'
    | 'bulletList'
    | 'orderedList'
    | 'blockquote'
    | 'codeBlock'
    | 'undo'
    | 'redo'
  Icon: TablerIcon
  run: (chain: ChainedCommands) => ChainedCommands
  isActive?: (editor: Editor) => boolean
  mirrored?: true
}

const controls: readonly Control[] = [
  { name: 'bold', Icon: IconBold, run: (c) => c.toggleBold(), isActive: (e) => e.isActive('bold') },
  { name: 'italic', Icon: IconItalic, run: (c) => c.toggleItalic(), isActive: (e) => e.isActive('italic') },
  {
    name: 'strike',
    Icon: IconStrikethrough,
    run: (c) => c.toggleStrike(),
    isActive: (e) => e.isActive('strike'),
  },
  { name: 'code', Icon: IconCode, run: (c) => c.toggleCode(), isActive: (e) => e.isActive('code') },
  heading(2, 'heading2', IconH2),
  heading(3, 'heading3', IconH3),
  {
    name: 'bulletList',
    Icon: IconList,
    run: (c) => c.toggleBulletList(),
    isActive: (e) => e.isActive('bulletList'),
    mirrored: true,
  },
  {
    name: 'orderedList',
    Icon: IconListNumbers,
    run: (c) => c.toggleOrderedList(),
    isActive: (e) => e.isActive('orderedList'),
  },
  {
    name: 'blockquote',
    Icon: IconBlockquote,
    run: (c) => c.toggleBlockquote(),
    isActive: (e) => e.isActive('blockquote'),
    mirrored: true,
  },
  {
    name: 'codeBlock',
    Icon: IconSourceCode,
    run: (c) => c.toggleCodeBlock(),
    isActive: (e) => e.isActive('codeBlock'),
  },
  { name: 'undo', Icon: IconArrowBackUp, run: (c) => c.undo(), mirrored: true },
  { name: 'redo', Icon: IconArrowForwardUp, run: (c) => c.redo(), mirrored: true },
]

function heading(level: 2 | 3, name: 'heading2' | 'heading3', Icon: TablerIcon): Control {
  return {
    name,
    Icon,
    run: (chain) => chain.toggleHeading({ level }),
    isActive: (editor) => editor.isActive('heading', { level }),
  }
}

/** What a control of its own needs to be one among those of the bar. */
export type ControlProps = { editor: Editor; tabIndex: number; onFocus: () => void }

type Props = {
  editor: Editor
  controls: string
  mentions: boolean
  onFiles: ((files: readonly File[]) => void) | undefined
}

/** One stop of the Tab key; the arrows move within it. */
export function Toolbar({ editor, controls: area, mentions, onFiles }: Props) {
  const { t } = useTranslation()
  const bar = useRef<HTMLDivElement>(null)
  const [stop, setStop] = useState(0)
  const readOnly = useReadOnly()
  const active = useEditorState({
    editor,
    selector: () => controls.map(({ isActive }) => isActive?.(editor) ?? false),
  })

  const move = (event: KeyboardEvent) => {
    // In what a control opens, keys have a meaning of their own.
    if (!(event.target instanceof Element && event.target.closest('[data-stop]'))) return
    const step = stepOf(event.key, getComputedStyle(event.currentTarget).direction === 'rtl')
    if (step === null) return
    event.preventDefault()
    const buttons = [...(bar.current?.querySelectorAll<HTMLButtonElement>('[data-stop]') ?? [])]
    const next =
      step === 'first'
        ? 0
        : step === 'last'
          ? buttons.length - 1
          : (stop + step + buttons.length) % buttons.length
    setStop(next)
    buttons[next]?.focus()
  }

  // Its controls could still be reached, and keep the focus; whatever is done to the text goes by a click.
  const refuse = (event: SyntheticEvent) => {
    event.preventDefault()
    event.stopPropagation()
  }

  const place = (index: number) => ({
    editor,
    tabIndex: stop === controls.length + index ? 0 : -1,
    onFocus: () => setStop(controls.length + index),
  })

  return (
    <div
      ref={bar}
      role="toolbar"
      aria-label={t('ui.editor.toolbar')}
      aria-controls={area}
      className={styles.bar}
      onKeyDown={move}
      {...(readOnly && { 'aria-disabled': true, onClickCapture: refuse })}
    >
      {controls.map(({ name, Icon, run, isActive, mirrored }, index) => (
        <button
          key={name}
          type="button"
          data-stop
          className={styles.control}
          tabIndex={stop === index ? 0 : -1}
          aria-label={t(`ui.editor.${name}`)}
          title={t(`ui.editor.${name}`)}
          aria-pressed={isActive ? active[index] : undefined}
          onMouseDown={(event) => event.preventDefault()}
          onFocus={() => setStop(index)}
          onClick={() => run(editor.chain().focus()).run()}
        >
          <Icon size={18} stroke={1.75} aria-hidden="true" data-mirrored={mirrored} />
        </button>
      ))}
      <LinkControl {...place(0)} />
      <TableControl {...place(1)} />
      {mentions && <MentionControl {...place(2)} />}
      {onFiles && <FilesControl {...place(mentions ? 3 : 2)} onFiles={onFiles} />}
    </div>
  )
}

function stepOf(key: string, rightToLeft: boolean): number | 'first' | 'last' | null {
  if (key === 'Home') return 'first'
  if (key === 'End') return 'last'
  if (key === 'ArrowRight') return rightToLeft ? -1 : 1
  if (key === 'ArrowLeft') return rightToLeft ? 1 : -1
  return null
}
