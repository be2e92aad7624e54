import type { Deps } from '../deps.ts'
import type { Handler } from '../handle.ts'
import { resendVerificationHandler } from './administration/resend-verification.ts'
import { sendNoticeHandler } from './administration/send-notice.ts'
import { endPinsHandler } from './forum/end-pins.ts'
import { nudgeAuthorsHandler } from './forum/nudge-authors.ts'
import { sweepDraftsHandler } from './forum/sweep-drafts.ts'
import { removeUnverifiedSignupsHandler } from './identity/remove-unverified-signups.ts'
import { sendWelcomeMailHandler } from './identity/send-welcome-mail.ts'
import { sendInvitationHandler } from './invitations/send-invitation.ts'
import { sendJoinRequestHandler } from './invitations/send-join-request.ts'
import { sweepInvitationsHandler } from './invitations/sweep-invitations.ts'
import { makeRenditionsHandler } from './media/make-renditions.ts'
import { removeObjectsHandler } from './media/remove-objects.ts'
import { sweepFilesHandler } from './media/sweep-files.ts'
import { sendDigestsHandler } from './notifications/send-digests.ts'
import { sendNotificationMailHandler } from './notifications/send-mail.ts'
import { sweepNotificationsHandler } from './notifications/sweep-notifications.ts'
import { checkRegistrationHandler } from './organizations/check-registration.ts'
import { buildExportHandler } from './personal-data/build-export.ts'
import { erasePeopleHandler } from './personal-data/erase-people.ts'
import { sendErasureNoticeHandler } from './personal-data/send-erasure-notice.ts'
import { sweepExportsHandler } from './personal-data/sweep-exports.ts'
import { sweepRateLimitsHandler } from './platform/sweep-rate-limits.ts'
import { learnWordsHandler } from './search/learn-words.ts'

/** Everything the worker can do: one line a job. */
export const handlers = (deps: Deps): Handler[] => [
  removeUnverifiedSignupsHandler(deps),
  sendWelcomeMailHandler(deps),
  sendInvitationHandler(deps),
  sendJoinRequestHandler(deps),
  sweepInvitationsHandler(deps),
  makeRenditionsHandler(deps),
  removeObjectsHandler(deps),
  sweepFilesHandler(deps),
  sweepRateLimitsHandler(deps),
  checkRegistrationHandler(deps),
  learnWordsHandler(deps),
  sendNoticeHandler(deps),
  resendVerificationHandler(deps),
  buildExportHandler(deps),
  sweepExportsHandler(deps),
  sendErasureNoticeHandler(deps),
  erasePeopleHandler(deps),
  endPinsHandler(deps),
  sweepDraftsHandler(deps),
  sendNotificationMailHandler(deps),
  sendDigestsHandler(deps),
  sweepNotificationsHandler(deps),
  nudgeAuthorsHandler(deps),
]
