import {
  acceptInvitation,
  decideJoinRequest,
  type InvitationBatch,
  invitePeople,
  joinByInvitation,
  requestToJoin,
  resendInvitation,
  revokeInvitation,
  takeJoinRequests,
} from '@p2p/client'
import type { AcceptInvitationInput, Invitation, JoinRequest, JoinRequestInput } from '@p2p/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { supabase } from '../../lib/supabase.ts'
import { companyKey } from './queries.ts'

/** What changed the company's list is shown by reading it again. */
function useCompanyMutation<Input, Output>(mutationFn: (input: Input) => Promise<Output>) {
  const queryClient = useQueryClient()
  return useMutation({ mutationFn, onSettled: () => queryClient.invalidateQueries({ queryKey: companyKey }) })
}

export const useInvitePeople = () =>
  useCompanyMutation((batch: InvitationBatch) => invitePeople(supabase, batch))

export type InvitationAct = { act: 'resend' | 'revoke' | 'again'; invitation: Invitation }

/** `again` invites an address whose invitation was withdrawn. */
export const useInvitationAct = () =>
  useCompanyMutation(async ({ act, invitation }: InvitationAct) => {
    if (act === 'resend') return resendInvitation(supabase, invitation.id)
    if (act === 'revoke') return revokeInvitation(supabase, invitation.id)
    const { email, name, role, locale, message } = invitation
    await invitePeople(supabase, { entries: [{ email, name }], role, locale, message })
  })

export type JoinAnswer = { request: JoinRequest; decision: 'approved' | 'declined' }

export const useDecideJoinRequest = () =>
  useCompanyMutation(({ request, decision }: JoinAnswer) =>
    decideJoinRequest(supabase, { request: request.id, decision }),
  )

export const useTakeJoinRequests = () =>
  useCompanyMutation((open: boolean) => takeJoinRequests(supabase, open))

export const useAcceptInvitation = () =>
  useMutation({ mutationFn: (input: AcceptInvitationInput) => acceptInvitation(supabase, input) })

export const useJoinByInvitation = () =>
  useMutation({ mutationFn: (token: string) => joinByInvitation(supabase, token) })

export const useRequestToJoin = () =>
  useMutation({ mutationFn: (input: JoinRequestInput) => requestToJoin(supabase, input) })
