import { zodResolver } from '@hookform/resolvers/zod'
import { Button, NativeSelect, Radio, TextInput } from '@mantine/core'
import { forumLimits, RichText, Visibility } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { Controller, useForm } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { urls } from '../../app/urls.ts'
import { useDraft } from '../../lib/drafts.ts'
import { useMember } from '../../lib/me.ts'
import { useFieldError, useSentence } from '../../lib/sentence.ts'
import { Form } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { isBlank } from '../../ui/rich-text/document.ts'
import { RichTextEditor } from '../../ui/rich-text/lazy-editor.tsx'
import { useOpenTopic } from './actions.ts'
import { useCategoryWords } from './category-name.ts'
import styles from './new-topic-page.module.css'
import { categoriesQuery } from './queries.ts'

const fault = (code: string) => ({ error: code })

const NewTopic = z.object({
  category: z.string().min(1, fault('category_missing')),
  title: z
    .string()
    .trim()
    .min(forumLimits.titleMin, fault('title_invalid'))
    .max(forumLimits.titleMax, fault('title_invalid')),
  visibility: Visibility,
  body: RichText.refine((body) => !isBlank(body), fault('document_empty')),
})

const Draft = z.object({
  category: z.string(),
  title: z.string(),
  visibility: Visibility,
  body: RichText,
})
type Draft = z.infer<typeof Draft>
const parseDraft = (value: unknown) => Draft.safeParse(value).data ?? null
const empty: RichText = { type: 'doc', content: [] }

/** `category` is where the reader came from. What is written is kept on this device until it is published. */
export function NewTopicPage({ category }: { category: string | undefined }) {
  const { t } = useTranslation()
  const me = useMember()
  const navigate = useNavigate()
  const words = useCategoryWords()
  const sentence = useSentence()
  const fieldError = useFieldError()
  const categories = useQuery(categoriesQuery)
  const openTopic = useOpenTopic()
  const { restore, keep, discard } = useDraft(`${me.id}:new-topic`, parseDraft)
  const [restored] = useState(restore)
  // One id for all tries: asked again after a lost answer, the same topic is opened once.
  const [id] = useState(() => crypto.randomUUID())
  const form = useForm<Draft>({
    resolver: zodResolver(NewTopic),
    defaultValues: restored ?? { category: category ?? '', title: '', visibility: 'community', body: empty },
  })
  const { register, control, handleSubmit, watch, formState } = form
  const { errors } = formState

  useEffect(() => {
    const { unsubscribe } = watch((values) => {
      const draft = parseDraft(values)
      if (draft) keep(draft)
    })
    return unsubscribe
  }, [watch, keep])

  const submit = handleSubmit(async (topic) => {
    await openTopic.mutateAsync({ ...topic, id }).then(
      (topic) => {
        discard()
        return navigate({ to: urls.topic, params: { topic } })
      },
      () => {},
    )
  })

  return (
    <Page title={t('forum.newTopic')} trail={<Link to={urls.forum}>{t('forum.title')}</Link>}>
      <Form onSubmit={submit}>
        {restored && <Notice tone="info">{t('forum.draftRestored')}</Notice>}
        <NativeSelect
          label={t('forum.category')}
          data={[
            { value: '', label: t('forum.chooseCategory'), disabled: true },
            ...(categories.data ?? []).map((each) => ({ value: each.slug, label: words.name(each) })),
          ]}
          {...register('category')}
          error={fieldError(errors.category)}
        />
        <TextInput
          label={t('forum.topicTitle')}
          description={t('forum.topicTitleHelp')}
          dir="auto"
          maxLength={forumLimits.titleMax}
          {...register('title')}
          error={fieldError(errors.title)}
        />
        <Controller
          control={control}
          name="body"
          render={({ field }) => (
            <div className={styles.body}>
              <span className={styles.label} aria-hidden="true">
                {t('forum.topicBody')}
              </span>
              <RichTextEditor
                label={t('forum.topicBody')}
                placeholder={t('forum.topicBodyPlaceholder')}
                initial={field.value}
                onChange={(document) => field.onChange(RichText.parse(document))}
                onSubmit={submit}
                maxBytes={forumLimits.documentBytes}
                error={errors.body ? t('errors.document_empty') : null}
              />
            </div>
          )}
        />
        <Controller
          control={control}
          name="visibility"
          render={({ field }) => (
            <Radio.Group label={t('forum.visibility')} {...field}>
              <div className={styles.choices}>
                <Radio
                  value="community"
                  label={t('forum.toCommunity')}
                  description={t('forum.toCommunityHelp')}
                />
                <Radio
                  value="organization"
                  label={t('forum.toOrganization', { name: me.organization.name })}
                  description={t('forum.toOrganizationHelp')}
                />
              </div>
            </Radio.Group>
          )}
        />
        {openTopic.error && <Notice tone="danger">{sentence(openTopic.error)}</Notice>}
        <div className={styles.actions}>
          <Button type="submit" loading={openTopic.isPending}>
            {t('forum.publishTopic')}
          </Button>
          <p className={styles.help}>{t('forum.draftKept')}</p>
        </div>
      </Form>
    </Page>
  )
}
