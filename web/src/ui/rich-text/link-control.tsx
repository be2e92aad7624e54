import { Button, Popover, TextInput } from '@mantine/core'
import { IconLink } from '@tabler/icons-react'
import { useEditorState } from '@tiptap/react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toLink } from './allowed.ts'
import styles from './toolbar.module.css'
import type { ControlProps } from './toolbar.tsx'

/** Puts a link on what is selected; with nothing selected, the address itself becomes the words. */
export function LinkControl({ editor, tabIndex, onFocus }: ControlProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [address, setAddress] = useState('')
  const [refused, setRefused] = useState(false)
  const active = useEditorState({ editor, selector: () => editor.isActive('link') })

  const toggle = () => {
    setAddress(String(editor.getAttributes('link').href ?? ''))
    setRefused(false)
    setOpen(!open)
  }

  const apply = (event: FormEvent) => {
    event.preventDefault()
    event.stopPropagation()
    const href = toLink(address)
    if (!href) return setRefused(true)
    setOpen(false)
    const chain = editor.chain().focus().extendMarkRange('link')
    const nothingSelected = editor.state.selection.empty && !active
    if (nothingSelected) {
      const words = { type: 'text', text: address.trim(), marks: [{ type: 'link', attrs: { href } }] }
      chain.insertContent(words).unsetMark('link').run()
    } else chain.setLink({ href }).run()
  }

  const remove = () => {
    setOpen(false)
    editor.chain().focus().extendMarkRange('link').unsetLink().run()
  }

  return (
    <Popover opened={open} onChange={setOpen} trapFocus returnFocus position="bottom-start">
      <Popover.Target>
        <button
          type="button"
          data-stop
          className={styles.control}
          tabIndex={tabIndex}
          aria-label={t('ui.editor.link')}
          title={t('ui.editor.link')}
          aria-pressed={active}
          onFocus={onFocus}
          onClick={toggle}
        >
          <IconLink size={18} stroke={1.75} aria-hidden="true" />
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        {/* Its own form, and portalled: pressing Enter here must not send the post around it. */}
        <form className={styles.link} onSubmit={apply} noValidate>
          <TextInput
            label={t('ui.editor.linkAddress')}
            placeholder="https://"
            dir="ltr"
            inputMode="url"
            data-autofocus
            value={address}
            onChange={(event) => setAddress(event.currentTarget.value)}
            error={refused && t('ui.editor.linkRefused')}
          />
          <div className={styles.linkActions}>
            {active && (
              <Button variant="default" size="sm" onClick={remove}>
                {t('ui.editor.linkRemove')}
              </Button>
            )}
            <Button type="submit" size="sm">
              {t('ui.editor.linkApply')}
            </Button>
          </div>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
