import { zodResolver } from '@hookform/resolvers/zod'
import { Button, Checkbox, PasswordInput, Radio, TextInput } from '@mantine/core'
import { ErasureChoice } from '@p2p/contracts'
import { Controller, useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { useMe } from '../../lib/me.ts'
import { refusalOf, useFieldError, useSentence } from '../../lib/sentence.ts'
import { Form } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useRequestErasure } from './actions.ts'
import styles from './privacy.module.css'

const Input = z.object({
  choice: ErasureChoice,
  dissolve: z.boolean(),
  password: z.string().min(1, { error: 'password_missing' }),
  code: z.string().trim(),
})

type Props = {
  /** Nobody else belongs to the company. */
  companyGoes: boolean
  onLeave: () => void
}

/** What stays and what goes, the choice about one's words, and the password once more. */
export function ErasureForm({ companyGoes, onLeave }: Props) {
  const { t } = useTranslation()
  const me = useMe()
  const fieldError = useFieldError()
  const request = useRequestErasure()
  const { register, handleSubmit, control, formState, watch } = useForm({
    resolver: zodResolver(
      Input.refine(({ dissolve }) => dissolve || !companyGoes, {
        path: ['dissolve'],
        error: 'company_goes_too',
      }),
    ),
    defaultValues: { choice: 'keep_without_name' as const, dissolve: false, password: '', code: '' },
  })
  const { errors } = formState
  const needsCode =
    me.second_factor === 'confirmed' || refusalOf(request.error)?.code === 'second_factor_required'

  const submit = handleSubmit(async ({ choice, dissolve, password, code }) => {
    const answer = { email: me.email, choice, dissolve, password, ...(code && { code }) }
    await request.mutateAsync(answer).catch(() => {})
  })

  return (
    <Form onSubmit={submit}>
      <Fates />
      <Controller
        name="choice"
        control={control}
        render={({ field }) => (
          <Radio.Group {...field} label={t('privacy.erasure.choice')}>
            <div className={styles.choices}>
              {ErasureChoice.options.map((choice) => (
                <Radio
                  key={choice}
                  value={choice}
                  label={t(`privacy.erasure.choices.${choice}.title`)}
                  description={t(`privacy.erasure.choices.${choice}.text`)}
                />
              ))}
            </div>
          </Radio.Group>
        )}
      />
      {companyGoes && me.organization && (
        <Checkbox
          label={t('privacy.erasure.dissolve', { company: `\u2068${me.organization.name}\u2069` })}
          {...register('dissolve')}
          checked={watch('dissolve')}
          error={fieldError(errors.dissolve)}
        />
      )}
      <PasswordInput
        label={t('identity.password')}
        description={t('privacy.erasure.passwordHelp')}
        autoComplete="current-password"
        visibilityToggleButtonProps={{ 'aria-label': t('identity.showPassword'), tabIndex: 0 }}
        {...register('password')}
        error={fieldError(errors.password)}
      />
      {needsCode && (
        <TextInput
          label={t('privacy.erasure.code')}
          description={t('privacy.erasure.codeHelp')}
          inputMode="numeric"
          autoComplete="one-time-code"
          dir="ltr"
          {...register('code')}
        />
      )}
      {request.error && <Fault error={request.error} />}
      <div className={styles.actions}>
        <Button type="submit" color="danger" loading={request.isPending}>
          {t('privacy.erasure.confirm')}
        </Button>
        <Button variant="default" onClick={onLeave}>
          {t('privacy.erasure.leave')}
        </Button>
      </div>
    </Form>
  )
}

function Fault({ error }: { error: unknown }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const isPassword = refusalOf(error)?.code === 'credentials_wrong'
  return <Notice tone="danger">{isPassword ? t('privacy.erasure.wrongPassword') : sentence(error)}</Notice>
}

const fates = ['account', 'posts', 'company', 'log', 'backups'] as const

/** What happens to each kind of thing. */
function Fates() {
  const { t } = useTranslation()
  return (
    <dl className={styles.fates}>
      {fates.map((fate) => (
        <div key={fate}>
          <dt>{t(`privacy.erasure.fates.${fate}.what`)}</dt>
          <dd>{t(`privacy.erasure.fates.${fate}.becomes`)}</dd>
        </div>
      ))}
    </dl>
  )
}
