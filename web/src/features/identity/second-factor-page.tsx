import { zodResolver } from '@hookform/resolvers/zod'
import { Button } from '@mantine/core'
import { FactorCode } from '@p2p/contracts'
import { useRouter } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { safeNext, urls } from '../../app/urls.ts'
import { refusalOf, useFieldError } from '../../lib/sentence.ts'
import { Form } from '../../ui/form.tsx'
import { FormPage } from '../../ui/form-page.tsx'
import { useConfirmSecondFactor, useSignOut } from './actions.ts'
import { CodeField } from './code-field.tsx'
import { SignInFault, useWait } from './sign-in-fault.tsx'

const Input = z.object({ code: FactorCode })

/** Between the password and the rest, for who has a second factor. */
export function SecondFactorPage({ next }: { next: string | undefined }) {
  const { t } = useTranslation()
  const router = useRouter()
  const confirm = useConfirmSecondFactor()
  const signOut = useSignOut()
  const wait = useWait(confirm.error)
  const fieldError = useFieldError()
  const { register, handleSubmit, formState, reset, setFocus } = useForm({
    resolver: zodResolver(Input),
    defaultValues: { code: '' },
  })

  const submit = handleSubmit(async ({ code }) => {
    await confirm.mutateAsync(code).then(
      () => router.history.push(safeNext(next)),
      (error) => {
        // A code is good for half a minute: nobody wants the old one back.
        if (refusalOf(error)?.code === 'code_wrong') reset()
        setFocus('code')
      },
    )
  })

  const leave = async () => {
    await signOut.mutateAsync()
    await router.navigate({ to: urls.signIn, search: next ? { next } : {}, replace: true })
  }

  return (
    <FormPage
      title={t('security.challenge.title')}
      lead={t('security.challenge.lead')}
      footer={t('security.challenge.lost')}
    >
      <Form onSubmit={submit}>
        <CodeField {...register('code')} error={fieldError(formState.errors.code)} />
        {confirm.error && <SignInFault error={confirm.error} email="" left={wait} />}
        <Button type="submit" loading={confirm.isPending} disabled={wait > 0}>
          {t('security.factor.confirm')}
        </Button>
        <Button variant="subtle" onClick={() => void leave()} loading={signOut.isPending}>
          {t('security.challenge.other')}
        </Button>
      </Form>
    </FormPage>
  )
}
