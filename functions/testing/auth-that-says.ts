import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Env } from '../_shared/env.ts'

/**
 * A platform whose Auth gives one answer to everything, for refusals that the real one cannot be brought to; the rest
 * goes on to the real platform. Answers what `work` answers.
 */
export async function withAuthThatSays<T>(
  env: Env,
  { status, body }: { status: number; body: object },
  work: (env: Env) => Promise<T>,
): Promise<T> {
  const server = createServer(async (request, response) => {
    if (request.url?.startsWith('/auth/')) {
      response.writeHead(status, {
        'content-type': 'application/json',
        'x-supabase-api-version': '2024-01-01',
      })
      return response.end(JSON.stringify(body))
    }
    const { host: _, connection: __, ...headers } = request.headers
    const answer = await fetch(`${env.url}${request.url}`, {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      body: Buffer.concat(await request.toArray()),
    })
    response.writeHead(answer.status, { 'content-type': 'application/json' })
    response.end(await answer.text())
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  try {
    return await work({ ...env, url: `http://127.0.0.1:${port}` })
  } finally {
    server.closeAllConnections()
    server.close()
  }
}
