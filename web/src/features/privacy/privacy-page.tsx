import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ErrorState } from '../../ui/error-state.tsx'
import { Page } from '../../ui/page.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { Consents } from './consents.tsx'
import { Copy } from './copy.tsx'
import { Erasing } from './erasing.tsx'
import { privacyQuery } from './queries.ts'
import { Section } from './section.tsx'

/** One's data: what one agreed to, a copy of it, and the end of it. For everybody who is signed in, active or not. */
export function PrivacyPage() {
  const { t } = useTranslation()
  const { data: privacy, error, refetch } = useQuery(privacyQuery)
  return (
    <Page title={t('privacy.title')} lead={t('privacy.lead')}>
      {privacy ? (
        <>
          <Section title={t('privacy.consents.title')} lead={t('privacy.consents.lead')}>
            <Consents documents={privacy.documents} />
          </Section>
          <Section title={t('privacy.copy.title')} lead={t('privacy.copy.lead')}>
            <Copy made={privacy.export} />
          </Section>
          <Section title={t('privacy.erasure.title')} lead={t('privacy.erasure.lead')}>
            <Erasing privacy={privacy} />
          </Section>
        </>
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonList label={t('privacy.loading')} rows={4} kind="row" />
      )}
    </Page>
  )
}
