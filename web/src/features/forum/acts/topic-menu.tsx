import { ActionIcon, Menu } from '@mantine/core'
import type { Topic } from '@p2p/contracts'
import {
  IconDots,
  IconFolderSymlink,
  IconLock,
  IconLockOpen,
  IconPencil,
  IconPin,
  IconPinnedOff,
  IconTrash,
  type TablerIcon,
} from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMember } from '../../../lib/me.ts'
import { actsOn, type TopicAct } from './acts-on.ts'
import { DeleteDialog } from './delete-dialog.tsx'
import { EditDialog } from './edit-dialog.tsx'
import { LockDialog } from './lock-dialog.tsx'
import { MoveDialog } from './move-dialog.tsx'
import { PinDialog, UnpinDialog } from './pin-dialog.tsx'

const icons: Record<TopicAct, TablerIcon> = {
  edit: IconPencil,
  move: IconFolderSymlink,
  pin: IconPin,
  unpin: IconPinnedOff,
  lock: IconLock,
  unlock: IconLockOpen,
  delete: IconTrash,
}

const dialogs: Record<TopicAct, typeof EditDialog> = {
  edit: EditDialog,
  move: MoveDialog,
  pin: PinDialog,
  unpin: UnpinDialog,
  lock: LockDialog,
  unlock: LockDialog,
  delete: DeleteDialog,
}

/** What its author and moderators can do with a topic; nothing for everybody else. */
export function TopicMenu({ topic }: { topic: Topic }) {
  const { t } = useTranslation()
  const me = useMember()
  const [act, setAct] = useState<TopicAct | null>(null)
  const opener = useRef<HTMLButtonElement>(null)
  // The menu's item, from which the dialog came, is gone.
  const close = () => {
    setAct(null)
    opener.current?.focus()
  }
  const acts = actsOn(topic, me, Date.now())
  if (acts.length === 0) return null
  const ActOn = act && dialogs[act]
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <ActionIcon ref={opener} variant="default" size="lg" aria-label={t('acts.menu')}>
            <IconDots size={18} aria-hidden="true" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {acts.map((each) => {
            const Icon = icons[each]
            return (
              <Menu.Item
                key={each}
                {...(each === 'delete' && { color: 'danger' })}
                leftSection={<Icon size={18} aria-hidden="true" />}
                onClick={() => setAct(each)}
              >
                {t(`acts.${each}.open`)}
              </Menu.Item>
            )
          })}
        </Menu.Dropdown>
      </Menu>
      {ActOn && <ActOn topic={topic} onClose={close} />}
    </>
  )
}
