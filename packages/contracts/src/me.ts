import { z } from 'zod'
import { Locale } from './identity.ts'
import { Picture } from './media.ts'

const organization = z.object({
  id: z.uuid(),
  name: z.string(),
  domain: z.string().nullable(),
  status: z.enum(['pending', 'active', 'suspended']),
})
const role = z.enum(['member', 'admin'])

/** The person who is signed in, as `me()` answers. Who was removed from their organization belongs to none. */
export const Me = z.object({
  id: z.uuid(),
  email: z.string(),
  first_name: z.string(),
  last_name: z.string(),
  first_name_ar: z.string().nullable(),
  last_name_ar: z.string().nullable(),
  job_title: z.string().nullable(),
  time_zone: z.string(),
  avatar: Picture.nullable(),
  locale: Locale,
  status: z.enum(['pending', 'active', 'deactivated']),
  organization: organization.nullable(),
  role: role.nullable(),
  platform_role: z.enum(['moderator', 'admin']).nullable(),
  /** `required`: there is one, and this session may do nothing until a code of it confirmed who it is. */
  second_factor: z.enum(['none', 'required', 'confirmed']),
})
export type Me = z.infer<typeof Me>

/** Somebody who belongs to an organization. */
export const Member = Me.extend({ organization, role })
export type Member = z.infer<typeof Member>
