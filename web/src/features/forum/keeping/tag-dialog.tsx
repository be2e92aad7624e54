import { zodResolver } from '@hookform/resolvers/zod'
import { Button, TagsInput, TextInput } from '@mantine/core'
import { type TagEntry, TagPatch } from '@p2p/contracts'
import { Controller, useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { refusalOf, useFieldError, useSentence } from '../../../lib/sentence.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { FieldPair, ownDirection } from '../../../ui/form.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { useSaveTag } from './actions.ts'
import styles from './keeping.module.css'

export function TagDialog({ tag, onClose }: { tag: TagEntry | null; onClose: () => void }) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const fieldError = useFieldError()
  const save = useSaveTag()
  const form = useForm<TagPatch>({
    resolver: zodResolver(TagPatch),
    defaultValues: tag ?? { slug: '', name_en: '', name_ar: '', synonyms: [] },
  })
  const { register, control, handleSubmit, formState, setError } = form
  const { errors } = formState
  const submit = handleSubmit((patch) =>
    save.mutateAsync({ ...patch, ...(tag && { revision: tag.revision }) }).then(onClose, (error) => {
      for (const [field, code] of Object.entries(refusalOf(error)?.fields ?? {}))
        setError(field as keyof TagPatch, { message: code })
    }),
  )
  return (
    <Dialog opened onClose={onClose} title={tag ? t('keeping.editTag') : t('keeping.newTag')}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <FieldPair>
          <TextInput
            label={t('keeping.nameEn')}
            {...ownDirection}
            {...register('name_en')}
            error={fieldError(errors.name_en)}
            data-autofocus
          />
          <TextInput
            label={t('keeping.nameAr')}
            {...ownDirection}
            {...register('name_ar')}
            error={fieldError(errors.name_ar)}
          />
        </FieldPair>
        {!tag && (
          <TextInput
            label={t('keeping.slug')}
            description={t('keeping.slugHelp')}
            {...register('slug')}
            error={fieldError(errors.slug)}
          />
        )}
        <Controller
          control={control}
          name="synonyms"
          render={({ field }) => (
            <TagsInput
              size="md"
              label={t('keeping.synonyms')}
              description={t('keeping.synonymsHelp')}
              value={field.value}
              onChange={field.onChange}
              maxTags={20}
              error={fieldError(Array.isArray(errors.synonyms) ? errors.synonyms[0] : errors.synonyms)}
            />
          )}
        />
        {save.error && <Notice tone="danger">{sentence(save.error)}</Notice>}
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('forum.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t('keeping.save')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
