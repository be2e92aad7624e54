import type { Hono } from 'hono'
import type { Env } from './act.ts'
import type { Database } from './database.ts'
import type { Files } from './files.ts'

export type Api = Hono<Env>

/** What the routes work with. */
export type Parts = {
  database: Database
  files: Files
  /** Bytes; no bucket may allow more. */
  sizeLimit: number
  jwtSecret: string
}
