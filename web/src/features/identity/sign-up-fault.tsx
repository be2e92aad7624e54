import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { refusalOf, useSentence } from '../../lib/sentence.ts'
import { Notice } from '../../ui/notice.tsx'
import { useResendVerification } from './actions.ts'
import { ResendButton } from './resend-button.tsx'

type Typed = { email: string; first_name: string; last_name: string }

/** What stands in the way is no dead end: it says whom to ask, or sends the mail again. */
export function SignUpFault({ error, typed }: { error: unknown; typed: Typed }) {
  const sentence = useSentence()
  const code = refusalOf(error)?.code
  if (code === 'domain_taken') return <DomainTaken typed={typed} />
  if (code === 'awaiting_verification') return <AwaitingVerification email={typed.email} />
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
        pause="verification"
      />
    </>
  )
}

function DomainTaken({ typed }: { typed: Typed }) {
  const { t } = useTranslation()
  const { email } = typed
  const domain = email.slice(email.lastIndexOf('@') + 1)
  return (
    <Notice tone="danger" title={t('identity.domainTaken.title')}>
      <p>{t('identity.domainTaken.askAdmin', { domain })}</p>
      <p>
        <Link to={urls.joinCompany} state={{ asker: typed }}>
          {t('invitations.askToJoin', { domain })}
        </Link>
        {' · '}
        <Link to={urls.signIn}>{t('identity.domainTaken.signIn')}</Link>
        {' · '}
        <Link to={urls.forgotPassword}>{t('identity.forgotPassword')}</Link>
      </p>
    </Notice>
  )
}
