import { zodResolver } from '@hookform/resolvers/zod'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { Email } from '@p2p/contracts'
import { Link, useRouter } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { safeNext, urls } from '../../app/urls.ts'
import { refusalOf, useFieldError, useSentence } from '../../lib/sentence.ts'
import { Form } from '../../ui/form.tsx'
import { FormPage } from '../../ui/form-page.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useResendVerification, useSignIn } from './actions.ts'
import { ResendButton } from './resend-button.tsx'

const Credentials = z.object({ email: Email, password: z.string().min(1, { error: 'password_missing' }) })

export function SignInPage({ next }: { next: string | undefined }) {
  const { t } = useTranslation()
  const router = useRouter()
  const signIn = useSignIn()
  const fieldError = useFieldError()
  const { register, handleSubmit, formState, getValues } = useForm({
    resolver: zodResolver(Credentials),
    defaultValues: { email: '', password: '' },
  })

  const submit = handleSubmit(async (credentials) => {
    await signIn.mutateAsync(credentials).then(
      () => router.history.push(safeNext(next)),
      () => {},
    )
  })

  const footer = (
    <>
      {t('identity.noAccount')} <Link to={urls.signUp}>{t('identity.signUp')}</Link>
    </>
  )

  return (
    <FormPage title={t('identity.signInTitle')} footer={footer}>
      {next && !signIn.error && <Notice tone="info">{t('identity.signInFirst')}</Notice>}
      <Form onSubmit={submit}>
        <TextInput
          label={t('identity.workEmail')}
          type="email"
          dir="ltr"
          autoComplete="username"
          {...register('email')}
          error={fieldError(formState.errors.email)}
        />
        <PasswordInput
          label={t('identity.password')}
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': t('identity.showPassword'), tabIndex: 0 }}
          {...register('password')}
          error={fieldError(formState.errors.password)}
        />
        {signIn.error && <SignInFault error={signIn.error} email={getValues('email')} />}
        <Button type="submit" loading={signIn.isPending}>
          {t('identity.signIn')}
        </Button>
      </Form>
      <p>
        <Link to={urls.forgotPassword}>{t('identity.forgotPassword')}</Link>
      </p>
    </FormPage>
  )
}

function SignInFault({ error, email }: { error: unknown; email: string }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const resend = useResendVerification()
  if (refusalOf(error)?.code !== 'email_not_verified') return <Notice tone="danger">{sentence(error)}</Notice>
  return (
    <>
      <Notice tone="danger" title={t('identity.unverifiedTitle')}>
        <p>{t('identity.unverifiedLead')}</p>
      </Notice>
      <ResendButton
        send={() => resend.mutateAsync(email)}
        label={t('identity.resend')}
        sentLabel={t('identity.resent')}
      />
    </>
  )
}
