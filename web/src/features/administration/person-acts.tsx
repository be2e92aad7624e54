import { Button } from '@mantine/core'
import type { AdminPerson } from '@p2p/contracts'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMember } from '../../lib/me.ts'
import { Notice } from '../../ui/notice.tsx'
import { fullName } from '../../ui/person.tsx'
import { type PlainAct, type ReasonedAct, useActOnPerson, useDecidePerson } from './actions.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import styles from './facts.module.css'
import { ReasonDialog } from './reason-dialog.tsx'

const reasonedActs = ['deactivate', 'reactivate', 'removeFactor'] as const
const plainActs = ['endSessions', 'resendVerification'] as const

/** What can be done in the state somebody is in. */
const possible: Record<ReasonedAct | PlainAct, (person: AdminPerson) => boolean> = {
  deactivate: ({ status }) => status === 'active',
  reactivate: ({ status }) => status === 'deactivated',
  removeFactor: ({ second_factor }) => second_factor,
  endSessions: ({ sessions }) => sessions > 0,
  resendVerification: ({ status }) => status === 'pending',
}

/** What a platform admin may do to an account; one's own is another admin's to change. */
export function PersonActs({ person }: { person: AdminPerson }) {
  const { t } = useTranslation()
  const me = useMember()
  const [open, setOpen] = useState<ReasonedAct | PlainAct | null>(null)
  const [done, setDone] = useState<ReasonedAct | PlainAct | null>(null)
  const decide = useDecidePerson(person.id)
  const act = useActOnPerson(person.id)
  if (me.id === person.id) return <Notice tone="info">{t('administration.yourself')}</Notice>

  const name = fullName(person)
  const close = () => setOpen(null)
  const finish = (which: ReasonedAct | PlainAct) => {
    close()
    setDone(which)
  }
  return (
    <section className={styles.part}>
      <h2>{t('administration.acts')}</h2>
      <div className={styles.buttons}>
        {[...reasonedActs, ...plainActs]
          .filter((which) => possible[which](person))
          .map((which) => (
            <Button key={which} variant="default" onClick={() => setOpen(which)}>
              {t(`administration.${which}.open`)}
            </Button>
          ))}
      </div>
      <div role="status">{done && <Notice tone="done">{t(`administration.${done}.done`)}</Notice>}</div>
      {reasonedActs.map((which) => (
        <ReasonDialog
          key={which}
          opened={open === which}
          onClose={close}
          title={t(`administration.${which}.title`, { name })}
          lead={t(`administration.${which}.lead`)}
          action={t(`administration.${which}.action`)}
          danger={which !== 'reactivate'}
          {...(which === 'removeFactor' && { name })}
          pending={decide.isPending}
          error={decide.variables?.act === which ? decide.error : null}
          onConfirm={(reason) => decide.mutate({ act: which, reason }, { onSuccess: () => finish(which) })}
        />
      ))}
      {plainActs.map((which) => (
        <ConfirmDialog
          key={which}
          opened={open === which}
          onClose={close}
          title={t(`administration.${which}.title`, { name })}
          action={t(`administration.${which}.action`)}
          pending={act.isPending}
          error={act.variables === which ? act.error : null}
          onConfirm={() => act.mutate(which, { onSuccess: () => finish(which) })}
        >
          {t(`administration.${which}.lead`)}
        </ConfirmDialog>
      ))}
    </section>
  )
}
