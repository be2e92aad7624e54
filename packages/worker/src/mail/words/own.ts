import type { MailWords } from '../words.ts'
import { invitation } from './invitation.ts'
import { joinRequest } from './join-request.ts'
import { notices } from './notices.ts'
import { notification, notificationDigest } from './notifications.ts'
import { dataExport, erasureDone, erasureReminder, erasureRequested } from './personal-data.ts'
import { welcome } from './welcome.ts'
import { welcomeColleague } from './welcome-colleague.ts'

/** Every mail of the worker by its name: `compiled/<name>.<locale>.*` is made from each (npm run mail:build). */
export const ownMails = {
  welcome,
  'welcome-colleague': welcomeColleague,
  invitation,
  'join-request': joinRequest,
  ...notices,
  notification,
  'notification-digest': notificationDigest,
  'data-export': dataExport,
  'erasure-requested': erasureRequested,
  'erasure-reminder': erasureReminder,
  'erasure-done': erasureDone,
} satisfies Record<string, MailWords>

export type OwnMail = keyof typeof ownMails
