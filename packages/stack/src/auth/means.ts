import type pg from 'pg'
import type { Keys } from '../keys.ts'
import type { Log } from '../log.ts'
import type { AuthSettings } from '../project.ts'
import type { SignToken, VerifyToken } from '../tokens.ts'
import type { Limits } from './limits.ts'
import type { Mailer } from './mailer.ts'
import type { Redirects } from './redirects.ts'

/** What every part of Auth works with. */
export type Means = {
  /** As role supabase_auth_admin. */
  pool: pg.Pool
  settings: AuthSettings
  keys: Keys
  sign: SignToken
  verify: VerifyToken
  mailer: Mailer
  redirects: Redirects
  limits: Limits
  log: Log
  /** The web app, where links in mails lead unless told otherwise. */
  site: string
  /** Where Auth itself is reached: `http://…/auth/v1`. */
  url: string
}
