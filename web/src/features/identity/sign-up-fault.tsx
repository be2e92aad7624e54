import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { refusalOf, useSentence } from '../../lib/sentence.ts'
import { Notice } from '../../ui/notice.tsx'
import { useResendVerification } from './actions.ts'
import { ResendButton } from './resend-button.tsx'

/** What stands in the way is no dead end: it says whom to ask, or sends the mail again. */
export function SignUpFault({ error, email }: { error: unknown; email: string }) {
  const sentence = useSentence()
  const code = refusalOf(error)?.code
  if (code === 'domain_taken') return <DomainTaken email={email} />
  if (code === 'awaiting_verification') return <AwaitingVerification email={email} />
  return <Notice tone="danger">{sentence(error)}</Notice>
}

function AwaitingVerification({ email }: { email: string }) {
  const { t } = useTranslation()
  const resend = useResendVerification()
  return (
    <>
      <Notice tone="danger">{t('errors.awaiting_verification')}</Notice>
      <ResendButton
        send={() => resend.mutateAsync(email)}
        label={t('identity.resend')}
        sentLabel={t('identity.resent')}
      />
    </>
  )
}

function DomainTaken({ email }: { email: string }) {
  const { t } = useTranslation()
  const domain = email.slice(email.lastIndexOf('@') + 1)
  return (
    <Notice tone="danger" title={t('identity.domainTaken.title')}>
      <p>{t('identity.domainTaken.askAdmin', { domain })}</p>
      <p>
        <Link to={urls.signIn}>{t('identity.domainTaken.signIn')}</Link>
        {' · '}
        <Link to={urls.forgotPassword}>{t('identity.forgotPassword')}</Link>
      </p>
    </Notice>
  )
}
