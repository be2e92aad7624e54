import { zodResolver } from '@hookform/resolvers/zod'
import { Button, TextInput } from '@mantine/core'
import { type Registration, RegistrationNumber } from '@p2p/contracts'
import { useEffect } from 'react'
import { useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { refusalOf, useFieldError, useSentence } from '../../lib/sentence.ts'
import { Form } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import styles from './company-profile.module.css'
import { useSetRegistrationNumber } from './company-queries.ts'
import { RegistrationStanding } from './registration-standing.tsx'

const NumberForm = z.object({ number: RegistrationNumber })

/** The commercial registration number, and what the registry said of it. It is saved apart from the form above. */
export function RegistrationSection({ registration }: { registration: Registration | null }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const fieldError = useFieldError()
  const change = useSetRegistrationNumber()
  const { register, handleSubmit, formState, reset } = useForm({
    resolver: zodResolver(NumberForm),
    defaultValues: { number: registration?.number ?? '' },
  })
  const number = registration?.number ?? ''
  useEffect(() => reset({ number }), [number, reset])

  const submit = handleSubmit((values) => change.mutate(values.number))
  const fault = formState.errors.number
  // Said at the field by the form itself.
  const refused = change.error && refusalOf(change.error)?.code !== 'registration_number_invalid'

  return (
    <section className={styles.section} aria-labelledby="registration">
      <h2 id="registration">{t('organizations.registration.title')}</h2>
      <p className={styles.quiet}>{t('organizations.registration.lead')}</p>
      {registration && <RegistrationStanding registration={registration} />}
      <Form onSubmit={submit}>
        <TextInput
          label={t('organizations.registration.number')}
          description={t('organizations.registration.numberHelp')}
          inputMode="numeric"
          autoComplete="off"
          dir="ltr"
          maxLength={20}
          {...register('number')}
          error={fieldError(fault)}
        />
        {refused && <Notice tone="danger">{sentence(change.error)}</Notice>}
        <div className={styles.save}>
          <Button type="submit" variant="default" loading={change.isPending && change.variables !== null}>
            {t(registration ? 'organizations.registration.checkAgain' : 'organizations.registration.check')}
          </Button>
          {registration && (
            <Button
              variant="subtle"
              color="danger"
              loading={change.isPending && change.variables === null}
              onClick={() => change.mutate(null)}
            >
              {t('organizations.registration.remove')}
            </Button>
          )}
        </div>
      </Form>
    </section>
  )
}
