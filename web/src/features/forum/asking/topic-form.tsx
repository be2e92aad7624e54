import { zodResolver } from '@hookform/resolvers/zod'
import { NativeSelect, Radio, TextInput } from '@mantine/core'
import { Held } from '@p2p/client'
import { type Category, forumLimits, RichText } from '@p2p/contracts'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useEffect, useMemo, useState } from 'react'
import { Controller, useForm, useWatch } from 'react-hook-form'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { urls } from '../../../app/urls.ts'
import { useMember } from '../../../lib/me.ts'
import { refusalOf, useFieldError, useSentence } from '../../../lib/sentence.ts'
import { Form, ownDirection } from '../../../ui/form.tsx'
import { Notice } from '../../../ui/notice.tsx'
import { RichTextEditor } from '../../../ui/rich-text/lazy-editor.tsx'
import { SendButton } from '../../../ui/send-button.tsx'
import { useOpenTopic } from '../actions.ts'
import { UploadList } from '../attachments/upload-list.tsx'
import { useUploads } from '../attachments/use-uploads.ts'
import { useCategoryWords } from '../category-name.ts'
import { documentLinks } from '../documents/document-links.tsx'
import { findPeople } from '../documents/find-people.ts'
import { SimilarTopics } from '../lists/similar-topics.tsx'
import { PostWaits, useFirstPostsWait, WillWait } from '../moderation/post-waits.tsx'
import styles from '../new-topic-page.module.css'
import { categoriesQuery } from '../queries.ts'
import { DraftElsewhere, DraftPlace } from './draft-place.tsx'
import { newTopicShape, TopicDraft } from './new-topic-shape.ts'
import { TagPicker } from './tag-picker.tsx'
import { TemplateFields } from './template-fields.tsx'
import type { useKeptDraft } from './use-kept-draft.ts'

type Shape = ReturnType<typeof newTopicShape>

const nothing: RichText = { type: 'doc', content: [] }

type Props = {
  categories: Category[]
  category: string
  draft: ReturnType<typeof useKeptDraft<TopicDraft>>
}

