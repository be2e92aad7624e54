import { zodResolver } from '@hookform/resolvers/zod'
import { Button, TextInput } from '@mantine/core'
import type { NewFactor } from '@p2p/client'
import { FactorCode } from '@p2p/contracts'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { useFieldError, useSentence } from '../../lib/sentence.ts'
import { Form, ownDirection } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { CodeField } from './code-field.tsx'
import styles from './security.module.css'
import { useAddSecondFactor, useFinishSecondFactor } from './security-actions.ts'

type Props = { onStop: () => void; onAdded: () => void }

/** First a name, then the picture and the first code. */
export function AddFactor({ onStop, onAdded }: Props) {
  const [begun, setBegun] = useState<NewFactor | null>(null)
  return begun ? (
    <ShowCode factor={begun} onStop={onStop} onAdded={onAdded} />
  ) : (
    <GiveName onStop={onStop} onNamed={setBegun} />
  )
}

const Name = z.object({ name: z.string().trim().min(1).max(80) })

function GiveName({ onStop, onNamed }: { onStop: () => void; onNamed: (factor: NewFactor) => void }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const fieldError = useFieldError()
  const add = useAddSecondFactor()
  const { register, handleSubmit, formState } = useForm({
    resolver: zodResolver(Name),
    defaultValues: { name: t('security.factor.nameDefault') },
  })
  const submit = handleSubmit(({ name }) => add.mutateAsync(name).then(onNamed, () => {}))
  return (
    <Form onSubmit={submit}>
      <TextInput
        label={t('security.factor.name')}
        description={t('security.factor.nameHelp')}
        maxLength={80}
        {...ownDirection}
        {...register('name')}
        error={fieldError(formState.errors.name)}
      />
      {add.error && <Notice tone="danger">{sentence(add.error)}</Notice>}
      <div className={styles.actions}>
        <Button type="submit" loading={add.isPending}>
          {t('security.factor.next')}
        </Button>
        <Button variant="default" onClick={onStop}>
          {t('security.factor.cancel')}
        </Button>
      </div>
    </Form>
  )
}

const Code = z.object({ code: FactorCode })

function ShowCode({ factor, onStop, onAdded }: Props & { factor: NewFactor }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const fieldError = useFieldError()
  const finish = useFinishSecondFactor()
  const { register, handleSubmit, formState, reset } = useForm({
    resolver: zodResolver(Code),
    defaultValues: { code: '' },
  })
  const submit = handleSubmit(({ code }) =>
    finish.mutateAsync({ factor: factor.id, code }).then(onAdded, () => reset()),
  )
  return (
    <Form onSubmit={submit}>
      <div className={styles.step}>
        <h3>{t('security.factor.scanTitle')}</h3>
        <p>{t('security.factor.scanLead')}</p>
        <img className={styles.picture} src={factor.picture} alt={t('security.factor.picture')} />
        <p>{t('security.factor.byHand')}</p>
        <Secret text={factor.secret} />
        <p>
          <a href={factor.uri}>{t('security.factor.openApp')}</a>
        </p>
      </div>
      <CodeField {...register('code')} error={fieldError(formState.errors.code)} />
      {finish.error && <Notice tone="danger">{sentence(finish.error)}</Notice>}
      <div className={styles.actions}>
        <Button type="submit" loading={finish.isPending}>
          {t('security.factor.confirm')}
        </Button>
        <Button variant="default" onClick={onStop}>
          {t('security.factor.cancel')}
        </Button>
      </div>
    </Form>
  )
}

function Secret({ text }: { text: string }) {
  const { t } = useTranslation()
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
  }
  return (
    <div className={styles.secret}>
      <code dir="ltr">{text.match(/.{1,4}/g)?.join(' ')}</code>
      <Button variant="subtle" size="sm" onClick={() => void copy()} onBlur={() => setCopied(false)}>
        <span aria-live="polite">{copied ? t('security.factor.copied') : t('security.factor.copy')}</span>
      </Button>
    </div>
  )
}
