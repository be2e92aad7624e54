import type { SupabaseClient } from '@supabase/supabase-js'
import type { Database } from './database.ts'
import type { Mailer } from './mail/mailer.ts'
import type { CompanyRegistry } from './registry/company-registry.ts'

/** What handlers work with; made once, when the worker starts. */
export type Deps = {
  db: Database
  mailer: Mailer
  /** With the secret key: for Storage and the Auth admin API. Rows are read and written by `db`. */
  supabase: SupabaseClient
  /** Null where none is configured. */
  registry: CompanyRegistry | null
  /** Where links in mails lead, without a slash at the end. */
  siteUrl: string
  /** Where edge functions answer, without a slash at the end. */
  functionsUrl: string
}
