import {
  AcceptInvitationAnswer,
  type AcceptInvitationInput,
  channels,
  type InvitationEntry,
  InvitationList,
  InvitationReport,
  type InvitationState,
  invitationsEvent,
  type JoinDecision,
  JoinRequestAnswer,
  type JoinRequestInput,
  JoinRequestList,
  type Locale,
  type MemberRole,
  OpenedInvitation,
} from '@p2p/contracts'
import { FunctionsHttpError } from '@supabase/supabase-js'
import { must, Refusal, refusalOf } from './must.ts'
import type { Connection } from './room.ts'
import { listenTo } from './shared-room.ts'
import type { Supabase } from './supabase.ts'

export type InvitationBatch = {
  entries: InvitationEntry[]
  role: MemberRole
  locale: Locale
  message: string | null
}

/**
 * Invites up to 500 addresses to one's company, and answers line by line. Codes: `not_allowed`, `invitations_empty`,
 * `invitations_limit`, `message_invalid`, `rate_limited` with the seconds to wait.
 */
export async function invitePeople(supabase: Supabase, batch: InvitationBatch): Promise<InvitationReport> {
  const { message, ...rest } = batch
  return InvitationReport.parse(
    must(await supabase.rpc('invite_people', { ...rest, ...(message && { message }) })),
  )
}

/** One's company's invitations, newest first. `after` is the `next` of the page before. */
export async function listInvitations(
  supabase: Supabase,
  page: { state?: InvitationState; query?: string; after?: string; size?: number } = {},
): Promise<InvitationList> {
  return InvitationList.parse(must(await supabase.rpc('list_invitations', page)))
}

/** Mails it anew; older links die. Codes: `not_found`, `invitation_used`, `invitation_revoked`, `rate_limited`. */
export async function resendInvitation(supabase: Supabase, invitation: string): Promise<void> {
  must(await supabase.rpc('resend_invitation', { invitation }))
}

/** Withdraws it, at once. Codes: `not_found`, `invitation_used`. */
export async function revokeInvitation(supabase: Supabase, invitation: string): Promise<void> {
  must(await supabase.rpc('revoke_invitation', { invitation }))
}

/** Who asks to be let into one's company, newest first. */
export async function listJoinRequests(
  supabase: Supabase,
  page: { after?: string; size?: number } = {},
): Promise<JoinRequestList> {
  return JoinRequestList.parse(must(await supabase.rpc('list_join_requests', page)))
}

/** Approved, it becomes an invitation. Codes: `not_found`, `already_decided`, `rate_limited`. */
export async function decideJoinRequest(
  supabase: Supabase,
  answer: { request: string; decision: JoinDecision; role?: MemberRole },
): Promise<void> {
  must(await supabase.rpc('decide_join_request', answer))
}

/** Says whether people of the company's domain may ask to join. */
export async function takeJoinRequests(supabase: Supabase, open: boolean): Promise<void> {
  must(await supabase.rpc('take_join_requests', { open }))
}

/** What a link opens. Codes: `invitation_unknown`, `rate_limited`; everything else stands in its `fault`. */
export async function openInvitation(supabase: Supabase, token: string): Promise<OpenedInvitation> {
  return OpenedInvitation.parse(await invoke(supabase, 'accept-invitation', { token }))
}

/**
 * Makes an account by an invitation, verified and in its company. Codes: those of an invitation's `fault`, `has_account`,
 * and `fields` for what is wrong in the form.
 */
export async function acceptInvitation(
  supabase: Supabase,
  input: AcceptInvitationInput,
): Promise<AcceptInvitationAnswer> {
  return AcceptInvitationAnswer.parse(await invoke(supabase, 'accept-invitation', input))
}

/**
 * Takes an invitation up for who is signed in and belongs to no company. Codes: those of an invitation's `fault`,
 * `invitation_for_another`, `already_member`, `belongs_to_another`.
 */
export async function joinByInvitation(supabase: Supabase, token: string): Promise<void> {
  must(await supabase.rpc('accept_invitation', { token }))
}

/** Asks the company of one's address for an invitation. The answer never tells whether there is one. */
export async function requestToJoin(supabase: Supabase, input: JoinRequestInput): Promise<void> {
  JoinRequestAnswer.parse(await invoke(supabase, 'request-to-join', input))
}

async function invoke(supabase: Supabase, name: string, body: object): Promise<unknown> {
  const { data, error } = await supabase.functions.invoke(name, { body: { ...body } })
  if (error instanceof FunctionsHttpError) throw await refusalOf(error.context)
  if (error) throw new Refusal('unavailable', error.message, { cause: error })
  return data
}

/** Listens for changes to the organization's invitations and requests to join; what changed is not said. */
export function joinInvitations(
  supabase: Supabase,
  listener: {
    organization: string
    onChange: () => void
    onConnection?: (connection: Connection) => void
  },
): { leave(): Promise<void> } {
  const onEvent = (name: string) => {
    if (name === invitationsEvent) listener.onChange()
  }
  const { onConnection } = listener
  return listenTo(supabase, channels.organization(listener.organization), { onEvent, onConnection })
}
