import { NativeSelect } from '@mantine/core'
import type { ComponentProps } from 'react'
import { useTranslation } from 'react-i18next'

type Props = {
  label: string
  data: NonNullable<ComponentProps<typeof NativeSelect>['data']>
  value: string | undefined
  /** What it is called to choose nothing. */
  none?: string
  /** Undefined where nothing is chosen. */
  onChoose: (value: string | undefined) => void
}

/** One thing to narrow a list by; its first choice is none. */
export function FilterSelect({ label, data, value, none, onChoose }: Props) {
  const { t } = useTranslation()
  return (
    <NativeSelect
      label={label}
      data={[{ value: '', label: none ?? t('directory.any') }, ...data]}
      value={value ?? ''}
      onChange={(event) => onChoose(event.currentTarget.value || undefined)}
    />
  )
}
