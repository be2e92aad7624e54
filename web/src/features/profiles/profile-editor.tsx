import { zodResolver } from '@hookform/resolvers/zod'
import { Button } from '@mantine/core'
import { type Member, type PersonPage, ProfileForm, type ProfilePatch } from '@p2p/contracts'
import { type ReactNode, useCallback, useEffect, useState } from 'react'
import { FormProvider, useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { useDraft } from '../../lib/drafts.ts'
import { changeLanguage } from '../../lib/i18n.ts'
import { useSentence } from '../../lib/sentence.ts'
import { Form } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useUpdateProfile } from './actions.ts'
import {
  changesIn,
  fieldNames,
  type ProfileValues,
  parseUnsaved,
  type Unsaved,
  valuesOf,
} from './form-values.ts'
import { ProfileFields } from './profile-fields.tsx'
import styles from './profile-page.module.css'
import { ProfilePreview } from './profile-preview.tsx'

type Props = {
  me: Member
  page: PersonPage
  /** Puts the two in their places. */
  children: (form: ReactNode, preview: ReactNode) => ReactNode
}

/** The form, with what was typed before and not saved, beside what others will see of it. */
export function ProfileEditor({ me, page, children }: Props) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const update = useUpdateProfile()
  const draft = useDraft(`${me.id}:profile`, parseUnsaved)
  const [saved] = useState(() => valuesOf(me, page))
  const form = useForm<ProfileValues, unknown, ProfileForm>({
    resolver: zodResolver(ProfileForm),
    mode: 'onTouched',
    defaultValues: saved,
  })
  const { formState, handleSubmit, reset, setValue, watch } = form
  const [restored, setRestored] = useState(false)

  const write = useCallback(
    (unsaved: Unsaved) => {
      for (const field of fieldNames) {
        const value = unsaved[field]
        if (value !== undefined) setValue(field, value, { shouldDirty: true, shouldValidate: true })
      }
    },
    [setValue],
  )

  useEffect(() => {
    const unsaved = draft.restore()
    if (unsaved) {
      write(unsaved)
      setRestored(true)
    }
    const { unsubscribe } = watch((values) => {
      const start = form.formState.defaultValues as ProfileValues
      const changes = changesIn(start, { ...start, ...values } as ProfileValues)
      if (Object.keys(changes).length) draft.keep(changes)
      else draft.discard()
    })
    return unsubscribe
  }, [draft.restore, draft.keep, draft.discard, write, watch, form.formState.defaultValues])

  const discard = () => {
    draft.discard()
    setRestored(false)
    update.reset()
    reset()
  }

  const submit = handleSubmit(async (profile) => {
    const changed = fieldNames.filter((field) => formState.dirtyFields[field] !== undefined)
    const patch: ProfilePatch = Object.fromEntries(changed.map((field) => [field, profile[field]]))
    const sent = form.getValues()
    await update.mutateAsync(patch).then(
      () => {
        const typedSince = changesIn(sent, form.getValues())
        draft.discard()
        setRestored(false)
        reset(sent)
        write(typedSince)
        return changeLanguage(profile.locale)
      },
      () => {},
    )
  })

  const fields = (
    <Form onSubmit={submit}>
      {restored && formState.isDirty && (
        <Notice tone="info">
          <p>{t('profiles.restored')}</p>
          <div>
            <Button variant="subtle" size="compact-sm" onClick={discard}>
              {t('profiles.discard')}
            </Button>
          </div>
        </Notice>
      )}
      <ProfileFields organization={me.organization.name} />
      {update.error && <Notice tone="danger">{sentence(update.error)}</Notice>}
      <div className={styles.save}>
        <Button type="submit" loading={update.isPending}>
          {t('profiles.save')}
        </Button>
        <p role="status" className={styles.quiet}>
          {formState.isDirty && t('profiles.unsaved')}
          {update.isSuccess && !formState.isDirty && t('profiles.saved')}
        </p>
      </div>
    </Form>
  )
  return <FormProvider {...form}>{children(fields, <ProfilePreview me={me} />)}</FormProvider>
}
