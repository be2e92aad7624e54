import { z } from 'zod'
import { Locale, signupLimits } from './identity.ts'

const organization = z.object({
  id: z.uuid(),
  name: z.string(),
  domain: z.string().nullable(),
  status: z.enum(['pending', 'active', 'suspended']),
})
const role = z.enum(['member', 'admin'])

/** A ready picture in a public bucket, in each of its sizes. `thumbhash` is base64 (https://evanw.github.io/thumbhash). */
export const Picture = z.object({ path: z.string(), thumbhash: z.string() })
export type Picture = z.infer<typeof Picture>

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
})
export type Me = z.infer<typeof Me>

/** Somebody who belongs to an organization. */
export const Member = Me.extend({ organization, role })
export type Member = z.infer<typeof Member>

export const ProfilePatch = z.object({
  first_name: z.string().trim().min(1).max(signupLimits.name).exactOptional(),
  last_name: z.string().trim().min(1).max(signupLimits.name).exactOptional(),
  job_title: z.string().trim().max(120).nullable().exactOptional(),
  locale: Locale.exactOptional(),
})
export type ProfilePatch = z.infer<typeof ProfilePatch>
