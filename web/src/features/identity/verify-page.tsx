import { Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { refusalOf } from '../../lib/sentence.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { FormPage } from '../../ui/form-page.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { enter } from './actions.ts'
import { verificationQuery } from './queries.ts'
import { type LinkType, SpentLink } from './spent-link.tsx'

type Props = { tokenHash: string; type: Exclude<LinkType, 'recovery'> }

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
  if (verification.error) return <SpentLink type={type} />
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
