import { zodResolver } from '@hookform/resolvers/zod'
import { Button, PasswordInput } from '@mantine/core'
import { Password } from '@p2p/contracts'
import { Link } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { urls } from '../../app/urls.ts'
import { refusalOf, useFieldError, useSentence } from '../../lib/sentence.ts'
import { Form } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { NewPasswordField } from './new-password-field.tsx'
import { useChangePassword } from './security-actions.ts'

const Input = z.object({ current: z.string().min(1, { error: 'password_missing' }), next: Password })
const empty = { current: '', next: '' }

export function PasswordForm({ email }: { email: string }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const fieldError = useFieldError()
  const change = useChangePassword()
  const { register, handleSubmit, watch, formState, reset, setError } = useForm({
    resolver: zodResolver(Input),
    defaultValues: empty,
  })

  const submit = handleSubmit(async (input) => {
    await change.mutateAsync(input).then(
      () => reset(empty),
      (error) => {
        const code = refusalOf(error)?.code
        if (code === 'password_wrong') setError('current', { message: code }, { shouldFocus: true })
        if (code === 'password_unchanged' || code === 'password_weak')
          setError('next', { message: code }, { shouldFocus: true })
      },
    )
  })

  return (
    <Form onSubmit={submit}>
      {/* For password keepers, which want to know whose it is. */}
      <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
      <PasswordInput
        label={t('security.password.current')}
        autoComplete="current-password"
        visibilityToggleButtonProps={{ 'aria-label': t('identity.showPassword'), tabIndex: 0 }}
        {...register('current')}
        error={fieldError(formState.errors.current)}
      />
      <NewPasswordField
        label={t('identity.newPassword')}
        value={watch('next')}
        {...register('next')}
        error={fieldError(formState.errors.next)}
      />
      {change.isSuccess && !formState.isDirty && (
        <Notice tone="done">{t('security.password.changed')}</Notice>
      )}
      {change.error && !formState.errors.current && !formState.errors.next && (
        <Notice tone="danger">{sentence(change.error)}</Notice>
      )}
      <div>
        <Button type="submit" loading={change.isPending}>
          {t('security.password.change')}
        </Button>
      </div>
      <p>
        <Link to={urls.forgotPassword}>{t('security.password.forgotten')}</Link>
      </p>
    </Form>
  )
}
