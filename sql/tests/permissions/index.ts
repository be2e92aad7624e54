/** Who may do what: the whole matrix, as data, a file a feature. Every cell is a test, and PERMISSIONS.md is printed from it. */

import * as administration from './administration.ts'
import * as attachments from './attachments.ts'
import * as audit from './audit.ts'
import * as categories from './categories.ts'
import * as consents from './consents.ts'
import * as directory from './directory.ts'
import * as forum from './forum.ts'
import * as identity from './identity.ts'
import * as invitations from './invitations.ts'
import * as media from './media.ts'
import * as members from './members.ts'
import * as moderation from './moderation.ts'
import * as notifications from './notifications.ts'
import * as organizations from './organizations.ts'
import * as personalData from './personal-data.ts'
import * as platform from './platform.ts'
import * as profiles from './profiles.ts'
import * as reference from './reference.ts'
import * as registrations from './registrations.ts'
import * as search from './search.ts'
import * as sessions from './sessions.ts'
import * as signup from './signup.ts'
import * as statistics from './statistics.ts'
import * as thread from './thread.ts'
import * as topicLists from './topic-lists.ts'
import * as votes from './votes.ts'
import type { FunctionRule, TableRule } from './words.ts'

export { type Actor, actors } from './words.ts'

type Rules = { tableRules?: TableRule[]; functionRules?: FunctionRule[] }

const features: Rules[] = [
  audit,
  platform,
  identity,
  organizations,
  reference,
  registrations,
  directory,
  members,
  statistics,
  sessions,
  invitations,
  signup,
  consents,
  personalData,
  forum,
  topicLists,
  categories,
  thread,
  votes,
  moderation,
  attachments,
  search,
  profiles,
  media,
  notifications,
  administration,
]

export const tableRules = features.flatMap((feature) => feature.tableRules ?? [])
export const functionRules = features.flatMap((feature) => feature.functionRules ?? [])
