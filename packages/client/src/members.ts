import {
  Colleague,
  channels,
  type Locale,
  type MemberFilter,
  MemberList,
  type MemberRole,
  MembersEvent,
  membersEvent,
} from '@p2p/contracts'
import { must } from './must.ts'
import type { Connection } from './room.ts'
import { listenTo } from './shared-room.ts'
import type { Supabase } from './supabase.ts'

/**
 * The people of the caller's organization, a page at a time. `after` is the `next` of the page before; names stand in
 * the order of the language of `reader`, or else of the caller's profile. Codes: `not_allowed` where a member asks for
 * what is for admins, `cursor_invalid`.
 */
export async function listMembers(
  supabase: Supabase,
  page: MemberFilter & { after?: string; size?: number; reader?: Locale } = {},
): Promise<MemberList> {
  return MemberList.parse(must(await supabase.rpc('list_members', page)))
}

/** Codes of this and the acts below: `not_allowed`, `not_found`, `last_admin`, `not_yourself`. */
export async function changeMemberRole(
  supabase: Supabase,
  change: { member: string; role: MemberRole },
): Promise<Colleague> {
  return Colleague.parse(must(await supabase.rpc('change_member_role', change)))
}

/** Shuts a member out, at once and wherever they are signed in. */
export async function deactivateMember(supabase: Supabase, member: string): Promise<Colleague> {
  return Colleague.parse(must(await supabase.rpc('deactivate_member', { member })))
}

/** Lets a deactivated member in again. Code: `shut_out` where the platform deactivated them. */
export async function reactivateMember(supabase: Supabase, member: string): Promise<Colleague> {
  return Colleague.parse(must(await supabase.rpc('reactivate_member', { member })))
}

/** Ends a membership. The person keeps account and contributions. */
export async function removeMember(supabase: Supabase, member: string): Promise<void> {
  must(await supabase.rpc('remove_member', { member }))
}

/** Makes a member admin in the caller's stead. Code: `member_not_active`. */
export async function handOver(supabase: Supabase, member: string): Promise<Colleague> {
  return Colleague.parse(must(await supabase.rpc('hand_over', { member })))
}

/** Ends the caller's own membership. Code: `last_admin`. */
export async function leaveOrganization(supabase: Supabase): Promise<void> {
  must(await supabase.rpc('leave_organization'))
}

/** Says that the caller is here; once an hour is enough. */
export async function seen(supabase: Supabase): Promise<void> {
  must(await supabase.rpc('seen'))
}

/** Listens for members of the organization who came, changed or went: their id. */
export function joinMembers(
  supabase: Supabase,
  listener: {
    organization: string
    onChange: (userId: string) => void
    onConnection?: (connection: Connection) => void
  },
): { leave(): Promise<void> } {
  const onEvent = (name: string, payload: unknown) => {
    const event = MembersEvent.safeParse(payload)
    if (name === membersEvent && event.success) listener.onChange(event.data.user_id)
  }
  const { onConnection } = listener
  return listenTo(supabase, channels.organization(listener.organization), { onEvent, onConnection })
}
