import { Checkbox, type CheckboxProps } from '@mantine/core'
import { Trans } from 'react-i18next'
import { LegalLink } from './legal-link.tsx'

/** "I agree to the terms and the privacy notice". Both open beside the form, so that nothing typed is lost. */
export function ConsentField(props: Omit<CheckboxProps, 'label'>) {
  return (
    <Checkbox
      {...props}
      label={
        <Trans
          i18nKey="privacy.agree"
          components={{ terms: <LegalLink document="terms" />, notice: <LegalLink document="privacy" /> }}
        />
      }
    />
  )
}
