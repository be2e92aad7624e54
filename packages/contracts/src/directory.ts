import { z } from 'zod'
import { Picture } from './media.ts'
import { City, Industry, OrganizationSize } from './organizations.ts'
import { PersonCard } from './profiles.ts'

/** A count that stops: 1,001 means more than a thousand. */
export const countedUpTo = 1_000

const place = City.omit({ country: true }).nullable()

/** A company as lists show it. */
export const OrganizationSummary = z.object({
  id: z.uuid(),
  name: z.string(),
  name_ar: z.string().nullable(),
  logo: Picture.nullable(),
  /** The commercial register vouches for it. */
  verified: z.boolean(),
  size: OrganizationSize.nullable(),
  industry: Industry.omit({ section: true }).nullable(),
  city: place,
  people_count: z.number(),
})
export type OrganizationSummary = z.infer<typeof OrganizationSummary>

/** A person as the directory lists them. `expertise` holds what the reader may see. */
export const PersonSummary = PersonCard.omit({ organization: true }).extend({
  organization: OrganizationSummary.pick({ id: true, name: true, name_ar: true, verified: true }),
  city: place,
  expertise: z.array(z.string()),
})
export type PersonSummary = z.infer<typeof PersonSummary>

/** `count` comes with the first page only; `next` is the cursor of the following page, null on the last one. */
const page = { count: z.number().nullable(), next: z.string().nullable() }
export const PeopleList = z.object({ people: z.array(PersonSummary), ...page })
export type PeopleList = z.infer<typeof PeopleList>
export const OrganizationList = z.object({ organizations: z.array(OrganizationSummary), ...page })
export type OrganizationList = z.infer<typeof OrganizationList>

/** A company's own page, with the first twelve of its people by name. */
export const OrganizationPage = OrganizationSummary.extend({
  website: z.string().nullable(),
  about: z.string().nullable(),
  verified_at: z.string().nullable(),
  since: z.string(),
  people: z.array(PersonSummary),
})
export type OrganizationPage = z.infer<typeof OrganizationPage>

export type PeopleFilters = { organization?: string; industry?: string; city?: number; expertise?: string }
export type OrganizationFilters = {
  industry?: string
  size?: OrganizationSize
  city?: number
  verified?: boolean
}
export const organizationSorts = ['name', 'newest'] as const
export type OrganizationSort = (typeof organizationSorts)[number]
