import { ActionIcon, Menu } from '@mantine/core'
import type { Colleague } from '@p2p/contracts'
import {
  IconArrowsExchange,
  IconDots,
  IconPlayerPause,
  IconPlayerPlay,
  IconShieldCheck,
  IconShieldLock,
  IconUser,
  IconUserMinus,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useMember } from '../../../lib/me.ts'
import { type Act, actsOn } from './acts.ts'
import { named } from './named.ts'

const icons: Record<Act, typeof IconUser> = {
  makeAdmin: IconShieldCheck,
  makeMember: IconUser,
  handOver: IconArrowsExchange,
  resetFactor: IconShieldLock,
  deactivate: IconPlayerPause,
  reactivate: IconPlayerPlay,
  remove: IconUserMinus,
}

type Props = { member: Colleague; onAct: (act: Act, member: Colleague) => void }

/** What an admin can do with one member. */
export function MemberMenu({ member, onAct }: Props) {
  const { t } = useTranslation()
  const me = useMember()
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="subtle" size="lg" aria-label={t('members.actionsFor', { name: named(member) })}>
          <IconDots size={18} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {actsOn(member, me).map((act) => {
          const Icon = icons[act]
          return (
            <Menu.Item
              key={act}
              {...(act === 'remove' && { color: 'danger' })}
              leftSection={<Icon size={18} aria-hidden="true" />}
              onClick={() => onAct(act, member)}
            >
              {t(member.id === me.id ? 'members.stepDown' : `members.acts.${act}.name`)}
            </Menu.Item>
          )
        })}
      </Menu.Dropdown>
    </Menu>
  )
}
