import type { Registration } from '@p2p/contracts'
import { useTranslation } from 'react-i18next'
import { exactDate } from '../../lib/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'

const tones = {
  unverified: 'info',
  pending: 'info',
  verified: 'done',
  rejected: 'danger',
  unavailable: 'info',
} as const

/** Where the number stands, and what that means. */
export function RegistrationStanding({ registration }: { registration: Registration }) {
  const { t, i18n } = useTranslation()
  const { state, reason, registry_name: name, expires_on: expires, checked_at: checked } = registration
  return (
    <Notice tone={tones[state]} title={t(`organizations.registration.states.${state}`)}>
      <p>
        {t(`organizations.registration.because.${reason ?? state}`, { name: `\u2068${name ?? ''}\u2069` })}
      </p>
      {state === 'verified' && name && (
        <p>
          {t('organizations.registration.knownAs')} <bdi>{name}</bdi>
        </p>
      )}
      {expires && (
        <p>{t('organizations.registration.expires', { date: exactDate(expires, i18n.language) })}</p>
      )}
      {checked && (
        <p>
          {t('organizations.registration.checked')} <RelativeTime at={checked} />
        </p>
      )}
    </Notice>
  )
}
