import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Checkbox, PasswordInput, TextInput } from '@mantine/core'
import { SignInInput } from '@p2p/contracts'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useRouter } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { safeNext, urls } from '../../app/urls.ts'
import { useFieldError } from '../../lib/sentence.ts'
import { Form } from '../../ui/form.tsx'
import { FormPage } from '../../ui/form-page.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useSignIn } from './actions.ts'
import { endedKey } from './queries.ts'
import { SignInFault, useWait } from './sign-in-fault.tsx'

export function SignInPage({ next }: { next: string | undefined }) {
  const { t } = useTranslation()
  const router = useRouter()
  const signIn = useSignIn()
  const wait = useWait(signIn.error)
  const fieldError = useFieldError()
  const { register, handleSubmit, formState, getValues } = useForm({
    resolver: zodResolver(SignInInput),
    defaultValues: { email: '', password: '', remember: false },
  })

  const submit = handleSubmit(async (input) => {
    await signIn.mutateAsync(input).then(
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
      {!signIn.error && <WhyHere next={next} />}
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
        <Checkbox
          label={t('security.remember')}
          description={t('security.rememberHelp')}
          {...register('remember')}
        />
        {signIn.error && <SignInFault error={signIn.error} email={getValues('email')} left={wait} />}
        <Button type="submit" loading={signIn.isPending} disabled={wait > 0}>
          {t('identity.signIn')}
        </Button>
      </Form>
      <p>
        <Link to={urls.forgotPassword}>{t('identity.forgotPassword')}</Link>
      </p>
    </FormPage>
  )
}

/** To who was brought here without asking. */
function WhyHere({ next }: { next: string | undefined }) {
  const { t } = useTranslation()
  const ended = useQueryClient().getQueryData(endedKey) === true
  if (ended) {
    return (
      <Notice tone="info" title={t('security.endedTitle')}>
        <p>{t('security.endedLead')}</p>
      </Notice>
    )
  }
  return next ? <Notice tone="info">{t('identity.signInFirst')}</Notice> : null
}
