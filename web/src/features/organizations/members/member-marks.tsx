import type { Colleague } from '@p2p/contracts'
import { IconCircleCheck, IconMailQuestion, IconPlayerPause, IconShieldCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useMember } from '../../../lib/me.ts'
import { Avatar, PersonName } from '../../../ui/person.tsx'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import styles from './members.module.css'

/** Who it is: the address is there for admins alone. */
export function MemberName({ member }: { member: Colleague }) {
  const { t } = useTranslation()
  const me = useMember()
  return (
    <div className={styles.person}>
      <Avatar person={member} />
      <div className={styles.words}>
        <span className={styles.name}>
          <PersonName person={member} />
          {member.id === me.id && <span className={styles.you}>{t('members.you')}</span>}
        </span>
        {member.job_title && <bdi className={styles.job}>{member.job_title}</bdi>}
        {member.email && (
          <bdi dir="ltr" className={styles.email}>
            {member.email}
          </bdi>
        )}
      </div>
    </div>
  )
}

export function RoleMark({ role }: { role: Colleague['role'] }) {
  const { t } = useTranslation()
  return (
    <span className={styles.mark} data-strong={role === 'admin' || undefined}>
      {role === 'admin' && <IconShieldCheck size={16} aria-hidden="true" />}
      {t(`members.roles.${role}`)}
    </span>
  )
}

const statusIcons = { active: IconCircleCheck, deactivated: IconPlayerPause, pending: IconMailQuestion }

export function StatusMark({ status }: { status: Colleague['status'] }) {
  const { t } = useTranslation()
  if (!status) return null
  const Icon = statusIcons[status]
  return (
    <span className={styles.mark} data-status={status}>
      <Icon size={16} aria-hidden="true" />
      {t(`members.statuses.${status}`)}
    </span>
  )
}

export function LastSeen({ at }: { at: string | null }) {
  const { t } = useTranslation()
  return at ? <RelativeTime at={at} /> : <span>{t('members.never')}</span>
}
