import { zodResolver } from '@hookform/resolvers/zod'
import { Button } from '@mantine/core'
import { Password } from '@p2p/contracts'
import { Link, useNavigate } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { urls } from '../../app/urls.ts'
import { useFieldError, useSentence } from '../../lib/sentence.ts'
import { Form } from '../../ui/form.tsx'
import { FormPage } from '../../ui/form-page.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useChooseNewPassword } from './actions.ts'
import { NewPasswordField } from './new-password-field.tsx'

const Input = z.object({ password: Password })

/** Reached by the mail's link (with its token), or by somebody who is signed in (without). */
export function ResetPasswordPage({ tokenHash }: { tokenHash: string | null }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const sentence = useSentence()
  const fieldError = useFieldError()
  const choose = useChooseNewPassword()
  const { register, handleSubmit, watch, formState } = useForm({
    resolver: zodResolver(Input),
    mode: 'onTouched',
    defaultValues: { password: '' },
  })

  const submit = handleSubmit(async ({ password }) => {
    await choose.mutateAsync({ password, tokenHash }).then(
      () => navigate({ to: urls.forum, replace: true }),
      () => {},
    )
  })

  return (
    <FormPage title={t('identity.resetTitle')} lead={t('identity.resetLead')}>
      <Form onSubmit={submit}>
        <NewPasswordField
          value={watch('password')}
          {...register('password')}
          label={t('identity.newPassword')}
          error={fieldError(formState.errors.password)}
        />
        {choose.error && (
          <Notice tone="danger">
            <p>{sentence(choose.error)}</p>
            <p>
              <Link to={urls.forgotPassword}>{t('identity.sendNewLink')}</Link>
            </p>
          </Notice>
        )}
        <Button type="submit" loading={choose.isPending}>
          {t('identity.savePassword')}
        </Button>
      </Form>
    </FormPage>
  )
}
