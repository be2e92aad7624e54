import { z } from 'zod'
import { PersonNames } from './profiles.ts'

export const memberRoles = ['member', 'admin'] as const
export const MemberRole = z.enum(memberRoles)
export type MemberRole = z.infer<typeof MemberRole>

export const personStatuses = ['active', 'deactivated', 'pending'] as const
export const PersonStatus = z.enum(personStatuses)
export type PersonStatus = z.infer<typeof PersonStatus>

/** By name in the reader's script; admins first; who joined last; who was here last (for admins). */
export const memberSorts = ['name', 'role', 'joined', 'last_seen'] as const
export const MemberSort = z.enum(memberSorts)
export type MemberSort = z.infer<typeof MemberSort>

/** Somebody of one's own organization. The last three are for its admins, and null to others. */
export const Colleague = PersonNames.extend({
  job_title: z.string().nullable(),
  role: MemberRole,
  joined_at: z.string(),
  email: z.string().nullable(),
  status: PersonStatus.nullable(),
  /** True to the hour; null too for who was never here. */
  last_seen_at: z.string().nullable(),
})
export type Colleague = z.infer<typeof Colleague>

/** `next` is the cursor of the following page, null on the last one. */
export const MemberList = z.object({ members: z.array(Colleague), next: z.string().nullable() })
export type MemberList = z.infer<typeof MemberList>

/** What the list can be asked for. `query` looks into names in both scripts and, for admins, into addresses. */
export const MemberFilter = z.object({
  status: PersonStatus.exactOptional(),
  role: MemberRole.exactOptional(),
  query: z.string().max(100).exactOptional(),
  sort: MemberSort.exactOptional(),
})
export type MemberFilter = z.infer<typeof MemberFilter>
