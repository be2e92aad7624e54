import { z } from 'zod'
import { Locale, signupLimits } from './identity.ts'

/** The person who is signed in, as `me()` answers. */
export const Me = z.object({
  id: z.uuid(),
  email: z.string(),
  first_name: z.string(),
  last_name: z.string(),
  job_title: z.string().nullable(),
  locale: Locale,
  status: z.enum(['pending', 'active', 'deactivated']),
  organization: z.object({
    id: z.uuid(),
    name: z.string(),
    domain: z.string().nullable(),
    status: z.enum(['pending', 'active', 'suspended']),
  }),
  role: z.enum(['member', 'admin']),
  platform_role: z.enum(['moderator', 'admin']).nullable(),
})
export type Me = z.infer<typeof Me>

export const ProfilePatch = z.object({
  first_name: z.string().trim().min(1).max(signupLimits.name).exactOptional(),
  last_name: z.string().trim().min(1).max(signupLimits.name).exactOptional(),
  job_title: z.string().trim().max(120).nullable().exactOptional(),
  locale: Locale.exactOptional(),
})
export type ProfilePatch = z.infer<typeof ProfilePatch>
