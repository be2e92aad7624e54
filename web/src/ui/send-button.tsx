import { Button } from '@mantine/core'
import type { ReactNode } from 'react'

type Props = {
  sending: boolean
  disabled?: boolean
  /** Without it the form around is submitted; whoever handles that ignores a second time while it is sent. */
  onClick?: () => void
  children: ReactNode
}

/** Sends what was written. While that is on its way it keeps the focus, which a disabled button would lose. */
export function SendButton({ sending, disabled = false, onClick, children }: Props) {
  return (
    <Button
      type={onClick ? 'button' : 'submit'}
      loading={sending}
      disabled={disabled}
      onClick={onClick}
      renderRoot={(props) => <button {...props} disabled={disabled} aria-disabled={sending || undefined} />}
    >
      {children}
    </Button>
  )
}