export function TopicForm({ categories, category, draft }: Props) {
  const { t } = useTranslation()
  const me = useMember()
  const navigate = useNavigate()
  const words = useCategoryWords()
  const sentence = useSentence()
  const fieldError = useFieldError()
  const openTopic = useOpenTopic()
  const files = useUploads('topic')
  const queryClient = useQueryClient()
  const { keep, discard } = draft
  const [begun] = useState(draft.arrived ?? draft.restored)
  // One id for all tries: asked again after a lost answer, the same topic is opened once.
  const [id] = useState(() => crypto.randomUUID())
  const [round, setRound] = useState(0)
  const open = categories.filter(
    ({ archived_at, posting }) => !archived_at && (posting === 'members' || me.platform_role),
  )
  const shapes = useMemo(
    () => new Map(categories.map(({ slug, template }) => [slug, newTopicShape(template)])),
    [categories],
  )
  const form = useForm<z.input<Shape>, unknown, z.output<Shape>>({
    resolver: (values, context, options) =>
      zodResolver(shapes.get(values.category) ?? newTopicShape([]))(values, context, options),
    defaultValues: begun ?? {
      category: open.some(({ slug }) => slug === category) ? category : '',
      title: '',
      visibility: 'community',
      tags: [],
      template_answers: {},
      body: nothing,
    },
  })
  const { register, control, handleSubmit, watch, formState, setError, reset, getValues } = form
  const { errors, isSubmitting } = formState
  const chosen = useWatch({ control, name: 'category' })
  const title = useWatch({ control, name: 'title' })
  const visibility = useWatch({ control, name: 'visibility' })
  const willWait = useFirstPostsWait() && visibility === 'community'
  const template = open.find(({ slug }) => slug === chosen)?.template ?? []

  useEffect(() => {
    const { unsubscribe } = watch((values) => {
      const written = TopicDraft.safeParse(values).data
      if (written) keep(written)
    })
    return unsubscribe
  }, [watch, keep])

  const forget = () => {
    discard()
    files.acts.clear()
  }

  const publish = handleSubmit(async (topic) => {
    if (files.waiting > 0) return
    await openTopic.mutateAsync({ ...topic, id }).then(
      (topic) => {
        forget()
        return navigate({ to: urls.topic, params: { topic } })
      },
      // The category may ask for something else than when this page was opened.
      (error) => {
        if (error instanceof Held) return forget()
        void queryClient.invalidateQueries({ queryKey: categoriesQuery.queryKey })
        for (const [field, code] of Object.entries(refusalOf(error)?.fields ?? {})) {
          const name = field === 'tags' ? field : (`template_answers.${field}` as const)
          setError(name, { message: code }, { shouldFocus: true })
        }
      },
    )
  })

  // While it is on its way, Enter in a field and the button, which keeps the focus, would submit it again.
  const submit = (event?: FormEvent) => {
    if (isSubmitting) event?.preventDefault()
    else void publish(event)
  }

  const take = (other: TopicDraft) => {
    reset(other)
    setRound(round + 1)
    draft.settle(other)
  }

  if (openTopic.error instanceof Held) return <PostWaits />
  return (
    <Form onSubmit={submit} sending={isSubmitting}>
      {draft.elsewhere ? (
        <DraftElsewhere
          disabled={isSubmitting}
          onTake={() => draft.elsewhere && take(draft.elsewhere)}
          onKeep={() => draft.settle(getValues())}
        />
      ) : (
        begun && <Notice tone="info">{t('asking.restored')}</Notice>
      )}
      <NativeSelect
        label={t('forum.category')}
        data={[
          { value: '', label: t('forum.chooseCategory'), disabled: true },
          ...open.map((each) => ({ value: each.slug, label: words.name(each) })),
        ]}
        {...register('category')}
        // It knows no read-only. Disabled any sooner, it could not take the focus when it is what is missing.
        disabled={openTopic.isPending}
        error={fieldError(errors.category)}
      />
      <TextInput
        label={t('forum.topicTitle')}
        description={t('forum.topicTitleHelp')}
        {...ownDirection}
        maxLength={forumLimits.titleMax}
        {...register('title')}
        readOnly={isSubmitting}
        error={fieldError(errors.title)}
      />
      <SimilarTopics title={title} category={chosen} />
      {template.length > 0 && (
        <Controller
          control={control}
          name="template_answers"
          render={({ field }) => (
            <TemplateFields
              template={template}
              answers={field.value}
              onChange={field.onChange}
              faultOf={(key) => fieldError(errors.template_answers?.[key])}
              readOnly={isSubmitting}
            />
          )}
        />
      )}
      <Controller
        control={control}
        name="body"
        render={({ field }) => (
          <div className={styles.body}>
            <span className={styles.label} aria-hidden="true">
              {t('forum.topicBody')}
            </span>
            <RichTextEditor
              key={round}
              label={t('forum.topicBody')}
              placeholder={t('forum.topicBodyPlaceholder')}
              initial={field.value}
              onChange={(document) => field.onChange(RichText.parse(document))}
              onSubmit={submit}
              findPeople={findPeople}
              links={documentLinks}
              onFiles={files.acts.add}
              onPut={files.acts.attach}
              error={errors.body ? t('errors.document_empty') : null}
              readOnly={isSubmitting}
            />
            <UploadList {...files} mayRetry={!isSubmitting} />
          </div>
        )}
      />
      <Controller
        control={control}
        name="tags"
        render={({ field }) => (
          <TagPicker
            value={field.value}
            onChange={field.onChange}
            error={fieldError(Array.isArray(errors.tags) ? errors.tags[0] : errors.tags)}
            readOnly={isSubmitting}
          />
        )}
      />
      <Controller
        control={control}
        name="visibility"
        render={({ field }) => (
          <Radio.Group label={t('forum.visibility')} {...field} readOnly={isSubmitting}>
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
      {willWait && <WillWait />}
      <div className={styles.actions}>
        <SendButton sending={isSubmitting} disabled={files.waiting > 0}>
          {t('forum.publishTopic')}
        </SendButton>
        <DraftPlace onServer={draft.onServer} className={styles.help} />
      </div>
    </Form>
  )
}
