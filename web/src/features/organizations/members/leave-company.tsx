import { Button } from '@mantine/core'
import { IconDoorExit } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMember } from '../../../lib/me.ts'
import { useSentence } from '../../../lib/sentence.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { useLeave } from './actions.ts'
import styles from './members.module.css'

/** Ends one's own membership; the layout then says where one stands. */
export function LeaveCompany() {
  const { t } = useTranslation()
  const sentence = useSentence()
  const { organization } = useMember()
  const leave = useLeave()
  const [asking, setAsking] = useState(false)
  return (
    <section className={styles.leave} aria-labelledby="leave-company">
      <h2 id="leave-company" className={styles.leaveTitle}>
        {t('members.leave.title')}
      </h2>
      <p>{t('members.leave.help')}</p>
      <Button
        variant="default"
        leftSection={<IconDoorExit size={18} aria-hidden="true" data-mirrored />}
        onClick={() => setAsking(true)}
      >
        {t('members.leave.open')}
      </Button>
      <Dialog
        opened={asking}
        onClose={() => setAsking(false)}
        title={t('members.leave.question', { name: organization.name })}
      >
        <div className={styles.question}>
          <p>{t('members.leave.follows')}</p>
          {leave.error && <Notice tone="danger">{sentence(leave.error)}</Notice>}
          <div className={styles.answers}>
            <Button color="danger" loading={leave.isPending} onClick={() => leave.mutate()}>
              {t('members.leave.verb')}
            </Button>
            <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
              {t('members.cancel')}
            </Button>
          </div>
        </div>
      </Dialog>
    </section>
  )
}
