import { Text, TextInput } from '@mantine/core'
import { Email } from '@p2p/contracts'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { refusalOf } from '../../lib/sentence.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { FormPage } from '../../ui/form-page.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { enter, useResendVerification } from './actions.ts'
import { verificationQuery } from './queries.ts'
import { ResendButton } from './resend-button.tsx'

type Props = { tokenHash: string; type: 'signup' | 'email_change' | 'magiclink' | 'invite' }

/** Where the mail's link leads: it confirms, signs in and goes on. */
export function VerifyPage({ tokenHash, type }: Props) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const verification = useQuery(verificationQuery(tokenHash, type))

  useEffect(() => {
    if (verification.data) void enter(queryClient).then(() => navigate({ to: urls.forum, replace: true }))
  }, [verification.data, queryClient, navigate])

  if (verification.error && refusalOf(verification.error)?.code !== 'link_invalid') {
    return (
      <ErrorState
        title={t('identity.verifyFailed')}
        level={1}
        error={verification.error}
        onRetry={() => void verification.refetch()}
      />
    )
  }
  if (verification.error) return <SpentLink />
  if (verification.isSuccess && !verification.data) {
    return (
      <FormPage title={t('identity.halfwayTitle')} footer={<Link to={urls.forum}>{t('identity.goOn')}</Link>}>
        <Text role="status">{t('identity.halfwayLead')}</Text>
      </FormPage>
    )
  }
  return (
    <FormPage title={t('identity.verifying')}>
      <div role="status" aria-label={t('identity.verifying')}>
        <Skeleton width="70%" />
      </div>
    </FormPage>
  )
}

/** A link that is used, old or cut in half. Often the address has been confirmed by the first press already. */
export function SpentLink() {
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
      <ResendButton send={send} label={t('identity.sendNewLink')} sentLabel={t('identity.resentIfKnown')} />
    </FormPage>
  )
}
