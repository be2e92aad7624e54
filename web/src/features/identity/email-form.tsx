import { zodResolver } from '@hookform/resolvers/zod'
import { Button, TextInput } from '@mantine/core'
import { Email } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { useFieldError, useSentence } from '../../lib/sentence.ts'
import { Form } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { pendingEmailQuery } from './queries.ts'
import { ResendButton } from './resend-button.tsx'
import styles from './security.module.css'
import { useCancelEmailChange, useChangeEmail } from './security-actions.ts'

const Input = z.object({ email: Email })

/** A new address, or the one that waits for its two links. */
export function EmailForm({ email }: { email: string }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const fieldError = useFieldError()
  const pending = useQuery(pendingEmailQuery)
  const change = useChangeEmail()
  const { register, handleSubmit, formState, setError, reset } = useForm({
    resolver: zodResolver(Input),
    defaultValues: { email: '' },
  })

  const submit = handleSubmit(async (input) => {
    if (input.email === email) return setError('email', { message: 'same' })
    await change.mutateAsync(input.email).then(
      () => reset(),
      () => {},
    )
  })

  if (pending.data) return <Pending email={pending.data} />
  const { email: fault } = formState.errors
  return (
    <Form onSubmit={submit}>
      <TextInput
        label={t('security.email.new')}
        description={t('security.email.newHelp')}
        type="email"
        dir="ltr"
        autoComplete="email"
        {...register('email')}
        error={fault?.message === 'same' ? t('security.email.same') : fieldError(fault)}
      />
      {change.error && <Notice tone="danger">{sentence(change.error)}</Notice>}
      <div>
        <Button type="submit" loading={change.isPending}>
          {t('security.email.change')}
        </Button>
      </div>
    </Form>
  )
}

function Pending({ email }: { email: string }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const change = useChangeEmail()
  const cancel = useCancelEmailChange()
  return (
    <>
      <Notice tone="info" title={t('security.email.pendingTitle')}>
        <p>{t('security.email.pendingLead', { email: `\u2066${email}\u2069` })}</p>
      </Notice>
      <ResendButton
        send={() => change.mutateAsync(email)}
        label={t('security.email.resend')}
        sentLabel={t('security.email.resent')}
        pause="email-change"
        pauseFirst
      />
      {cancel.error && <Notice tone="danger">{sentence(cancel.error)}</Notice>}
      <div className={styles.actions}>
        <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
          {t('security.email.cancel')}
        </Button>
      </div>
    </>
  )
}
