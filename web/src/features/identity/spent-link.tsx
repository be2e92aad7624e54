import { TextInput } from '@mantine/core'
import { Email } from '@p2p/contracts'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { FormPage } from '../../ui/form-page.tsx'
import { LinkButton } from '../../ui/link-button.tsx'
import { useResendVerification } from './actions.ts'
import { ResendButton } from './resend-button.tsx'

export type LinkType = 'signup' | 'recovery' | 'email_change' | 'magiclink' | 'invite'

/** A link that is used, old, cut in half or never was ours: says how to go on, which depends on what it was for. */
export function SpentLink({ type }: { type: LinkType | undefined }) {
  if (type === 'recovery') return <SpentRecovery />
  if (type === 'email_change') return <SpentEmailChange />
  if (type === 'magiclink' || type === 'invite') return <SpentOther />
  return <SpentVerification />
}

function SpentRecovery() {
  const { t } = useTranslation()
  return (
    <FormPage
      title={t('identity.spentTitle')}
      lead={t('security.spent.recoveryLead')}
      footer={<Link to={urls.signIn}>{t('identity.backToSignIn')}</Link>}
    >
      <LinkButton to={urls.forgotPassword}>{t('security.spent.recovery')}</LinkButton>
    </FormPage>
  )
}

function SpentEmailChange() {
  const { t } = useTranslation()
  return (
    <FormPage title={t('identity.spentTitle')} lead={t('security.spent.emailLead')}>
      <LinkButton to={urls.security}>{t('security.spent.email')}</LinkButton>
    </FormPage>
  )
}

function SpentOther() {
  const { t } = useTranslation()
  return (
    <FormPage title={t('identity.spentTitle')} lead={t('security.spent.otherLead')}>
      <LinkButton to={urls.signIn}>{t('identity.signIn')}</LinkButton>
    </FormPage>
  )
}

/** Often the address has been confirmed by the first press already. */
function SpentVerification() {
  const { t } = useTranslation()
  const resend = useResendVerification()
  const [typed, setTyped] = useState('')
  const [invalid, setInvalid] = useState(false)

  const send = async () => {
    const email = Email.safeParse(typed)
    setInvalid(!email.success)
    if (email.success) await resend.mutateAsync(email.data)
    return email.success
  }

  return (
    <FormPage
      title={t('identity.spentTitle')}
      lead={t('identity.spentLead')}
      footer={
        <>
          {t('identity.spentMaybeDone')} <Link to={urls.signIn}>{t('identity.signIn')}</Link>
        </>
      }
    >
      <TextInput
        label={t('identity.workEmail')}
        type="email"
        dir="ltr"
        autoComplete="email"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        error={invalid && t('errors.email_invalid')}
      />
      <ResendButton
        send={send}
        label={t('identity.sendNewLink')}
        sentLabel={t('identity.resentIfKnown')}
        pause="verification"
      />
    </FormPage>
  )
}
