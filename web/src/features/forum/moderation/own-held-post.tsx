import { Button } from '@mantine/core'
import type { OwnHeldPost } from '@p2p/contracts'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { urls } from '../../../app/urls.ts'
import { useSentence } from '../../../lib/sentence.ts'
import { Notice } from '../../../ui/notice.tsx'
import { RelativeTime } from '../../../ui/relative-time.tsx'
import { RichText } from '../../../ui/rich-text/rich-text.tsx'
import { documentLinks } from '../documents/document-links.tsx'
import { useWithdraw } from './actions.ts'
import styles from './moderation.module.css'

/** What the reader wrote and moderators have not published: it waits, or was refused and why. */
export function OwnHeld({ held }: { held: OwnHeldPost }) {
  const { t } = useTranslation()
  return (
    <>
      <h2>{t(`moderation.heldStates.${held.state}`)}</h2>
      <p className={styles.meta}>
        <span>{t(held.opens_topic ? 'moderation.heldTopic' : 'moderation.heldReply')}</span>
        <RelativeTime at={held.decided_at ?? held.created_at} />
      </p>
      {held.note && (
        <p className={styles.said} dir="auto">
          {held.note}
        </p>
      )}
      <div className={styles.words}>
        {held.title && (
          <h3 className={styles.subject} dir="auto">
            {held.title}
          </h3>
        )}
        <RichText document={held.body} links={documentLinks} />
      </div>
      {held.topic && (
        <p className={styles.meta}>
          <Link to={urls.topic} params={{ topic: held.topic.id }}>
            <bdi>{held.topic.title}</bdi>
          </Link>
        </p>
      )}
      {held.state === 'waiting' && <Withdraw id={held.id} />}
    </>
  )
}

/** Asks once more: what is taken back is kept nowhere. */
function Withdraw({ id }: { id: string }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const withdraw = useWithdraw()
  const [isSure, setIsSure] = useState(false)
  if (!isSure) {
    return (
      <div>
        <Button variant="default" onClick={() => setIsSure(true)}>
          {t('moderation.withdraw')}
        </Button>
      </div>
    )
  }
  return (
    <div className={styles.form}>
      <Notice tone="info">{t('moderation.withdrawSure')}</Notice>
      {withdraw.error && <Notice tone="danger">{sentence(withdraw.error)}</Notice>}
      <div className={styles.buttons}>
        <Button variant="default" onClick={() => setIsSure(false)} autoFocus>
          {t('moderation.keepWaiting')}
        </Button>
        <Button color="danger" loading={withdraw.isPending} onClick={() => withdraw.mutate(id)}>
          {t('moderation.withdraw')}
        </Button>
      </div>
    </div>
  )
}
