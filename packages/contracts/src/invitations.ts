import { z } from 'zod'
import { AcceptedDocuments } from './consents.ts'
import { type ErrorCode, errorCodes } from './errors.ts'
import { Email, isLegible, Locale, locales, Password } from './identity.ts'
import { job, onTheClock, requestId } from './job.ts'
import { MemberRole } from './members.ts'
import { ProfileForm } from './profiles.ts'

/** The bounds below stand in the database too (sql/16_invitations); a test compares the two. */
export const invitationLimits = {
  /** Lines of one list. */
  lines: 500,
  message: 500,
  /** How long a link lives. */
  days: 7,
} as const

const fault = (code: ErrorCode) => ({ error: code })

/** What one person writes to another in a mail; an empty one is none. */
export const PersonalMessage = z
  .string(fault('message_invalid'))
  .trim()
  .max(invitationLimits.message, fault('message_invalid'))
  .refine((text) => text === '' || isLegible(text.replace(/[\n\r\t]/g, ' ')), fault('message_invalid'))
  .transform((text) => text || null)
  .nullable()

export type InvitationEntry = { email: string; name?: string | null }

/** What became of a line: `limit` is one too many for today, for this company or this address. */
export const lineStatuses = [
  'invited',
  'already_member',
  'already_invited',
  'invalid',
  'duplicate',
  'limit',
] as const
export type LineStatus = (typeof lineStatuses)[number]

export const InvitationReport = z.object({
  invited: z.number(),
  /** In the order of the list; `line` is a place in it, from 1. */
  report: z.array(
    z.object({
      line: z.number(),
      email: z.string().nullable(),
      name: z.string().nullable(),
      status: z.enum(lineStatuses),
    }),
  ),
})
export type InvitationReport = z.infer<typeof InvitationReport>

export const invitationStates = ['open', 'accepted', 'expired', 'revoked'] as const
export type InvitationState = (typeof invitationStates)[number]

const Names = z.object({
  first_name: z.string(),
  last_name: z.string(),
  first_name_ar: z.string().nullable(),
  last_name_ar: z.string().nullable(),
})

export const Invitation = z.object({
  id: z.uuid(),
  email: z.string(),
  name: z.string().nullable(),
  role: MemberRole,
  locale: Locale,
  message: z.string().nullable(),
  state: z.enum(invitationStates),
  /** Null once that person's account is gone. */
  invited_by: Names.extend({ id: z.uuid() }).nullable(),
  created_at: z.string(),
  expires_at: z.string(),
  /** When the mail server took its newest mail; null while it is on its way. */
  mailed_at: z.string().nullable(),
  /** When the mail server said that there is no such mailbox. */
  undelivered_at: z.string().nullable(),
  accepted_at: z.string().nullable(),
  accepted_by: z.uuid().nullable(),
  revoked_at: z.string().nullable(),
})
export type Invitation = z.infer<typeof Invitation>

export const InvitationList = z.object({
  invitations: z.array(Invitation),
  next: z.string().nullable(),
  counts: z.record(z.enum(invitationStates), z.number()),
})
export type InvitationList = z.infer<typeof InvitationList>

/** Somebody who says they belong to the company. Nothing in it is proven. */
export const JoinRequest = z.object({
  id: z.uuid(),
  email: z.string(),
  first_name: z.string(),
  last_name: z.string(),
  locale: Locale,
  message: z.string().nullable(),
  created_at: z.string(),
})
export type JoinRequest = z.infer<typeof JoinRequest>

export const JoinRequestList = z.object({
  requests: z.array(JoinRequest),
  next: z.string().nullable(),
  /** Whether the company takes such requests. */
  open: z.boolean(),
})
export type JoinRequestList = z.infer<typeof JoinRequestList>

export const JoinDecision = z.enum(['approved', 'declined'])
export type JoinDecision = z.infer<typeof JoinDecision>

/** 256 random bits in base64url. */
export const InvitationToken = z
  .string(fault('invitation_unknown'))
  .regex(/^[A-Za-z0-9_-]{43}$/, fault('invitation_unknown'))

/** What `functions/accept-invitation` shows the holder of a token. */
export const OpenedInvitation = z.object({
  /** Why it cannot be taken up; null where it can. */
  fault: z.enum(errorCodes).nullable(),
  email: z.string(),
  name: z.string().nullable(),
  role: MemberRole,
  locale: Locale,
  message: z.string().nullable(),
  expires_at: z.string(),
  organization: z.string(),
  inviter: Names.nullable(),
  /** Whoever has an account signs in instead of making another. */
  has_account: z.boolean(),
})
export type OpenedInvitation = z.infer<typeof OpenedInvitation>

/** Opens an invitation: changes nothing. */
export const OpenInvitationInput = z.object({ token: InvitationToken })

/** Takes an invitation up with a new account. Each issue's message is the error code of its field. */
export const AcceptInvitationInput = OpenInvitationInput.extend({
  password: Password,
  first_name: ProfileForm.shape.first_name,
  last_name: ProfileForm.shape.last_name,
  first_name_ar: ProfileForm.shape.first_name_ar.optional(),
  last_name_ar: ProfileForm.shape.last_name_ar.optional(),
  locale: z.enum(locales, fault('locale_invalid')),
  accepted_documents: AcceptedDocuments.optional(),
})
export type AcceptInvitationInput = z.input<typeof AcceptInvitationInput>

/** The address of the account that was made: to sign in with. */
export const AcceptInvitationAnswer = z.object({ email: z.string() })
export type AcceptInvitationAnswer = z.infer<typeof AcceptInvitationAnswer>

/** What `functions/request-to-join` takes. */
export const JoinRequestInput = z.object({
  email: Email,
  first_name: ProfileForm.shape.first_name,
  last_name: ProfileForm.shape.last_name,
  locale: z.enum(locales, fault('locale_invalid')),
  message: PersonalMessage.optional(),
})
export type JoinRequestInput = z.input<typeof JoinRequestInput>

export const JoinRequestAnswer = z.object({ status: z.literal('asked') })
export type JoinRequestAnswer = z.infer<typeof JoinRequestAnswer>

/** Mails an invitation, with a token that is made as it is mailed. Nothing is sent where a newer mail was asked for. */
export const sendInvitation = job(
  'invitations.send-invitation',
  z.object({ invitationId: z.uuid(), sending: z.number(), requestId }),
)

/** Tells a company's admins that somebody asks to join. */
export const sendJoinRequest = job(
  'invitations.send-join-request',
  z.object({ joinRequestId: z.uuid(), requestId }),
)

/** Runs every night: addresses of those who were invited or asked, long after it was settled. */
export const sweepInvitations = job('invitations.sweep-invitations', onTheClock, { schedule: '11 3 * * *' })
