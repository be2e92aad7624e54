import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSentence } from '../../lib/sentence.ts'
import { Notice } from '../../ui/notice.tsx'
import styles from './resend-button.module.css'

type Props = {
  /** Answers false when there was nothing to send. */
  send: () => Promise<unknown>
  label: string
  sentLabel: string
  pauseFirst?: boolean
}

const pauseSeconds = 60

/** Sends a mail again, with a visible pause: most mails are on their way, and a second one makes the first useless. */
export function ResendButton({ send, label, sentLabel, pauseFirst = false }: Props) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const [left, setLeft] = useState(pauseFirst ? pauseSeconds : 0)
  const [outcome, setOutcome] = useState<{ error: unknown } | 'sent' | 'sending' | null>(null)

  useEffect(() => {
    if (left === 0) return
    const timer = setTimeout(() => setLeft(left - 1), 1000)
    return () => clearTimeout(timer)
  }, [left])

  const press = async () => {
    setOutcome('sending')
    try {
      if ((await send()) === false) return setOutcome(null)
      setOutcome('sent')
      setLeft(pauseSeconds)
    } catch (error) {
      setOutcome({ error })
    }
  }

  const failed = typeof outcome === 'object' && outcome !== null
  return (
    <div className={styles.resend}>
      <Button variant="default" onClick={press} disabled={left > 0} loading={outcome === 'sending'}>
        {left > 0 ? t('identity.resendIn', { seconds: left }) : label}
      </Button>
      {outcome === 'sent' && <Notice tone="done">{sentLabel}</Notice>}
      {failed && <Notice tone="danger">{sentence(outcome.error)}</Notice>}
    </div>
  )
}
