import { resendVerificationMail, sendNotice } from './administration.ts'
import { endPins, sweepDrafts } from './drafts.ts'
import { removeUnverifiedSignups, sendWelcomeMail } from './identity.ts'
import { sendInvitation, sendJoinRequest, sweepInvitations } from './invitations.ts'
import type { Job } from './job.ts'
import { makeRenditions, removeObjects, sweepFiles } from './media.ts'
import { sendDigests, sendNotificationMail, sweepNotifications } from './notifications.ts'
import { buildExport, erasePeople, sendErasureNotice, sweepExports } from './personal-data.ts'
import { sweepRateLimits } from './platform.ts'
import { checkRegistration } from './registrations.ts'
import { learnWords } from './search.ts'
import { nudgeAuthors } from './votes.ts'

/** Every kind of background work. The worker makes a queue for each, and refuses to start without a handler for each. */
export const jobs: readonly Job[] = [
  sendWelcomeMail,
  sendInvitation,
  sendJoinRequest,
  sweepInvitations,
  removeUnverifiedSignups,
  sweepRateLimits,
  makeRenditions,
  removeObjects,
  sweepFiles,
  sendNotice,
  resendVerificationMail,
  buildExport,
  sweepExports,
  sendErasureNotice,
  erasePeople,
  checkRegistration,
  learnWords,
  endPins,
  sweepDrafts,
  sendNotificationMail,
  sendDigests,
  sweepNotifications,
  nudgeAuthors,
]
