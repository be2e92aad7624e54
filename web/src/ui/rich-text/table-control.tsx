import { Menu } from '@mantine/core'
import {
  IconColumnInsertLeft,
  IconColumnInsertRight,
  IconColumnRemove,
  IconRowInsertBottom,
  IconRowInsertTop,
  IconRowRemove,
  IconTable,
  IconTableMinus,
  IconTableRow,
  type TablerIcon,
} from '@tabler/icons-react'
import { type ChainedCommands, useEditorState } from '@tiptap/react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './toolbar.module.css'
import type { ControlProps } from './toolbar.tsx'

const acts: readonly {
  name:
    | 'rowBefore'
    | 'rowAfter'
    | 'columnBefore'
    | 'columnAfter'
    | 'headerRow'
    | 'deleteRow'
    | 'deleteColumn'
    | 'deleteTable'
  Icon: TablerIcon
  mirrored?: true
  run: (chain: ChainedCommands) => ChainedCommands
}[] = [
  { name: 'rowBefore', Icon: IconRowInsertTop, run: (c) => c.addRowBefore() },
  { name: 'rowAfter', Icon: IconRowInsertBottom, run: (c) => c.addRowAfter() },
  { name: 'columnBefore', Icon: IconColumnInsertLeft, run: (c) => c.addColumnBefore(), mirrored: true },
  { name: 'columnAfter', Icon: IconColumnInsertRight, run: (c) => c.addColumnAfter(), mirrored: true },
  { name: 'headerRow', Icon: IconTableRow, run: (c) => c.toggleHeaderRow() },
  { name: 'deleteRow', Icon: IconRowRemove, run: (c) => c.deleteRow() },
  { name: 'deleteColumn', Icon: IconColumnRemove, run: (c) => c.deleteColumn() },
  { name: 'deleteTable', Icon: IconTableMinus, run: (c) => c.deleteTable() },
]

/** Makes a table; within one, what may be done to it. */
export function TableControl({ editor, tabIndex, onFocus }: ControlProps) {
  const { t } = useTranslation()
  const target = useRef<HTMLButtonElement>(null)
  const inside = useEditorState({ editor, selector: () => editor.isActive('table') })
  const insert = () => editor.chain().focus().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run()
  const button = (
    <button
      ref={target}
      type="button"
      data-stop
      className={styles.control}
      tabIndex={tabIndex}
      aria-label={t('ui.editor.table')}
      title={t('ui.editor.table')}
      data-active={inside || undefined}
      onMouseDown={(event) => event.preventDefault()}
      onFocus={onFocus}
      onClick={inside ? undefined : insert}
    >
      <IconTable size={18} stroke={1.75} aria-hidden="true" />
    </button>
  )
  if (!inside) return button
  return (
    // In its place among the rest, so that it is within the page's landmarks.
    <Menu
      position="bottom-start"
      withinPortal={false}
      withInitialFocusPlaceholder={false}
      returnFocus={false}
    >
      <Menu.Target>{button}</Menu.Target>
      {/* Whoever does something goes on writing; whoever does not is where they were. */}
      <Menu.Dropdown onKeyDown={({ key }) => key === 'Escape' && target.current?.focus()}>
        {acts.map(({ name, Icon, run, mirrored }) => (
          <Menu.Item
            key={name}
            leftSection={<Icon size={16} aria-hidden="true" data-mirrored={mirrored} />}
            onClick={() => run(editor.chain().focus()).run()}
          >
            {t(`ui.editor.${name}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
