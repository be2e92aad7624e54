import { zodResolver } from '@hookform/resolvers/zod'
import { Button } from '@mantine/core'
import type { CompanyProfile, OrganizationPatch } from '@p2p/contracts'
import { useCallback, useEffect, useState } from 'react'
import { FormProvider, useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { useDraft } from '../../lib/drafts.ts'
import { useSentence } from '../../lib/sentence.ts'
import { Form } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { CompanyFields } from './company-fields.tsx'
import styles from './company-profile.module.css'
import { useUpdateCompany } from './company-queries.ts'
import {
  CompanyForm,
  type CompanyValues,
  changesIn,
  companyFields,
  parseUnsaved,
  type Unsaved,
  valuesOf,
} from './company-values.ts'

/**
 * The form, with what was typed before and not saved. Only what was changed is sent; where another admin has written
 * meanwhile, their words appear in the fields that were not touched here, and the touched ones stay.
 */
export function CompanyEditor({ company }: { company: CompanyProfile }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const update = useUpdateCompany()
  const { restore, keep, discard } = useDraft(`${company.id}:company`, parseUnsaved)
  const [restored, setRestored] = useState(false)
  const form = useForm<CompanyValues, unknown, CompanyForm>({
    resolver: zodResolver(CompanyForm),
    mode: 'onTouched',
    defaultValues: valuesOf(company),
  })
  const { formState, getValues, handleSubmit, reset, setValue, watch } = form
  const { isDirty, dirtyFields } = formState

  useEffect(() => reset(valuesOf(company), { keepDirtyValues: true }), [company, reset])

  const write = useCallback(
    (unsaved: Unsaved) => {
      for (const field of companyFields) {
        const value = unsaved[field]
        if (value !== undefined) setValue(field, value, { shouldDirty: true, shouldValidate: true })
      }
    },
    [setValue],
  )

  useEffect(() => {
    const unsaved = restore()
    if (!unsaved) return
    write(unsaved)
    setRestored(true)
  }, [restore, write])

  useEffect(() => {
    const { unsubscribe } = watch((values) => {
      const changes = changesIn(valuesOf(company), values)
      if (Object.keys(changes).length) keep(changes)
      else discard()
    })
    return unsubscribe
  }, [company, watch, keep, discard])

  const startOver = () => {
    discard()
    setRestored(false)
    update.reset()
    reset(valuesOf(company))
  }

  const submit = handleSubmit(async (values) => {
    const changed = companyFields.filter((field) => dirtyFields[field])
    const patch: OrganizationPatch = Object.fromEntries(changed.map((field) => [field, values[field]]))
    const sent = getValues()
    await update.mutateAsync({ patch, expected: company.revision }).then(
      () => {
        const typedSince = changesIn(sent, getValues())
        discard()
        setRestored(false)
        reset(valuesOf({ ...company, ...values }))
        write(typedSince)
      },
      () => {},
    )
  })

  return (
    <FormProvider {...form}>
      <Form onSubmit={submit}>
        {restored && isDirty && (
          <Notice tone="info">
            <p>{t('organizations.restored')}</p>
            <div>
              <Button variant="subtle" size="compact-sm" onClick={startOver}>
                {t('organizations.discard')}
              </Button>
            </div>
          </Notice>
        )}
        <CompanyFields />
        {update.error && <Notice tone="danger">{sentence(update.error)}</Notice>}
        <div className={styles.save}>
          <Button type="submit" loading={update.isPending}>
            {t('organizations.save')}
          </Button>
          <p role="status" className={styles.quiet}>
            {isDirty && t('organizations.unsaved')}
            {update.isSuccess && !isDirty && t('organizations.saved')}
          </p>
        </div>
      </Form>
    </FormProvider>
  )
}
