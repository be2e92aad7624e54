import { Link } from '@tanstack/react-router'
import { Trans, useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { FormPage } from '../../ui/form-page.tsx'
import { useResendVerification } from './actions.ts'
import { ResendButton } from './resend-button.tsx'

/** `email` is missing when somebody opens the address by hand. */
export function CheckMailPage({ email }: { email: string | null }) {
  const { t } = useTranslation()
  const resend = useResendVerification()
  const footer = (
    <>
      {t('identity.wrongAddress')} <Link to={urls.signUp}>{t('identity.signUpAgain')}</Link>
    </>
  )
  if (!email) {
    return (
      <FormPage title={t('identity.checkMailTitle')} footer={footer}>
        <p>{t('identity.checkMailAnyone')}</p>
      </FormPage>
    )
  }
  return (
    <FormPage title={t('identity.checkMailTitle')} footer={footer}>
      <p>
        <Trans
          i18nKey="identity.checkMailLead"
          values={{ email }}
          components={{ email: <bdi dir="ltr" /> }}
        />
      </p>
      <p>{t('identity.checkSpam')}</p>
      <ResendButton
        send={() => resend.mutateAsync(email)}
        label={t('identity.resend')}
        sentLabel={t('identity.resent')}
        pause="verification"
        pauseFirst
      />
    </FormPage>
  )
}
