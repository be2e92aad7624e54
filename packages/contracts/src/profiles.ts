import { z } from 'zod'
import type { ErrorCode } from './errors.ts'
import { isLegible, Locale, signupLimits } from './identity.ts'
import { Picture } from './media.ts'

/** The bounds below stand in the database too (sql/13_profiles); a test compares the two. */
export const profileLimits = {
  name: signupLimits.name,
  jobTitle: 120,
  about: 1_000,
  expertise: 12,
  expertiseLength: 40,
} as const

export const audiences = ['organization', 'community'] as const
/** Who may see what a person tells of themselves: their own organization, or everybody here. */
export const Audience = z.enum(audiences)
export type Audience = z.infer<typeof Audience>

/** A person as they stand beside what they write. */
export const PersonCard = z.object({
  id: z.uuid(),
  first_name: z.string(),
  last_name: z.string(),
  first_name_ar: z.string().nullable(),
  last_name_ar: z.string().nullable(),
  avatar: Picture.nullable(),
  job_title: z.string().nullable(),
  organization: z.object({ id: z.uuid(), name: z.string() }).nullable(),
})
export type PersonCard = z.infer<typeof PersonCard>

/** What a name and a face take. */
export const PersonNames = PersonCard.omit({ job_title: true, organization: true })
export type PersonNames = z.infer<typeof PersonNames>

/** A person's page, as its reader may see it. `email` is there for admins of the person's organization and the person. */
export const PersonPage = PersonCard.extend({
  time_zone: z.string(),
  /** False for somebody who may not act here at present. */
  is_active: z.boolean(),
  since: z.string(),
  role: z.enum(['member', 'admin']).nullable(),
  about: z.string().nullable(),
  expertise: z.array(z.string()),
  /** Null where nothing is told, or nothing to this reader. */
  audience: Audience.nullable(),
  email: z.string().nullable(),
})
export type PersonPage = z.infer<typeof PersonPage>

const fault = (code: ErrorCode) => ({ error: code })

const name = (code: ErrorCode) =>
  z
    .string(fault(code))
    .trim()
    .min(1, fault(code))
    .max(profileLimits.name, fault(code))
    .refine(isLegible, fault(code))

/** A field that may be left empty: then it says nothing, which is null. */
const optional = (code: ErrorCode, most: number, fits: (text: string) => boolean) =>
  z
    .string(fault(code))
    .trim()
    .max(most, fault(code))
    .refine((text) => text === '' || fits(text), fault(code))
    .transform((text) => text || null)
    .nullable()

// As private.is_arabic_name().
const arabic = /^[\u0600-\u06FF\u0750-\u077F !-/:-@[-`{-~]+$/
const arabicName = optional(
  'arabic_name_invalid',
  profileLimits.name,
  (text) => arabic.test(text) && isLegible(text),
)

// Lines may end; nothing else may stand in a text that cannot be seen.
const isProse = (text: string) => isLegible(text.replaceAll('\n', ' '))

/** As private.fold(): two spellings of one word are one tag. */
export const fold = (text: string) =>
  text
    .normalize('NFKD')
    .replace(/\p{Mn}|[\u0640\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu, '')
    .toLowerCase()
    .replaceAll('ى', 'ي')
    .replaceAll('ة', 'ه')
    .replaceAll('ٱ', 'ا')

const Expertise = z
  .array(
    z
      .string(fault('expertise_invalid'))
      .trim()
      .min(1, fault('expertise_invalid'))
      .max(profileLimits.expertiseLength, fault('expertise_invalid'))
      .refine(isLegible, fault('expertise_invalid')),
    fault('expertise_invalid'),
  )
  .max(profileLimits.expertise, fault('expertise_invalid'))
  .refine((tags) => new Set(tags.map(fold)).size === tags.length, fault('expertise_invalid'))

/** The whole of what a person says of themselves. Each issue's message is the error code of its field. */
export const ProfileForm = z.object({
  first_name: name('first_name_invalid'),
  last_name: name('last_name_invalid'),
  first_name_ar: arabicName,
  last_name_ar: arabicName,
  job_title: optional('job_title_invalid', profileLimits.jobTitle, isLegible),
  locale: Locale,
  time_zone: z
    .string(fault('time_zone_invalid'))
    .regex(/^[A-Za-z_]+(\/[A-Za-z0-9_+-]+){0,2}$/, fault('time_zone_invalid')),
  about: optional('about_invalid', profileLimits.about, isProse),
  expertise: Expertise,
  audience: Audience,
})
export type ProfileForm = z.infer<typeof ProfileForm>

/** What of it is to change; the rest stays. */
export const ProfilePatch = ProfileForm.partial()
export type ProfilePatch = z.infer<typeof ProfilePatch>
