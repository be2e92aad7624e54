import {
  AdminOrganization,
  AdminOrganizations,
  AdminPeople,
  AdminPerson,
  AdminPersonRow,
  DeadJobs,
  type OrganizationStatus,
  Pause,
  type PersonStatus,
  type PlatformRole,
  PlatformRoleHolder,
  Queue,
} from '@p2p/contracts'
import { z } from 'zod'
import { must } from './must.ts'
import type { Supabase } from './supabase.ts'

/** What a platform admin does; everybody else is refused with `not_allowed`, or `second_factor_required`. */

/** All companies. `after` is the `next` of the page before. */
export async function adminListOrganizations(
  supabase: Supabase,
  page: {
    query?: string
    status?: OrganizationStatus
    sort?: 'newest' | 'name'
    after?: string
    size?: number
  } = {},
): Promise<AdminOrganizations> {
  return AdminOrganizations.parse(must(await supabase.rpc('admin_list_organizations', page)))
}

export async function adminOrganization(
  supabase: Supabase,
  organization: string,
): Promise<AdminOrganization> {
  return AdminOrganization.parse(must(await supabase.rpc('admin_organization', { organization })))
}

/** Codes: `reason_invalid`, `own_organization`, `last_platform_admin`, `not_found`. */
export async function suspendOrganization(
  supabase: Supabase,
  act: { organization: string; reason: string },
): Promise<AdminOrganization> {
  return AdminOrganization.parse(must(await supabase.rpc('suspend_organization', act)))
}

export async function reinstateOrganization(
  supabase: Supabase,
  act: { organization: string; reason: string },
): Promise<AdminOrganization> {
  return AdminOrganization.parse(must(await supabase.rpc('reinstate_organization', act)))
}

/** All people, by a part of the name or by the whole address. */
export async function adminListPeople(
  supabase: Supabase,
  page: { query?: string; status?: PersonStatus; organization?: string; after?: string; size?: number } = {},
): Promise<AdminPeople> {
  return AdminPeople.parse(must(await supabase.rpc('admin_list_people', page)))
}

export async function adminPerson(supabase: Supabase, person: string): Promise<AdminPerson> {
  return AdminPerson.parse(must(await supabase.rpc('admin_person', { person })))
}

/** The e-mail address; that it was read is in the audit log. */
export async function readAddress(supabase: Supabase, person: string): Promise<string> {
  const answer = must(await supabase.rpc('read_address', { person }))
  return z.object({ email: z.string() }).parse(answer).email
}

/** Codes: `reason_invalid`, `own_account`, `person_pending`, `last_admin`, `last_platform_admin`, `not_found`. */
export async function deactivatePerson(
  supabase: Supabase,
  act: { person: string; reason: string },
): Promise<AdminPerson> {
  return AdminPerson.parse(must(await supabase.rpc('deactivate_person', act)))
}

export async function reactivatePerson(
  supabase: Supabase,
  act: { person: string; reason: string },
): Promise<AdminPerson> {
  return AdminPerson.parse(must(await supabase.rpc('reactivate_person', act)))
}

export async function endPersonSessions(supabase: Supabase, person: string): Promise<AdminPerson> {
  return AdminPerson.parse(must(await supabase.rpc('end_person_sessions', { person })))
}

/** Has the mail that verifies an address sent once more. Codes: `already_verified`, `not_found`. */
export async function resendPersonVerification(supabase: Supabase, person: string): Promise<AdminPerson> {
  return AdminPerson.parse(must(await supabase.rpc('resend_verification', { person })))
}

export async function removeSecondFactor(
  supabase: Supabase,
  act: { person: string; reason: string },
): Promise<AdminPerson> {
  return AdminPerson.parse(must(await supabase.rpc('remove_second_factor', act)))
}

export async function listPlatformRoles(supabase: Supabase): Promise<PlatformRoleHolder[]> {
  return z.array(PlatformRoleHolder).parse(must(await supabase.rpc('list_platform_roles')))
}

/** Codes: `own_account`, `person_not_active`, `last_platform_admin`, `not_found`. */
export async function grantPlatformRole(
  supabase: Supabase,
  act: { person: string; role: PlatformRole },
): Promise<AdminPersonRow> {
  return AdminPersonRow.parse(must(await supabase.rpc('grant_platform_role', act)))
}

export async function revokePlatformRole(supabase: Supabase, person: string): Promise<AdminPersonRow> {
  return AdminPersonRow.parse(must(await supabase.rpc('revoke_platform_role', { person })))
}

export async function queueOverview(supabase: Supabase): Promise<Queue[]> {
  return z.array(Queue).parse(must(await supabase.rpc('queue_overview')))
}

/** What of a queue failed for good, newest first. */
export async function listDeadJobs(
  supabase: Supabase,
  page: { queue: string; after?: string; size?: number },
): Promise<DeadJobs> {
  return DeadJobs.parse(must(await supabase.rpc('list_dead_jobs', page)))
}

const Count = z.object({ jobs: z.number() })

/** Gives dead jobs back to their queue: those named, or up to a thousand of all. Answers how many; asking again finds none. */
export async function replayDeadJobs(
  supabase: Supabase,
  act: { queue: string; jobs?: string[] },
): Promise<number> {
  return Count.parse(must(await supabase.rpc('replay_dead_jobs', act))).jobs
}

/** Gives dead jobs up for good. */
export async function discardDeadJobs(
  supabase: Supabase,
  act: { queue: string; jobs: string[] },
): Promise<number> {
  return Count.parse(must(await supabase.rpc('discard_dead_jobs', act))).jobs
}

/** Why the caller may not act at present, where the platform decided it; null otherwise. */
export async function whyPaused(supabase: Supabase): Promise<Pause | null> {
  return Pause.nullable().parse(must(await supabase.rpc('why_paused')))
}
