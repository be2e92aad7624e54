import { z } from 'zod'
import type { ErrorCode } from './errors.ts'
import { isLegible } from './identity.ts'
import { Picture } from './media.ts'
import { Registration } from './registrations.ts'

/** The bounds below stand in the database too (sql/11_organizations); a test compares the two. */
export const organizationLimits = { name: 120, about: 2_000, website: 300 } as const

/**
 * How many people work there, in the bands of Monsha'at (the General Authority for Small and Medium Enterprises):
 * 1–5, 6–49, 50–249, 250 and more.
 */
export const organizationSizes = ['micro', 'small', 'medium', 'large'] as const
export const OrganizationSize = z.enum(organizationSizes)
export type OrganizationSize = z.infer<typeof OrganizationSize>

/** A section of ISIC revision 4 (`section` null, code a letter) or one of its divisions (code two digits). */
export const Industry = z.object({
  code: z.string(),
  section: z.string().nullable(),
  name_en: z.string(),
  name_ar: z.string(),
})
export type Industry = z.infer<typeof Industry>

/** A city of the Gulf by its GeoNames id; `country` is its ISO 3166 code. */
export const City = z.object({
  id: z.number(),
  country: z.string(),
  name_en: z.string(),
  name_ar: z.string(),
})
export type City = z.infer<typeof City>

/** A company as its admin edits it. `revision` goes back with what is saved. */
export const CompanyProfile = z.object({
  id: z.uuid(),
  name: z.string(),
  name_ar: z.string().nullable(),
  domain: z.string().nullable(),
  industry: z.string().nullable(),
  size: OrganizationSize.nullable(),
  city_id: z.number().nullable(),
  website: z.string().nullable(),
  about: z.string().nullable(),
  logo: Picture.nullable(),
  revision: z.number(),
  registration: Registration.nullable(),
})
export type CompanyProfile = z.infer<typeof CompanyProfile>

const fault = (code: ErrorCode) => ({ error: code })

const address =
  /^https:\/\/([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9](:[0-9]{1,5})?\/[!#-;=?-[\]_a-z|~]*$/

/** As private.is_website(): an https address as a browser spells it out. */
export const isWebsite = (url: string) => url.length <= organizationLimits.website && address.test(url)

/** `factory.example` becomes `https://factory.example/`; a host in Arabic letters is kept in ASCII. */
function spelledOut(text: string): string {
  const url = /^[a-z][a-z0-9+.-]*:/i.test(text) && !/^[^/]*:\d/.test(text) ? text : `https://${text}`
  return URL.canParse(url) ? new URL(url).href : text
}

/** A field that may be left empty: then it says nothing, which is null. */
const orNull = (text: string) => text || null

const text = (code: ErrorCode, most: number, fits: (text: string) => boolean) =>
  z
    .string(fault(code))
    .trim()
    .max(most, fault(code))
    .refine((written) => written === '' || fits(written), fault(code))

/** What an admin writes about the company. Each issue's message is the error code of its field. */
export const OrganizationForm = z.object({
  name: text('organization_name_invalid', organizationLimits.name, isLegible).min(
    1,
    fault('organization_name_invalid'),
  ),
  name_ar: text(
    'organization_name_ar_invalid',
    organizationLimits.name,
    (written) => isLegible(written) && /[\u0621-\u064A]/.test(written),
  )
    .transform(orNull)
    .nullable(),
  industry: z.string().transform(orNull).nullable(),
  size: OrganizationSize.nullable(),
  city_id: z.number().int().nullable(),
  website: z
    .string(fault('website_invalid'))
    .trim()
    .transform((written) => written && spelledOut(written))
    .refine((url) => url === '' || isWebsite(url), fault('website_invalid'))
    .transform(orNull)
    .nullable(),
  about: text('organization_about_invalid', organizationLimits.about, (written) =>
    isLegible(written.replaceAll('\n', ' ')),
  )
    .transform(orNull)
    .nullable(),
})
export type OrganizationForm = z.infer<typeof OrganizationForm>

/** What of it is to change; the rest stays. */
export const OrganizationPatch = OrganizationForm.partial()
export type OrganizationPatch = z.infer<typeof OrganizationPatch>
