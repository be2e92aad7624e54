import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { refusalOf, useSentence } from '../../lib/sentence.ts'
import { Notice } from '../../ui/notice.tsx'
import styles from './resend-button.module.css'
import { useCountdown } from './use-countdown.ts'

type Props = {
  /** Answers false when there was nothing to send. */
  send: () => Promise<unknown>
  label: string
  sentLabel: string
  /** By which name the pause outlives a reload. */
  pause: 'verification' | 'recovery' | 'email-change'
  /** A mail has just gone out. */
  pauseFirst?: boolean
}

const pauseSeconds = 60

/** Sends a mail again, with a visible pause: most mails are on their way, and a second one makes the first useless. */
export function ResendButton({ send, label, sentLabel, pause, pauseFirst = false }: Props) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const { left, start } = useCountdown({ first: pauseFirst ? pauseSeconds : 0, keptAs: pause })
  const [outcome, setOutcome] = useState<{ error: unknown } | 'sent' | 'sending' | null>(null)

  const press = async () => {
    setOutcome('sending')
    try {
      if ((await send()) === false) return setOutcome(null)
      setOutcome('sent')
      start(pauseSeconds)
    } catch (error) {
      setOutcome({ error })
      const wait = refusalOf(error)?.retryAfter
      if (wait) start(wait)
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
