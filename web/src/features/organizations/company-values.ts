import { type CompanyProfile, OrganizationForm, OrganizationSize } from '@p2p/contracts'
import { z } from 'zod'

const fields = ['name', 'name_ar', 'industry', 'size', 'city_id', 'website', 'about'] as const
type Field = (typeof fields)[number]

/** The form as its fields give it, turned into what is saved. */
export const CompanyForm = z.object({
  ...OrganizationForm.shape,
  size: z
    .string()
    .transform((text) => text || null)
    .pipe(OrganizationSize.nullable()),
  city_id: z.string().transform((text) => (text ? Number(text) : null)),
})
export type CompanyForm = z.infer<typeof CompanyForm>
/** What stands in the fields: texts, where a choice not made is the empty one. */
export type CompanyValues = z.input<typeof CompanyForm>

export const companyFields: readonly Field[] = fields

export const valuesOf = (company: CompanyProfile): CompanyValues => ({
  name: company.name,
  name_ar: company.name_ar ?? '',
  industry: company.industry ?? '',
  size: company.size ?? '',
  city_id: company.city_id?.toString() ?? '',
  website: company.website ?? '',
  about: company.about ?? '',
})

const Unsaved = z.partialRecord(z.enum(fields), z.string())
export type Unsaved = z.infer<typeof Unsaved>

/** What was typed and not saved, as this device keeps it. */
export const parseUnsaved = (value: unknown): Unsaved | null => Unsaved.safeParse(value).data ?? null

/** The fields of `values` that are not as in `saved`. */
export function changesIn(saved: CompanyValues, values: Partial<CompanyValues>): Unsaved {
  const changed = fields.filter((field) => values[field] !== undefined && values[field] !== saved[field])
  return Object.fromEntries(changed.map((field) => [field, values[field] ?? '']))
}
