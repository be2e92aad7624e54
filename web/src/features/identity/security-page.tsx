import { useTranslation } from 'react-i18next'
import { useMe } from '../../lib/me.ts'
import { Page } from '../../ui/page.tsx'
import { EmailForm } from './email-form.tsx'
import { PasswordForm } from './password-form.tsx'
import { SecondFactors } from './second-factors.tsx'
import { SecuritySection } from './security-section.tsx'
import { Sessions } from './sessions.tsx'

/** Everything about how one comes in. */
export function SecurityPage() {
  const { t } = useTranslation()
  const { email } = useMe()
  return (
    <Page title={t('security.title')} lead={t('security.lead')}>
      <SecuritySection title={t('security.sessions.title')} lead={t('security.sessions.lead')}>
        <Sessions />
      </SecuritySection>
      <SecuritySection title={t('security.factor.title')} lead={t('security.factor.lead')}>
        <SecondFactors />
      </SecuritySection>
      <SecuritySection title={t('security.password.title')} lead={t('security.password.lead')}>
        <PasswordForm email={email} />
      </SecuritySection>
      <SecuritySection title={t('security.email.title')} lead={<EmailLead email={email} />}>
        <EmailForm email={email} />
      </SecuritySection>
    </Page>
  )
}

function EmailLead({ email }: { email: string }) {
  const { t } = useTranslation()
  // An address among Arabic words keeps its own direction.
  return t('security.email.lead', { email: `\u2066${email}\u2069` })
}
