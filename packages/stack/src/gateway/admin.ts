import type { ServerResponse } from 'node:http'
import type { Config } from '../config.ts'
import { withClient } from '../sql.ts'

/** PostgREST's admin server, as `supabase start` shows it: is it there, and does it reach the database? No body. */
export async function answerAdmin(config: Config, path: string, response: ServerResponse): Promise<void> {
  response.writeHead(await statusOf(config, path)).end()
}

async function statusOf(config: Config, path: string): Promise<number> {
  if (path === '/live') return 200
  if (path !== '/ready') return 404
  return withClient(config.databaseAs('authenticator'), (client) => client.query('select')).then(
    () => 200,
    () => 503,
  )
}
