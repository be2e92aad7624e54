import { Button } from '@mantine/core'
import type { Erasure, Privacy } from '@p2p/contracts'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../app/urls.ts'
import { dayOf } from '../../lib/format.ts'
import { useSentence } from '../../lib/sentence.ts'
import { Notice } from '../../ui/notice.tsx'
import { useCancelErasure } from './actions.ts'
import { ErasureForm } from './erasure-form.tsx'
import styles from './privacy.module.css'

/** The end of one's account: not asked for, asked for, or first something else to do. */
export function Erasing({ privacy: { erasure, company } }: { privacy: Privacy }) {
  const { t } = useTranslation()
  const [isAsking, setIsAsking] = useState(false)
  if (erasure) return <Waiting erasure={erasure} />
  if (company === 'hand_over') return <HandOver />
  if (isAsking)
    return (
      <div className={styles.body}>
        <ErasureForm companyGoes={company === 'goes'} onLeave={() => setIsAsking(false)} />
      </div>
    )
  return (
    <div>
      <Button variant="default" className={styles.danger} onClick={() => setIsAsking(true)}>
        {t('privacy.erasure.begin')}
      </Button>
    </div>
  )
}

function HandOver() {
  const { t } = useTranslation()
  return (
    <div className={styles.body}>
      <Notice tone="info" title={t('privacy.erasure.handOverTitle')}>
        <p>{t('privacy.erasure.handOver')}</p>
        <Link to={urls.members}>{t('privacy.erasure.toMembers')}</Link>
      </Notice>
    </div>
  )
}

function Waiting({ erasure: { choice, due_at } }: { erasure: Erasure }) {
  const { t, i18n } = useTranslation()
  const sentence = useSentence()
  const cancel = useCancelErasure()
  return (
    <div className={styles.body}>
      <Notice tone="danger" title={t('privacy.erasure.waitingTitle', { day: dayOf(due_at, i18n.language) })}>
        <p>{t(`privacy.erasure.waiting.${choice}`)}</p>
      </Notice>
      {cancel.error && <Notice tone="danger">{sentence(cancel.error)}</Notice>}
      <div>
        <Button loading={cancel.isPending} onClick={() => cancel.mutate(undefined)}>
          {t('privacy.erasure.keep')}
        </Button>
      </div>
    </div>
  )
}
