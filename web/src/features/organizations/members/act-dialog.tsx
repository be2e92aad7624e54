import { Button } from '@mantine/core'
import type { Colleague } from '@p2p/contracts'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../../../ui/dialog.tsx'
import type { Act } from './acts.ts'
import styles from './members.module.css'
import { named } from './named.ts'

type Asked = { act: Act; member: Colleague }
type Props = { asked: Asked | null; onCancel: () => void; onConfirm: (asked: Asked) => void }

const dangers: readonly Act[] = ['deactivate', 'remove', 'resetFactor']

/** Asks by name, and says what will follow. */
export function ActDialog({ asked, onCancel, onConfirm }: Props) {
  const { t } = useTranslation()
  return (
    <Dialog
      opened={asked !== null}
      onClose={onCancel}
      title={asked ? t(`members.acts.${asked.act}.question`, { name: named(asked.member) }) : ''}
    >
      {asked && (
        <div className={styles.question}>
          <p>{t(`members.acts.${asked.act}.help`, { name: named(asked.member) })}</p>
          <div className={styles.answers}>
            <Button
              color={dangers.includes(asked.act) ? 'danger' : 'accent'}
              onClick={() => onConfirm(asked)}
              data-autofocus
            >
              {t(`members.acts.${asked.act}.verb`)}
            </Button>
            <Button variant="default" onClick={onCancel}>
              {t('members.cancel')}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  )
}
