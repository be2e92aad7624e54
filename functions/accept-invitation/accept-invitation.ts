import {
  type AcceptInvitationAnswer,
  AcceptInvitationInput,
  type ErrorCode,
  OpenedInvitation,
  OpenInvitationInput,
} from '@p2p/contracts'
import type { SupabaseClient } from '@supabase/supabase-js'
import { z } from 'zod'
import { readJson } from '../_shared/body.ts'
import { networkOf } from '../_shared/caller.ts'
import type { Env } from '../_shared/env.ts'
import { faultsOf, fieldsInvalid } from '../_shared/input.ts'
import { unavailable } from '../_shared/reaching.ts'
import { Refusal, tooMany } from '../_shared/refusal.ts'
import type { Call } from '../_shared/serve.ts'
import { asService } from '../_shared/supabase.ts'

type Input = z.output<typeof AcceptInvitationInput>
type Work = { service: SupabaseClient; network: string; call: Call }

/**
 * Opens an invitation or, where a password comes with the token, makes the account. Who they are, where and as what is
 * settled by the database alone, in the transaction in which Auth writes the account (sql/17_signup.sql); what is asked
 * here beforehand is asked again there.
 */
export const acceptInvitation =
  (env: Env) =>
  async (request: Request, call: Call): Promise<Response> => {
    const body = await readJson(request, 10_000)
    const work = { service: asService(env, call.requestId), network: networkOf(request), call }
    if (!hasPassword(body)) return Response.json(await open(work, read(OpenInvitationInput, body).token))
    return Response.json(await join(work, read(AcceptInvitationInput, body)))
  }

const hasPassword = (body: unknown) => typeof body === 'object' && body !== null && 'password' in body

function read<T>(shape: z.ZodType<T>, body: unknown): T {
  const result = shape.safeParse(body)
  if (result.success) return result.data
  const fields = faultsOf(result.error)
  // A link that was cut short is one that opens nothing, whatever else is wrong.
  if (fields.token || Object.keys(fields).length === 0) throw refusalFor('invitation_unknown')
  throw fieldsInvalid(fields)
}

/** What the database answers: `fault` alone where the token is nobody's. */
const Answer = z.union([OpenedInvitation, z.object({ fault: z.literal('invitation_unknown') })])

async function open({ service, network, call }: Work, token: string): Promise<OpenedInvitation> {
  const { data, error } = await service.rpc('read_invitation', { token, network })
  if (error?.code === 'PT429') throw tooMany(Number(error.hint))
  if (error) throw unavailable(call, error)
  const answer = Answer.parse(data)
  if (!('email' in answer)) throw refusalFor('invitation_unknown')
  return answer
}

function requireOpen(invitation: OpenedInvitation): OpenedInvitation {
  if (invitation.fault) throw refusalFor(invitation.fault)
  if (invitation.has_account) throw refusalFor('has_account')
  return invitation
}

async function join(work: Work, input: Input): Promise<AcceptInvitationAnswer> {
  const { service, call } = work
  const { token, password, ...person } = input
  const { email } = requireOpen(await open(work, token))
  // The token proves the mailbox: what somebody else began with this address and never verified gives way.
  const { error: kept } = await service.rpc('forget_unverified_signup', { email, token })
  if (kept) throw unavailable(call, kept)

  const { error } = await service.auth.admin.createUser({
    email,
    password,
    email_confirm: true,
    user_metadata: { ...person, invitation_token: token, request_id: call.requestId },
  })
  if (!error) return { email }
  if (error.code === 'weak_password') throw fieldsInvalid({ password: 'password_weak' })

  // Between our question and the account somebody may have come first: ask again before blaming ourselves.
  requireOpen(await open(work, token))
  throw unavailable(call, error)
}

const sentences: Partial<Record<ErrorCode, [number, string]>> = {
  invitation_unknown: [404, 'There is no such invitation. The link may have been cut short.'],
  invitation_used: [409, 'This invitation was accepted already.'],
  invitation_revoked: [409, 'This invitation was withdrawn.'],
  invitation_replaced: [409, 'A newer mail has replaced this link.'],
  invitation_expired: [409, 'This invitation has expired.'],
  organization_suspended: [409, 'This company is suspended.'],
  has_account: [409, 'This address has an account. Sign in to accept.'],
}

function refusalFor(code: ErrorCode): Refusal {
  const known = sentences[code]
  if (!known) throw new Error(`The database knows a fault that is not known here: ${code}`)
  return new Refusal(known[0], code, known[1])
}
