import { zodResolver } from '@hookform/resolvers/zod'
import { Button, NativeSelect, type PasswordInput, TextInput } from '@mantine/core'
import { AcceptInvitationInput, type OpenedInvitation } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import type { ComponentProps, ComponentType } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { languageChoices } from '../../lib/i18n.ts'
import { currentDocumentsQuery } from '../../lib/legal.ts'
import { useFieldError, useSentence } from '../../lib/sentence.ts'
import { showAtFields } from '../../lib/show-at-fields.ts'
import { ConsentField } from '../../ui/consent-field.tsx'
import { FieldPair, Form } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useAcceptInvitation } from './actions.ts'
import type { NewAccount } from './invitation-page.tsx'
import { NameFields } from './name-fields.tsx'

const AcceptValues = AcceptInvitationInput.extend({
  consent: z.boolean().refine((agreed) => agreed, { error: 'consent_missing' }),
})
const fieldNames = ['first_name', 'last_name', 'first_name_ar', 'last_name_ar', 'password', 'locale'] as const

type Props = {
  invitation: OpenedInvitation
  token: string
  passwordField: ComponentType<ComponentProps<typeof PasswordInput> & { value: string }>
  onAccount: (account: NewAccount) => Promise<void>
}

/** The first word is the first name, as far as anybody can tell; the person corrects it. */
function namesIn(name: string | null) {
  const [first = '', ...rest] = (name ?? '').trim().split(/\s+/)
  return { first_name: first, last_name: rest.join(' ') }
}

/** Makes the account. The address is the invitation's: there is nothing to verify any more. */
export function AcceptForm({ invitation, token, passwordField: PasswordField, onAccount }: Props) {
  const { t } = useTranslation()
  const accept = useAcceptInvitation()
  const sentence = useSentence()
  const fieldError = useFieldError()
  const { data: documents } = useQuery(currentDocumentsQuery)
  const { register, handleSubmit, setError, watch, formState } = useForm({
    resolver: zodResolver(AcceptValues),
    mode: 'onTouched',
    defaultValues: {
      token,
      ...namesIn(invitation.name),
      first_name_ar: '',
      last_name_ar: '',
      password: '',
      locale: invitation.locale,
      consent: false,
    },
  })
  const { errors, isSubmitting } = formState

  const submit = handleSubmit(async ({ consent: _consent, ...input }) => {
    try {
      const { email } = await accept.mutateAsync({ ...input, accepted_documents: documents ?? [] })
      await onAccount({ email, password: input.password })
    } catch (error) {
      showAtFields(error, fieldNames, setError)
    }
  })

  return (
    <Form onSubmit={submit}>
      <TextInput
        label={t('identity.workEmail')}
        type="email"
        dir="ltr"
        autoComplete="username"
        value={invitation.email}
        readOnly
      />
      <NameFields register={register} errors={errors} />
      <FieldPair>
        <TextInput
          label={t('invitations.firstNameAr')}
          dir="rtl"
          lang="ar"
          {...register('first_name_ar')}
          error={fieldError(errors.first_name_ar)}
        />
        <TextInput
          label={t('invitations.lastNameAr')}
          dir="rtl"
          lang="ar"
          {...register('last_name_ar')}
          error={fieldError(errors.last_name_ar)}
        />
      </FieldPair>
      <PasswordField
        value={watch('password')}
        {...register('password')}
        error={fieldError(errors.password)}
      />
      <NativeSelect
        label={t('identity.language')}
        description={t('identity.languageHelp')}
        data={languageChoices}
        {...register('locale')}
      />
      <ConsentField {...register('consent')} error={fieldError(errors.consent)} />
      {accept.error && <Notice tone="danger">{sentence(accept.error)}</Notice>}
      <Button type="submit" loading={isSubmitting}>
        {t('invitations.accept')}
      </Button>
    </Form>
  )
}
