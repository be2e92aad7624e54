import { forumLimits, RichText, type TemplateField, Visibility } from '@p2p/contracts'
import { z } from 'zod'
import { isBlank } from '../../../ui/rich-text/document.ts'

const fault = (code: string) => ({ error: code })

const answerTo = ({ required }: TemplateField) => {
  const text = z.string().trim().max(forumLimits.templateAnswerMax, fault('template_answer_invalid'))
  return required
    ? z.string(fault('template_answer_missing')).pipe(text.min(1, fault('template_answer_missing')))
    : text.optional()
}

/** The answers a template asks for, by key; what it does not ask is left out. */
export const answersShape = (template: TemplateField[]) =>
  z
    .object(Object.fromEntries(template.map((field) => [field.key, answerTo(field)])))
    .transform((answers) =>
      Object.fromEntries(Object.entries(answers).flatMap(([key, text]) => (text ? [[key, text]] : []))),
    )

export const titleShape = z
  .string()
  .trim()
  .min(forumLimits.titleMin, fault('title_invalid'))
  .max(forumLimits.titleMax, fault('title_invalid'))

/** A topic as its category wants it. */
export const newTopicShape = (template: TemplateField[]) =>
  z.object({
    category: z.string().min(1, fault('category_missing')),
    title: titleShape,
    visibility: Visibility,
    tags: z.array(z.string()).max(forumLimits.tagsMax, fault('tags_limit')),
    template_answers: answersShape(template),
    body: RichText.refine((body) => !isBlank(body), fault('document_empty')),
  })

/** What somebody has begun, however little. */
export const TopicDraft = z.object({
  category: z.string(),
  title: z.string(),
  visibility: Visibility,
  tags: z.array(z.string()).default([]),
  template_answers: z.record(z.string(), z.string().optional()).default({}),
  body: RichText,
})
export type TopicDraft = z.infer<typeof TopicDraft>
