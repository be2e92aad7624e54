import { type Member, type PersonPage, ProfileForm } from '@p2p/contracts'
import { z } from 'zod'

/** What stands in the fields, right or not yet. */
export type ProfileValues = z.input<typeof ProfileForm>

export const valuesOf = (me: Member, page: PersonPage): ProfileValues => ({
  first_name: me.first_name,
  last_name: me.last_name,
  first_name_ar: me.first_name_ar ?? '',
  last_name_ar: me.last_name_ar ?? '',
  job_title: me.job_title ?? '',
  locale: me.locale,
  time_zone: me.time_zone,
  about: page.about ?? '',
  expertise: page.expertise,
  audience: page.audience ?? 'community',
})

const shape = ProfileForm.shape

/** What was typed and not saved, as this device keeps it: some of the fields, right or not yet. */
const Unsaved = z
  .object({
    first_name: z.string(),
    last_name: z.string(),
    first_name_ar: z.string(),
    last_name_ar: z.string(),
    job_title: z.string(),
    about: z.string(),
    time_zone: z.string(),
    locale: shape.locale,
    audience: shape.audience,
    expertise: z.array(z.string()),
  })
  .partial()
export type Unsaved = z.infer<typeof Unsaved>

export const parseUnsaved = (value: unknown): Unsaved | null => Unsaved.safeParse(value).data ?? null

export const fieldNames = Object.keys(shape) as (keyof ProfileForm)[]

/** The fields of `values` that are not as in `saved`. */
export function changesIn(saved: ProfileValues, values: ProfileValues): Unsaved {
  const changed = fieldNames.filter((field) => String(saved[field]) !== String(values[field]))
  return Object.fromEntries(changed.map((field) => [field, values[field]]))
}
