import type { Database } from './database.ts'
import type { Mailer } from './mail/mailer.ts'

/** What handlers work with; made once, when the worker starts. */
export type Deps = {
  db: Database
  mailer: Mailer
  /** Where links in mails lead, without a slash at the end. */
  siteUrl: string
}
