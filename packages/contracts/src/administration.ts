import { z } from 'zod'
import { job, requestId } from './job.ts'
import { Picture } from './media.ts'
import { PersonStatus } from './members.ts'

/** The bounds of a reason; they stand in `private.reason()` too, and a test compares the two. */
export const reasonLimits = { min: 10, max: 500 } as const

const Named = z.object({
  id: z.uuid(),
  first_name: z.string(),
  last_name: z.string(),
  first_name_ar: z.string().nullable(),
  last_name_ar: z.string().nullable(),
})

export const decisionKinds = [
  'suspend_organization',
  'reinstate_organization',
  'deactivate_person',
  'reactivate_person',
  'remove_second_factor',
  'change_role',
] as const
export const DecisionKind = z.enum(decisionKinds)
export type DecisionKind = z.infer<typeof DecisionKind>

/** What platform admins decided, newest first. A change of role needs no reason. */
const Decision = z.object({
  id: z.uuid(),
  kind: DecisionKind,
  reason: z.string().nullable(),
  decided_at: z.string(),
  decided_by: Named.nullable(),
})
export type Decision = z.infer<typeof Decision>

export const organizationStatuses = ['pending', 'active', 'suspended', 'dissolved'] as const
const OrganizationStatus = z.enum(organizationStatuses)
export type OrganizationStatus = z.infer<typeof OrganizationStatus>

export const AdminOrganizationRow = z.object({
  id: z.uuid(),
  name: z.string(),
  domain: z.string().nullable(),
  status: OrganizationStatus,
  created_at: z.string(),
  people: z.number(),
})
export type AdminOrganizationRow = z.infer<typeof AdminOrganizationRow>

export const AdminOrganizations = z.object({
  organizations: z.array(AdminOrganizationRow),
  next: z.uuid().nullable(),
})
export type AdminOrganizations = z.infer<typeof AdminOrganizations>

export const AdminOrganization = AdminOrganizationRow.extend({
  admins: z.array(Named.nullable()),
  /** People by the state of their account. */
  by_status: z.record(z.string(), z.number()),
  decisions: z.array(Decision),
})
export type AdminOrganization = z.infer<typeof AdminOrganization>

export const platformRoles = ['moderator', 'admin'] as const
const PlatformRole = z.enum(platformRoles)
export type PlatformRole = z.infer<typeof PlatformRole>

export const AdminPersonRow = Named.extend({
  avatar: Picture.nullable(),
  job_title: z.string().nullable(),
  status: PersonStatus,
  created_at: z.string(),
  last_sign_in_at: z.string().nullable(),
  /** As much of the address as it takes to recognise it: `a…@example.com`. */
  email_hint: z.string().nullable(),
  second_factor: z.boolean(),
  organization: z.object({ id: z.uuid(), name: z.string(), status: OrganizationStatus }).nullable(),
  role: z.enum(['member', 'admin']).nullable(),
  platform_role: PlatformRole.nullable(),
})
export type AdminPersonRow = z.infer<typeof AdminPersonRow>

export const AdminPeople = z.object({ people: z.array(AdminPersonRow), next: z.uuid().nullable() })
export type AdminPeople = z.infer<typeof AdminPeople>

export const AdminPerson = AdminPersonRow.extend({
  /** Open sessions. */
  sessions: z.number(),
  decisions: z.array(Decision),
})
export type AdminPerson = z.infer<typeof AdminPerson>

export const PlatformRoleHolder = AdminPersonRow.extend({ given_at: z.string() })
export type PlatformRoleHolder = z.infer<typeof PlatformRoleHolder>

/** Why one may not act at present, where a platform admin decided it. */
export const Pause = z.object({ kind: DecisionKind, reason: z.string(), decided_at: z.string() })
export type Pause = z.infer<typeof Pause>

/** A queue of jobs. `oldest_due_at`: since when work has been due that nobody has taken. */
export const Queue = z.object({
  name: z.string(),
  waiting: z.number(),
  retrying: z.number(),
  active: z.number(),
  /** Failed for good. */
  dead: z.number(),
  oldest_due_at: z.string().nullable(),
  last_dead_at: z.string().nullable(),
  /** Cron expression in Asia/Riyadh. */
  schedule: z.string().nullable(),
})
export type Queue = z.infer<typeof Queue>

export const DeadJob = z.object({
  id: z.uuid(),
  /** Its ids, numbers and flags; nothing else is shown. */
  payload: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  error: z.string().nullable(),
  tries: z.number().nullable(),
  asked_at: z.string().nullable(),
  failed_at: z.string(),
})
export type DeadJob = z.infer<typeof DeadJob>

export const DeadJobs = z.object({ jobs: z.array(DeadJob), next: z.uuid().nullable() })
export type DeadJobs = z.infer<typeof DeadJobs>

/** Tells those concerned what was decided: a company's admins, or the person. */
export const sendNotice = job('administration.send-notice', z.object({ decisionId: z.uuid(), requestId }))

/** Has Auth send the mail that verifies an address once more: only a service may know the address. */
export const resendVerificationMail = job(
  'administration.resend-verification',
  z.object({ userId: z.uuid(), requestId }),
)
