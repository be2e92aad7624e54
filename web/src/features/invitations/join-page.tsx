import { zodResolver } from '@hookform/resolvers/zod'
import { Button, NativeSelect, Text, Textarea, TextInput } from '@mantine/core'
import { invitationLimits, JoinRequestInput } from '@p2p/contracts'
import { Link } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { currentLocale, languageChoices } from '../../lib/i18n.ts'
import { useFieldError, useSentence } from '../../lib/sentence.ts'
import { showAtFields } from '../../lib/show-at-fields.ts'
import { Form, ownDirection } from '../../ui/form.tsx'
import { FormPage } from '../../ui/form-page.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useRequestToJoin } from './actions.ts'
import { NameFields } from './name-fields.tsx'

const fieldNames = ['email', 'first_name', 'last_name', 'message', 'locale'] as const

export type Asker = { email: string; first_name: string; last_name: string }

/** For somebody whose company is here: asks its admins. What comes back never tells whether there are any. */
export function JoinPage({ asker }: { asker: Asker | null }) {
  const { t } = useTranslation()
  const ask = useRequestToJoin()
  const sentence = useSentence()
  const fieldError = useFieldError()
  const { register, handleSubmit, setError, formState, getValues } = useForm({
    resolver: zodResolver(JoinRequestInput),
    mode: 'onTouched',
    defaultValues: {
      email: asker?.email ?? '',
      first_name: asker?.first_name ?? '',
      last_name: asker?.last_name ?? '',
      message: '',
      locale: currentLocale(),
    },
  })
  const { errors } = formState

  const submit = handleSubmit(async (input) => {
    await ask.mutateAsync(input).catch((error: unknown) => {
      showAtFields(error, fieldNames, setError)
    })
  })

  if (ask.isSuccess) {
    return (
      <FormPage
        title={t('invitations.askedTitle')}
        footer={<Link to={urls.landing}>{t('invitations.toStart')}</Link>}
      >
        <Text role="status">{t('invitations.askedLead', { email: getValues('email').trim() })}</Text>
      </FormPage>
    )
  }
  return (
    <FormPage
      title={t('invitations.askTitle')}
      lead={t('invitations.askLead')}
      footer={
        <>
          {t('invitations.notHere')} <Link to={urls.signUp}>{t('invitations.signUpCompany')}</Link>
        </>
      }
    >
      <Form onSubmit={submit}>
        <TextInput
          label={t('identity.workEmail')}
          description={t('invitations.askEmailHelp')}
          type="email"
          dir="ltr"
          autoComplete="email"
          {...register('email')}
          error={fieldError(errors.email)}
        />
        <NameFields register={register} errors={errors} />
        <NativeSelect label={t('identity.language')} data={languageChoices} {...register('locale')} />
        <Textarea
          label={t('invitations.askMessage')}
          description={t('invitations.askMessageHelp')}
          {...ownDirection}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={invitationLimits.message}
          {...register('message')}
          error={fieldError(errors.message)}
        />
        {ask.error && <Notice tone="danger">{sentence(ask.error)}</Notice>}
        <Button type="submit" loading={ask.isPending}>
          {t('invitations.ask')}
        </Button>
      </Form>
    </FormPage>
  )
}
