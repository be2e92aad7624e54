import { TextInput } from '@mantine/core'
import type { ComponentProps } from 'react'
import { useTranslation } from 'react-i18next'

/** Six digits of an app; phones offer them from where they came. */
export function CodeField(field: ComponentProps<typeof TextInput>) {
  const { t } = useTranslation()
  return (
    <TextInput
      label={t('security.factor.code')}
      description={t('security.factor.codeHelp')}
      inputMode="numeric"
      autoComplete="one-time-code"
      dir="ltr"
      maxLength={12}
      {...field}
    />
  )
}
