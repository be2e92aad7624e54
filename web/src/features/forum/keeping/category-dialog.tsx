import { zodResolver } from '@hookform/resolvers/zod'
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { type Category, CategoryPatch, categoryColors, categoryIcons } from '@p2p/contracts'
import { FormProvider, useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { refusalOf, useFieldError, useSentence } from '../../../lib/sentence.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { FieldPair, ownDirection } from '../../../ui/form.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { CategoryMark } from '../category-mark.tsx'
import { useSaveCategory } from './actions.ts'
import styles from './keeping.module.css'
import { LookChoice } from './look-choice.tsx'
import { TemplateBuilder } from './template-builder.tsx'

const fresh: CategoryPatch = {
  slug: '',
  name_en: '',
  name_ar: '',
  description_en: '',
  description_ar: '',
  icon: categoryIcons[0],
  color: categoryColors[0],
  posting: 'members',
  template: [],
}

type Props = { category: Category | null; onClose: () => void }

/** A category in both languages, how it looks, who posts, and what a good question in it needs. */
export function CategoryDialog({ category, onClose }: Props) {
  const { t } = useTranslation()
  const sentence = useSentence()
  const fieldError = useFieldError()
  const save = useSaveCategory(category)
  const form = useForm<CategoryPatch>({
    resolver: zodResolver(CategoryPatch),
    defaultValues: category ?? fresh,
  })
  const { register, handleSubmit, formState, setError, watch } = form
  const { errors } = formState
  const submit = handleSubmit((patch) =>
    save.mutateAsync(patch).then(onClose, (error) => {
      for (const [field, code] of Object.entries(refusalOf(error)?.fields ?? {}))
        setError(field as keyof CategoryPatch, { message: code })
    }),
  )

  return (
    <Dialog
      opened
      size="lg"
      onClose={onClose}
      title={category ? t('keeping.editCategory') : t('keeping.newCategory')}
    >
      <FormProvider {...form}>
        <form className={styles.form} onSubmit={submit} noValidate>
          <FieldPair>
            <TextInput
              label={t('keeping.nameEn')}
              lang="en"
              dir="ltr"
              {...register('name_en')}
              error={fieldError(errors.name_en)}
              data-autofocus
            />
            <TextInput
              label={t('keeping.nameAr')}
              lang="ar"
              {...ownDirection}
              {...register('name_ar')}
              error={fieldError(errors.name_ar)}
            />
            <TextInput
              label={t('keeping.descriptionEn')}
              {...ownDirection}
              {...register('description_en')}
              error={fieldError(errors.description_en)}
            />
            <TextInput
              label={t('keeping.descriptionAr')}
              {...ownDirection}
              {...register('description_ar')}
              error={fieldError(errors.description_ar)}
            />
          </FieldPair>
          {!category && (
            <TextInput
              label={t('keeping.slug')}
              description={t('keeping.slugHelp')}
              {...register('slug')}
              error={fieldError(errors.slug)}
            />
          )}
          <LookChoice />
          <div className={styles.preview} role="img" aria-label={t('keeping.preview')}>
            <CategoryMark category={{ icon: watch('icon'), color: watch('color') }} />
            <span className={styles.main}>
              <bdi className={styles.name}>{watch('name_en') || t('keeping.nameEn')}</bdi>
              <bdi className={styles.name}>{watch('name_ar') || t('keeping.nameAr')}</bdi>
            </span>
          </div>
          <NativeSelect
            label={t('keeping.posting')}
            data={[
              { value: 'members', label: t('keeping.postings.members') },
              { value: 'moderators', label: t('keeping.postings.moderators') },
            ]}
            {...register('posting')}
          />
          <TemplateBuilder />
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
      </FormProvider>
    </Dialog>
  )
}
