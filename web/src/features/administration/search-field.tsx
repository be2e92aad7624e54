import { TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'

type Props = { label: string; help?: string; value: string; onChange: (value: string) => void }

/** Tells every keystroke at once, so that nothing comes late when somebody has gone on; whoever asks waits for a pause. */
export function SearchField({ label, help, value, onChange }: Props) {
  // The address follows a moment later: what is typed is not overtaken by it.
  const [typed, setTyped] = useState(value)
  return (
    <TextInput
      type="search"
      label={label}
      description={help}
      value={typed}
      onChange={({ target }) => {
        setTyped(target.value)
        onChange(target.value)
      }}
      leftSection={<IconSearch size={18} aria-hidden="true" />}
      autoComplete="off"
      dir="auto"
    />
  )
}
