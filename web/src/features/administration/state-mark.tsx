import type { OrganizationStatus, PersonStatus } from '@p2p/contracts'
import { IconCircleCheck, IconClock, IconPlayerPause, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import styles from './state-mark.module.css'

const looks = {
  active: { Icon: IconCircleCheck, tone: 'good' },
  pending: { Icon: IconClock, tone: 'quiet' },
  suspended: { Icon: IconPlayerPause, tone: 'danger' },
  deactivated: { Icon: IconPlayerPause, tone: 'danger' },
  dissolved: { Icon: IconX, tone: 'quiet' },
} as const

/** The state of a company or an account: an icon and a word, never a colour alone. */
export function StateMark({ status }: { status: OrganizationStatus | PersonStatus }) {
  const { t } = useTranslation()
  const { Icon, tone } = looks[status]
  return (
    <span className={styles.mark} data-tone={tone}>
      <Icon size={14} stroke={2} aria-hidden="true" />
      {t(`administration.states.${status}`)}
    </span>
  )
}
