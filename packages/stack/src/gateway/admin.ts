import type { ServerResponse } from 'node:http'
import { withClient } from '../sql.ts'

/** Whether the database answers, as a status. */
export type Readiness = () => Promise<200 | 503>

/** How long an answer holds, and how long the database may take for it, in milliseconds. */
const freshMs = 1_000
const patienceMs = 5_000

/** Everybody may ask, as often as they like: one look at the database serves all who ask until it is a second old. */
export function readinessOf(url: string): Readiness {
  const patience = { connectionTimeoutMillis: patienceMs, query_timeout: patienceMs }
  const look = () =>
    withClient(url, (client) => client.query('select'), patience).then(
      () => 200 as const,
      () => 503 as const,
    )
  let last: ReturnType<Readiness> | undefined
  const forget = () => {
    last = undefined
  }
  return () => {
    last ??= look().finally(() => setTimeout(forget, freshMs).unref())
    return last
  }
}

/** PostgREST's admin server, as `supabase start` shows it: is it there, and does it reach the database? No body. */
export async function answerAdmin(ready: Readiness, path: string, response: ServerResponse): Promise<void> {
  response.writeHead(await statusOf(ready, path)).end()
}

async function statusOf(ready: Readiness, path: string): Promise<number> {
  if (path === '/live') return 200
  return path === '/ready' ? ready() : 404
}
