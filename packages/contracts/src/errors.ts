/**
 * Every stable error code of the platform. The database raises them through `private.refuse()`, edge functions
 * answer with them, and the web has a sentence for each in both languages.
 */
export const errorCodes = [
  // signup
  'domain_taken',
  'awaiting_verification',
  'email_invalid',
  'password_weak',
  'first_name_invalid',
  'last_name_invalid',
  'organization_name_invalid',
  'locale_invalid',
  // notifications
  'unsubscribe_unknown',
  // invitations
  'invitation_unknown',
  'invitation_used',
  'invitation_expired',
  'invitation_revoked',
  'invitation_replaced',
  'invitation_for_another',
  'invitations_empty',
  'invitations_limit',
  'message_invalid',
  'organization_suspended',
  'has_account',
  'already_member',
  'belongs_to_another',
  'already_decided',
  // members
  'last_admin',
  'not_yourself',
  'member_not_active',
  'shut_out',
  // profiles
  'arabic_name_invalid',
  'job_title_invalid',
  'time_zone_invalid',
  'about_invalid',
  'expertise_invalid',
  // files: what is wrong with one, before it is sent or after it was looked at
  'file_too_large',
  'file_type_refused',
  'file_type_mismatch',
  'file_unreadable',
  'picture_too_large',
  'picture_too_small',
  'file_not_processed',
  'picture_slow',
  'attachment_too_large',
  'attachment_type_refused',
  'attachment_mismatch',
  'file_invalid',
  'topic_files_limit',
  'upload_slow',
  'signup_unavailable',
  'mail_unavailable',
  // signing in
  'credentials_wrong',
  'password_missing',
  'password_wrong',
  'code_wrong',
  'factor_name_taken',
  'factor_limit',
  'email_taken',
  'email_not_verified',
  'account_suspended',
  'link_invalid',
  'password_unchanged',
  // everywhere
  'invalid_input',
  'rate_limited',
  'not_signed_in',
  'session_ended',
  'second_factor_required',
  'not_active',
  'not_found',
  'not_allowed',
  'method_not_allowed',
  'unavailable',
  'internal',
  // administration
  'reason_invalid',
  'own_organization',
  'own_account',
  'person_pending',
  'person_not_active',
  'already_verified',
  'last_platform_admin',
  // privacy
  'document_superseded',
  'reauthentication_required',
  'company_goes_too',
  'erasure_begun',
  // organizations
  'organization_name_ar_invalid',
  'organization_about_invalid',
  'industry_unknown',
  'city_unknown',
  'website_invalid',
  'changed_meanwhile',
  'registration_number_invalid',
  // forum
  'topic_locked',
  'title_invalid',
  'document_invalid',
  'document_empty',
  'document_too_large',
  'topic_has_replies',
  'parent_invalid',
  'id_taken',
  'cursor_invalid',
  'category_archived',
  'posting_restricted',
  'category_name_invalid',
  'category_description_invalid',
  'slug_invalid',
  'slug_taken',
  'template_invalid',
  'template_answer_missing',
  'template_answer_invalid',
  'tag_name_invalid',
  'tag_taken',
  'tag_unknown',
  'tags_limit',
  'synonyms_invalid',
  'readers_fixed',
  'move_too_late',
  'pin_invalid',
  'draft_changed',
  'drafts_limit',
  'own_post',
  'answer_invalid',
  // moderation
  'report_of_own_post',
  'note_invalid',
  'case_decided',
  'another_moderator',
  'post_gone',
  'author_gone',
  'until_invalid',
  'appeal_made',
  'appeal_invalid',
  'nothing_to_review',
  'writing_paused',
  'links_not_yet',
  'words_refused',
  'watched_word_invalid',
  'held_posts_limit',
  'held_post_decided',
  'author_may_not_write',
  'topic_gone',
  'first_posts_wait',
] as const

export type ErrorCode = (typeof errorCodes)[number]

const known: ReadonlySet<string> = new Set(errorCodes)

export const isErrorCode = (value: unknown): value is ErrorCode =>
  typeof value === 'string' && known.has(value)

/** What an edge function answers when it refuses. `fields` names the code for each field at fault. */
export type ErrorBody = {
  code: ErrorCode
  message: string
  fields?: Record<string, ErrorCode>
  request_id: string
}
