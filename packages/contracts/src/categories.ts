import { z } from 'zod'
import type { ErrorCode } from './errors.ts'
import { categoryPostings, forumLimits } from './forum.ts'

/** What the app has pictures for; the database keeps the name alone. */
export const categoryIcons = [
  'messages',
  'building-factory-2',
  'tool',
  'certificate',
  'bolt',
  'robot',
  'truck-delivery',
  'users-group',
  'bulb',
  'chart-bar',
  'coin',
  'cpu',
  'leaf',
  'settings',
  'shield-check',
] as const

export const categoryColors = ['teal', 'orange', 'indigo', 'yellow', 'blue', 'grape', 'pink', 'gray'] as const

const fault = (code: ErrorCode) => ({ error: code })
const slug = (longest: number) =>
  z
    .string()
    .trim()
    .max(longest, fault('slug_invalid'))
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, fault('slug_invalid'))
const name = (longest: number, code: ErrorCode) =>
  z.string().trim().min(1, fault(code)).max(longest, fault(code))

const description = z.string().trim().max(300, fault('category_description_invalid'))

/** What an admin writes; the key of a field stays while its labels change, so that answers keep their place. */
const TemplateDraft = z.object({
  key: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, fault('template_invalid')),
  label_en: name(80, 'template_invalid'),
  label_ar: name(80, 'template_invalid'),
  help_en: z.string().trim().max(200, fault('template_invalid')),
  help_ar: z.string().trim().max(200, fault('template_invalid')),
  required: z.boolean(),
})

export const CategoryPatch = z.object({
  slug: slug(60),
  name_en: name(80, 'category_name_invalid'),
  name_ar: name(80, 'category_name_invalid'),
  description_en: description,
  description_ar: description,
  icon: z.string(),
  color: z.string(),
  posting: z.enum(categoryPostings),
  template: z.array(TemplateDraft).max(forumLimits.templateFields, fault('template_invalid')),
})
export type CategoryPatch = z.infer<typeof CategoryPatch>

/** A tag as its keepers see it. */
export const TagEntry = z.object({
  slug: z.string(),
  name_en: z.string(),
  name_ar: z.string(),
  /** Other spellings one may look for. */
  synonyms: z.array(z.string()),
  /** A retired tag stays on its topics and is put on no other. */
  retired_at: z.string().nullable(),
  revision: z.number(),
  /** Topics of the community. */
  topic_count: z.number(),
})
export type TagEntry = z.infer<typeof TagEntry>

export const TagPatch = z.object({
  slug: slug(40),
  name_en: name(40, 'tag_name_invalid'),
  name_ar: name(40, 'tag_name_invalid'),
  synonyms: z.array(name(40, 'synonyms_invalid')).max(20, fault('synonyms_invalid')),
})
export type TagPatch = z.infer<typeof TagPatch>
