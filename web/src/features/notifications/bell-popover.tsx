import { Popover } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type KeyboardEvent, type ReactNode, useState } from 'react'
import styles from './bell.module.css'
import { Latest } from './latest.tsx'
import { latestQuery } from './queries.ts'

/** A button that opens what one was told last. `name` says what it is and how much is unread. */
export function BellPopover({ name, children }: { name: string; children: ReactNode }) {
  const queryClient = useQueryClient()
  const [opened, setOpened] = useState(false)
  const fetchAhead = () => void queryClient.prefetchQuery(latestQuery)
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="top-start"
      floatingStrategy="fixed"
      width="min(25rem, calc(100vw - 2rem))"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <button
          type="button"
          className={styles.bell}
          aria-label={name}
          onPointerEnter={fetchAhead}
          onFocus={fetchAhead}
          onClick={() => setOpened(!opened)}
        >
          {children}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={styles.dropdown} onKeyDown={moveAmongRows}>
        <Latest onLeave={() => setOpened(false)} />
      </Popover.Dropdown>
    </Popover>
  )
}

const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 }

/** The arrows go from row to row; Tab goes through everything. */
function moveAmongRows(event: KeyboardEvent<HTMLElement>) {
  const step = steps[event.key]
  if (!step) return
  const rows = Array.from(event.currentTarget.querySelectorAll('li a'))
  const at = document.activeElement ? rows.indexOf(document.activeElement) : -1
  const next = rows[at + step]
  if (!(next instanceof HTMLElement)) return
  event.preventDefault()
  next.focus()
}
