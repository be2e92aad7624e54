import type { InvitationReport } from '@p2p/contracts'
import { useTranslation } from 'react-i18next'
import { Notice } from '../../ui/notice.tsx'
import styles from './invitations.module.css'

/** What became of the list that was sent: how many are invited, and who is not and why. */
export function InviteReport({ report: { invited, report } }: { report: InvitationReport }) {
  const { t } = useTranslation()
  const rest = report.filter(({ status }) => status !== 'invited')
  return (
    <Notice tone={invited > 0 ? 'done' : 'info'} title={t('invitations.invited', { count: invited })}>
      {rest.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        <ul className={styles.faults} aria-label={t('invitations.notInvited')} tabIndex={0}>
          {rest.map(({ line, email, status }) => (
            <li key={line}>
              <bdi dir="ltr">{email}</bdi>{' '}
              <span className={styles.why}>{t(`invitations.statuses.${status}`)}</span>
            </li>
          ))}
        </ul>
      )}
    </Notice>
  )
}
