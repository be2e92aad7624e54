import { TextInput } from '@mantine/core'
import type { FieldError, UseFormRegisterReturn } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { useFieldError } from '../../lib/sentence.ts'
import { FieldPair, ownDirection } from '../../ui/form.tsx'

type Name = 'first_name' | 'last_name'

type Props = {
  register: (name: Name) => UseFormRegisterReturn
  errors: { [name in Name]?: FieldError | undefined }
}

/** What somebody is called. */
export function NameFields({ register, errors }: Props) {
  const { t } = useTranslation()
  const fieldError = useFieldError()
  return (
    <FieldPair>
      <TextInput
        label={t('identity.firstName')}
        autoComplete="given-name"
        {...ownDirection}
        {...register('first_name')}
        error={fieldError(errors.first_name)}
      />
      <TextInput
        label={t('identity.lastName')}
        autoComplete="family-name"
        {...ownDirection}
        {...register('last_name')}
        error={fieldError(errors.last_name)}
      />
    </FieldPair>
  )
}
