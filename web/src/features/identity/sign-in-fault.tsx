import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { refusalOf, useSentence } from '../../lib/sentence.ts'
import { Notice } from '../../ui/notice.tsx'
import { useResendVerification } from './actions.ts'
import { ResendButton } from './resend-button.tsx'
import { asClock, useCountdown } from './use-countdown.ts'

/** The seconds one has to wait after too many tries, counting down. */
export function useWait(error: unknown): number {
  const { left, start } = useCountdown()
  // biome-ignore lint/correctness/useExhaustiveDependencies: each refusal starts the clock, and nothing else does
  useEffect(() => start(refusalOf(error)?.retryAfter ?? 0), [error])
  return left
}

/** Why one does not come in, and what to do about it. */
export function SignInFault({ error, email, left }: { error: unknown; email: string; left: number }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const code = refusalOf(error)?.code
  if (code === 'email_not_verified') return <Unverified email={email} />
  if (code === 'rate_limited' && left > 0) {
    return (
      <Notice tone="danger" title={t('security.waitTitle')}>
        {/* Told once; who listens does not want to hear every second. */}
        <p aria-live="off">{t('security.waitLead', { time: asClock(left) })}</p>
      </Notice>
    )
  }
  if (code === 'rate_limited') return null
  return <Notice tone="danger">{sentence(error)}</Notice>
}

function Unverified({ email }: { email: string }) {
  const { t } = useTranslation()
  const resend = useResendVerification()
  return (
    <>
      <Notice tone="danger" title={t('identity.unverifiedTitle')}>
        <p>{t('identity.unverifiedLead')}</p>
      </Notice>
      <ResendButton
        send={() => resend.mutateAsync(email)}
        label={t('identity.resend')}
        sentLabel={t('identity.resent')}
        pause="verification"
      />
    </>
  )
}
