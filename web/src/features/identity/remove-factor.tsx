import { zodResolver } from '@hookform/resolvers/zod'
import { Button } from '@mantine/core'
import type { SecondFactor } from '@p2p/client'
import { FactorCode } from '@p2p/contracts'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { useFieldError, useSentence } from '../../lib/sentence.ts'
import { Form } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { CodeField } from './code-field.tsx'
import styles from './security.module.css'
import { useRemoveSecondFactor } from './security-actions.ts'

const Input = z.object({ code: FactorCode })

type Props = { factor: SecondFactor; onKeep: () => void; onRemoved: () => void }

export function RemoveFactor({ factor, onKeep, onRemoved }: Props) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const fieldError = useFieldError()
  const remove = useRemoveSecondFactor()
  const { register, handleSubmit, formState, reset } = useForm({
    resolver: zodResolver(Input),
    defaultValues: { code: '' },
  })
  const question = t('security.factor.removeQuestion', { name: factor.name || t('security.factor.unnamed') })
  const submit = handleSubmit(({ code }) =>
    remove.mutateAsync({ factor: factor.id, code }).then(onRemoved, () => reset()),
  )
  return (
    <div role="alertdialog" aria-label={question} className={styles.question}>
      <p>{question}</p>
      <Form onSubmit={submit}>
        <CodeField {...register('code')} error={fieldError(formState.errors.code)} autoFocus />
        {remove.error && <Notice tone="danger">{sentence(remove.error)}</Notice>}
        <div className={styles.actions}>
          <Button type="submit" color="danger" loading={remove.isPending}>
            {t('security.factor.removeNow')}
          </Button>
          <Button variant="default" onClick={onKeep}>
            {t('security.factor.keep')}
          </Button>
        </div>
      </Form>
    </div>
  )
}
