import { zodResolver } from '@hookform/resolvers/zod'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { SignupInput } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { urls } from '../../app/urls.ts'
import { currentLocale, languageChoices } from '../../lib/i18n.ts'
import { currentDocumentsQuery } from '../../lib/legal.ts'
import { useFieldError } from '../../lib/sentence.ts'
import { showAtFields } from '../../lib/show-at-fields.ts'
import { ConsentField } from '../../ui/consent-field.tsx'
import { FieldPair, Form } from '../../ui/form.tsx'
import { FormPage } from '../../ui/form-page.tsx'
import { useSignUp } from './actions.ts'
import { NewPasswordField } from './new-password-field.tsx'
import { NextSteps } from './next-steps.tsx'
import { SignUpFault } from './sign-up-fault.tsx'

const fieldNames = Object.keys(SignupInput.shape) as (keyof SignupInput)[]

const SignUpForm = SignupInput.extend({ consent: z.boolean().refine(Boolean, { error: 'consent_missing' }) })

export function SignUpPage() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const signUp = useSignUp()
  const fieldError = useFieldError()
  const { register, handleSubmit, setError, watch, getValues, formState } = useForm({
    resolver: zodResolver(SignUpForm),
    mode: 'onTouched',
    defaultValues: {
      organization_name: '',
      first_name: '',
      last_name: '',
      email: '',
      password: '',
      locale: currentLocale(),
      consent: false,
    },
  })
  const { errors } = formState

  const { data: documents } = useQuery(currentDocumentsQuery)

  const submit = handleSubmit(async (input) => {
    try {
      await signUp.mutateAsync({ ...input, accepted_documents: documents })
      await navigate({ to: urls.checkMail, state: { email: input.email } })
    } catch (error) {
      showAtFields(error, fieldNames, setError)
    }
  })

  const footer = (
    <>
      {t('identity.haveAccount')} <Link to={urls.signIn}>{t('identity.signIn')}</Link>
    </>
  )

  return (
    <FormPage
      title={t('identity.signUpTitle')}
      lead={t('identity.signUpLead')}
      footer={footer}
      aside={<NextSteps />}
    >
      <Form onSubmit={submit}>
        <TextInput
          label={t('identity.organization')}
          autoComplete="organization"
          {...register('organization_name')}
          error={fieldError(errors.organization_name)}
        />
        <FieldPair>
          <TextInput
            label={t('identity.firstName')}
            autoComplete="given-name"
            {...register('first_name')}
            error={fieldError(errors.first_name)}
          />
          <TextInput
            label={t('identity.lastName')}
            autoComplete="family-name"
            {...register('last_name')}
            error={fieldError(errors.last_name)}
          />
        </FieldPair>
        <TextInput
          label={t('identity.workEmail')}
          description={t('identity.workEmailHelp')}
          type="email"
          dir="ltr"
          autoComplete="email"
          {...register('email')}
          error={fieldError(errors.email)}
        />
        <NewPasswordField
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
        {signUp.error && <SignUpFault error={signUp.error} typed={getValues()} />}
        <Button type="submit" loading={signUp.isPending}>
          {t('identity.signUp')}
        </Button>
      </Form>
    </FormPage>
  )
}
