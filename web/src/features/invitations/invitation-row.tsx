import { Button } from '@mantine/core'
import type { Invitation } from '@p2p/contracts'
import { IconAlertTriangle, IconBan, IconCircleCheck, IconClock, IconMail } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { fullName } from '../../ui/person.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import type { InvitationAct } from './actions.ts'
import styles from './invitations.module.css'

const icons = { open: IconMail, accepted: IconCircleCheck, expired: IconClock, revoked: IconBan }
const acts = {
  open: ['resend', 'revoke'],
  expired: ['resend', 'revoke'],
  revoked: ['again'],
  accepted: [],
} as const

type Props = { invitation: Invitation; onAct: (asked: InvitationAct) => void }

export function InvitationRow({ invitation, onAct }: Props) {
  const { t } = useTranslation()
  const { email, name, state, role, invited_by: inviter } = invitation
  return (
    <li className={styles.row}>
      <div className={styles.who}>
        {name && (
          <span className={styles.name} dir="auto">
            {name}
          </span>
        )}
        <span className={styles.email} dir="ltr" data-second={name ? true : undefined}>
          {email}
        </span>
        <p className={styles.meta}>
          <State invitation={invitation} />
          <span>{t(`invitations.roles.${role}`)}</span>
          <RelativeTime at={invitation.accepted_at ?? invitation.revoked_at ?? invitation.created_at} />
          {inviter && <span>{t('invitations.by', { name: fullName(inviter) })}</span>}
        </p>
      </div>
      {acts[state].length > 0 && (
        <div className={styles.acts}>
          {acts[state].map((act) => (
            <Button
              key={act}
              size="compact-sm"
              variant={act === 'revoke' ? 'subtle' : 'default'}
              {...(act === 'revoke' && { color: 'danger' })}
              aria-label={t(`invitations.acts.${act}.named`, { email })}
              onClick={() => onAct({ act, invitation })}
            >
              {t(`invitations.acts.${act}.verb`)}
            </Button>
          ))}
        </div>
      )}
    </li>
  )
}

function State({
  invitation: { state, mailed_at: mailed, undelivered_at: undelivered },
}: {
  invitation: Invitation
}) {
  const { t } = useTranslation()
  if (state === 'open' && undelivered) {
    return (
      <span className={styles.state} data-undelivered>
        <IconAlertTriangle size={16} aria-hidden="true" />
        {t('invitations.undelivered')}
      </span>
    )
  }
  const Icon = icons[state]
  return (
    <span className={styles.state} data-state={state}>
      <Icon size={16} aria-hidden="true" />
      {state === 'open' && !mailed ? t('invitations.onItsWay') : t(`invitations.states.${state}`)}
    </span>
  )
}
