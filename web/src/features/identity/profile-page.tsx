import { zodResolver } from '@hookform/resolvers/zod'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { urls } from '../../app/urls.ts'
import { changeLanguage } from '../../lib/i18n.ts'
import { useMember } from '../../lib/me.ts'
import { useFieldError, useSentence } from '../../lib/sentence.ts'
import { FieldPair, Form } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { useUpdateProfile } from './actions.ts'
import styles from './profile-page.module.css'

const fault = (code: string) => ({ error: code })

const ProfileForm = z.object({
  first_name: z.string().trim().min(1, fault('first_name_invalid')).max(80, fault('first_name_invalid')),
  last_name: z.string().trim().min(1, fault('last_name_invalid')).max(80, fault('last_name_invalid')),
  job_title: z.string().trim().max(120, fault('invalid_input')),
  locale: z.enum(['ar', 'en']),
})

export function ProfilePage() {
  const { t } = useTranslation()
  const me = useMember()
  const sentence = useSentence()
  const fieldError = useFieldError()
  const update = useUpdateProfile()
  const { register, handleSubmit, formState, reset } = useForm({
    resolver: zodResolver(ProfileForm),
    mode: 'onTouched',
    defaultValues: {
      first_name: me.first_name,
      last_name: me.last_name,
      job_title: me.job_title ?? '',
      locale: me.locale,
    },
  })
  const { errors } = formState

  const submit = handleSubmit(async (values) => {
    const patch = { ...values, job_title: values.job_title || null }
    await update.mutateAsync({ id: me.id, patch }).then(
      () => {
        reset(values)
        return changeLanguage(values.locale)
      },
      () => {},
    )
  })

  return (
    <Page title={t('identity.profileTitle')} lead={t('identity.profileLead')}>
      <div className={styles.parts}>
        <Form onSubmit={submit}>
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
            label={t('identity.jobTitle')}
            description={t('identity.jobTitleHelp')}
            autoComplete="organization-title"
            {...register('job_title')}
            error={fieldError(errors.job_title)}
          />
          <NativeSelect
            label={t('identity.language')}
            description={t('identity.languageHelp')}
            data={[
              { value: 'ar', label: 'العربية' },
              { value: 'en', label: 'English' },
            ]}
            {...register('locale')}
          />
          {update.error && <Notice tone="danger">{sentence(update.error)}</Notice>}
          {update.isSuccess && !formState.isDirty && (
            <Notice tone="done">{t('identity.profileSaved')}</Notice>
          )}
          <div>
            <Button type="submit" loading={update.isPending}>
              {t('identity.saveProfile')}
            </Button>
          </div>
        </Form>
        <section className={styles.account} aria-labelledby="account">
          <h2 id="account">{t('identity.account')}</h2>
          <dl>
            <dt>{t('identity.workEmail')}</dt>
            <dd>
              <bdi dir="ltr">{me.email}</bdi>
            </dd>
            <dt>{t('identity.organization')}</dt>
            <dd>
              <bdi>{me.organization.name}</bdi>
            </dd>
            <dt>{t('identity.role')}</dt>
            <dd>{t(`identity.roles.${me.role}`)}</dd>
          </dl>
          <Link to={urls.resetPassword}>{t('identity.changePassword')}</Link>
        </section>
      </div>
    </Page>
  )
}
