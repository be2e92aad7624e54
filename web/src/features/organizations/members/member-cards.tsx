import { useTranslation } from 'react-i18next'
import { useMember } from '../../../lib/me.ts'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import { LastSeen, MemberName, RoleMark, StatusMark } from './member-marks.tsx'
import { MemberMenu } from './member-menu.tsx'
import type { ShapeProps } from './member-table.tsx'
import styles from './members.module.css'

export function MemberCards({ people, onAct }: ShapeProps) {
  const { t } = useTranslation()
  const isAdmin = useMember().role === 'admin'
  return (
    <ul aria-label={t('members.title')} className={styles.cards}>
      {people.map((member) => (
        <li key={member.id} className={styles.card} data-away={member.status === 'deactivated' || undefined}>
          <MemberName member={member} />
          {isAdmin && <MemberMenu member={member} onAct={onAct} />}
          <div className={styles.marks}>
            <RoleMark role={member.role} />
            {isAdmin && <StatusMark status={member.status} />}
            {isAdmin && (
              <span>
                {t('members.columns.last_seen')}: <LastSeen at={member.last_seen_at} />
              </span>
            )}
            <span>
              {t('members.columns.joined')}: <RelativeTime at={member.joined_at} />
            </span>
          </div>
        </li>
      ))}
    </ul>
  )
}
