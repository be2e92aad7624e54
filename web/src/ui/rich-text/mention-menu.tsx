import { VisuallyHidden } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import styles from './mention-menu.module.css'
import type { MentionMenuState } from './mention-suggestion.ts'

type Props = {
  /** The field one is writing in; it keeps the focus and says which of the people is the active one. */
  field: HTMLElement
  id: string
  state: MentionMenuState
  active: number
  onPoint: (index: number) => void
}

export function MentionMenu({ field, id, state, active, onPoint }: Props) {
  const { t } = useTranslation()
  const list = useRef<HTMLDivElement>(null)
  const { items, loading, query, command, mount } = state
  const found = items.length > 0

  useEffect(() => (list.current ? mount(list.current) : undefined), [mount])

  useEffect(() => {
    if (!found) return
    field.setAttribute('aria-controls', id)
    field.setAttribute('aria-activedescendant', `${id}-${active}`)
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
    return () => {
      field.removeAttribute('aria-controls')
      field.removeAttribute('aria-activedescendant')
    }
  }, [field, id, active, found])

  const nobody = !loading && !found && query !== ''
  return (
    <>
      <div ref={list} className={styles.menu} hidden={!found && !nobody}>
        {found && (
          <div id={id} role="listbox" aria-label={t('ui.editor.people')}>
            {items.map((item, index) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the focus and takes the keys
              <div
                key={item.id}
                id={`${id}-${index}`}
                role="option"
                tabIndex={-1}
                aria-selected={index === active}
                className={styles.option}
                onMouseDown={(event) => event.preventDefault()}
                onPointerMove={() => onPoint(index)}
                onClick={() => command(item)}
              >
                <bdi className={styles.label}>{item.label}</bdi>
                {item.detail && <bdi className={styles.detail}>{item.detail}</bdi>}
              </div>
            ))}
          </div>
        )}
        {nobody && <p className={styles.nobody}>{t('ui.editor.nobody')}</p>}
      </div>
      <VisuallyHidden role="status">
        {found ? t('ui.editor.found', { count: items.length }) : nobody ? t('ui.editor.nobody') : ''}
      </VisuallyHidden>
    </>
  )
}
