import { Radio, TextInput } from '@mantine/core'
import { forumLimits, type Topic, Visibility } from '@p2p/contracts'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMember } from '../../../lib/me.ts'
import { refusalOf } from '../../../lib/sentence.ts'
import { ownDirection } from '../../../ui/form.tsx'
import { answersShape, titleShape } from '../asking/new-topic-shape.ts'
import { TagPicker } from '../asking/tag-picker.tsx'
import { TemplateFields } from '../asking/template-fields.tsx'
import { categoriesQuery } from '../queries.ts'
import styles from './act-dialog.module.css'
import { ActDialog } from './act-dialog.tsx'
import { useEditTopic } from './topic-acts.ts'

type Props = { topic: Topic; onClose: () => void }

/** Title, tags, answers to the template; and for its author who may read it, while nobody has answered. */
export function EditDialog({ topic, onClose }: Props) {
  const { t, i18n } = useTranslation()
  const me = useMember()
  const edit = useEditTopic(topic.id)
  const categories = useQuery(categoriesQuery)
  const template = categories.data?.find(({ slug }) => slug === topic.category.slug)?.template ?? []
  const [title, setTitle] = useState(topic.title)
  const [tags, setTags] = useState(topic.tags.map(({ slug }) => slug))
  const [visibility, setVisibility] = useState(topic.visibility)
  const [answers, setAnswers] = useState<Record<string, string | undefined>>(
    Object.fromEntries((topic.template_answers ?? []).map(({ key, answer }) => [key, answer])),
  )
  const [faults, setFaults] = useState<Record<string, string>>({})
  const faultOf = (field: string) => {
    const code = faults[field] ?? refusalOf(edit.error)?.fields[field]
    if (!code) return null
    return i18n.exists(`errors.${code}`)
      ? t(`errors.${code}` as 'errors.invalid_input')
      : t('errors.invalid_input')
  }
  const maySayWhoReads = topic.author?.id === me.id && topic.reply_count === 0

  const submit = () => {
    const parsedTitle = titleShape.safeParse(title)
    const parsedAnswers = answersShape(template).safeParse(answers)
    const found: Record<string, string> = {}
    if (!parsedTitle.success) found.title = 'title_invalid'
    for (const issue of parsedAnswers.error?.issues ?? []) found[String(issue.path[0])] = issue.message
    setFaults(found)
    if (!parsedTitle.success || !parsedAnswers.success) return
    edit.mutate(
      {
        title: parsedTitle.data,
        tags,
        ...(template.length > 0 && { template_answers: parsedAnswers.data }),
        ...(visibility !== topic.visibility && { visibility }),
      },
      { onSuccess: onClose },
    )
  }

  return (
    <ActDialog
      title={t('acts.edit.title')}
      action={t('acts.edit.action')}
      size="lg"
      pending={edit.isPending}
      error={edit.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        label={t('forum.topicTitle')}
        value={title}
        onChange={({ target }) => setTitle(target.value)}
        maxLength={forumLimits.titleMax}
        readOnly={edit.isPending}
        {...ownDirection}
        error={faultOf('title')}
        data-autofocus
      />
      <TemplateFields
        template={template}
        answers={answers}
        onChange={setAnswers}
        faultOf={faultOf}
        readOnly={edit.isPending}
      />
      <TagPicker value={tags} onChange={setTags} error={faultOf('tags')} readOnly={edit.isPending} />
      {maySayWhoReads && (
        <Radio.Group
          label={t('forum.visibility')}
          value={visibility}
          onChange={(value) => setVisibility(Visibility.parse(value))}
          readOnly={edit.isPending}
        >
          <div className={styles.choices}>
            <Radio value="community" label={t('forum.toCommunity')} />
            <Radio value="organization" label={t('forum.toOrganization', { name: me.organization.name })} />
          </div>
        </Radio.Group>
      )}
    </ActDialog>
  )
}
