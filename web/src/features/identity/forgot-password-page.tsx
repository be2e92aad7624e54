import { zodResolver } from '@hookform/resolvers/zod'
import { Button, TextInput } from '@mantine/core'
import { Email } from '@p2p/contracts'
import { Link } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { Trans, useTranslation } from 'react-i18next'
import { z } from 'zod'
import { urls } from '../../app/urls.ts'
import { useFieldError, useSentence } from '../../lib/sentence.ts'
import { Form } from '../../ui/form.tsx'
import { FormPage } from '../../ui/form-page.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useRequestPasswordReset } from './actions.ts'
import { ResendButton } from './resend-button.tsx'

const Input = z.object({ email: Email })

export function ForgotPasswordPage() {
  const { t } = useTranslation()
  const sentence = useSentence()
  const fieldError = useFieldError()
  const request = useRequestPasswordReset()
  const { register, handleSubmit, formState } = useForm({
    resolver: zodResolver(Input),
    defaultValues: { email: '' },
  })
  const submit = handleSubmit(({ email }) => request.mutate(email))
  const footer = <Link to={urls.signIn}>{t('identity.backToSignIn')}</Link>

  if (request.isSuccess) {
    const email = request.variables
    return (
      <FormPage title={t('identity.checkMailTitle')} footer={footer}>
        {/* The same words whether or not the address has an account: it is nobody's business. */}
        <p>
          <Trans i18nKey="identity.resetSent" values={{ email }} components={{ email: <bdi dir="ltr" /> }} />
        </p>
        <ResendButton
          send={() => request.mutateAsync(email)}
          label={t('identity.sendNewLink')}
          sentLabel={t('identity.resentIfKnown')}
          pause="recovery"
          pauseFirst
        />
      </FormPage>
    )
  }
  return (
    <FormPage title={t('identity.forgotTitle')} lead={t('identity.forgotLead')} footer={footer}>
      <Form onSubmit={submit}>
        <TextInput
          label={t('identity.workEmail')}
          type="email"
          dir="ltr"
          autoComplete="username"
          {...register('email')}
          error={fieldError(formState.errors.email)}
        />
        {request.error && <Notice tone="danger">{sentence(request.error)}</Notice>}
        <Button type="submit" loading={request.isPending}>
          {t('identity.sendLink')}
        </Button>
      </Form>
    </FormPage>
  )
}
