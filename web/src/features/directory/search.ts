import { OrganizationSize, organizationSorts } from '@p2p/contracts'
import { z } from 'zod'

// What somebody wrote into the address by hand is left out where it means nothing.
const or = <Shape extends z.ZodType>(shape: Shape) => shape.optional().catch(undefined)
const word = (most: number) => or(z.coerce.string().trim().min(1).max(most))
const industry = or(
  z.coerce
    .string()
    .transform((code) => (/^\d$/.test(code) ? `0${code}` : code))
    .pipe(z.string().regex(/^([A-U]|\d{2})$/)),
)
const city = or(z.coerce.number().int().positive().max(999_999_999))

const PeopleSearch = z.object({
  q: word(100),
  organization: or(z.uuid()),
  industry,
  city,
  expertise: word(40),
})

const OrganizationsSearch = z.object({
  q: word(100),
  industry,
  city,
  size: or(OrganizationSize),
  verified: or(z.literal('yes')),
  sort: or(z.enum(organizationSorts)),
})

export const readPeopleSearch = (search: Record<string, unknown>) => PeopleSearch.parse(search)
export const readOrganizationsSearch = (search: Record<string, unknown>) => OrganizationsSearch.parse(search)
