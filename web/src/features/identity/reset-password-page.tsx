import { zodResolver } from '@hookform/resolvers/zod'
import { Button } from '@mantine/core'
import { FactorCode, Password } from '@p2p/contracts'
import { useNavigate } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { urls } from '../../app/urls.ts'
import { refusalOf, useFieldError, useSentence } from '../../lib/sentence.ts'
import { Form } from '../../ui/form.tsx'
import { FormPage } from '../../ui/form-page.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useChooseNewPassword } from './actions.ts'
import { CodeField } from './code-field.tsx'
import { NewPasswordField } from './new-password-field.tsx'
import { SpentLink } from './spent-link.tsx'

const Input = z.object({ password: Password, code: FactorCode.optional() })

const codeNeeded = ['second_factor_required', 'code_wrong']

/** Reached by the mail's link. Where there is a second factor, its code is asked for once the link has opened. */
export function ResetPasswordPage({ tokenHash }: { tokenHash: string }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const sentence = useSentence()
  const fieldError = useFieldError()
  const choose = useChooseNewPassword()
  const fault = refusalOf(choose.error)?.code ?? ''
  const { register, handleSubmit, watch, formState } = useForm({
    resolver: zodResolver(Input),
    mode: 'onTouched',
    shouldUnregister: true,
    defaultValues: { password: '' },
  })

  const submit = handleSubmit(async ({ password, code }) => {
    await choose.mutateAsync({ password, tokenHash, ...(code && { code }) }).then(
      () => navigate({ to: urls.forum, replace: true }),
      () => {},
    )
  })

  if (fault === 'link_invalid') return <SpentLink type="recovery" />
  return (
    <FormPage title={t('identity.resetTitle')} lead={t('identity.resetLead')}>
      <Form onSubmit={submit}>
        <NewPasswordField
          value={watch('password')}
          {...register('password')}
          label={t('identity.newPassword')}
          error={fieldError(formState.errors.password)}
        />
        {codeNeeded.includes(fault) && (
          <CodeField {...register('code')} error={fieldError(formState.errors.code)} autoFocus />
        )}
        {fault === 'second_factor_required' && <Notice tone="info">{t('security.reset.codeLead')}</Notice>}
        {choose.error && fault !== 'second_factor_required' && (
          <Notice tone="danger">
            <p>{sentence(choose.error)}</p>
          </Notice>
        )}
        <Button type="submit" loading={choose.isPending}>
          {t('identity.savePassword')}
        </Button>
      </Form>
    </FormPage>
  )
}
