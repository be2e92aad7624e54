import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { startAuth } from '../auth/api.ts'
import type { Config } from '../config.ts'
import { startRest } from '../data/rest.ts'
import type { Log } from '../log.ts'
import type { Project } from '../project.ts'
import { startStorage } from '../storage/api.ts'
import { discardRest } from '../unread.ts'
import { answerAdmin, readinessOf } from './admin.ts'
import { makeIdentify } from './caller.ts'
import { answerPreflight, corsHeaders, isPreflight } from './cors.ts'
import { asDataRequest } from './graphql.ts'
import { allowMeta } from './meta.ts'
import { proxy, proxyUpgrade } from './proxy.ts'
import { routes } from './routes.ts'
import { stamp } from './stamp.ts'

export type Gateway = { close(): Promise<void> }

/** A function may work as long as on hosted; Realtime and the database's own API answer at once or not at all. */
const functionPatience = 155_000
const patience = 30_000

/** Supabase's address: the Data API, Auth and Storage in this process, the other parts behind a proxy. */
export async function startGateway(config: Config, project: Project, log: Log): Promise<Gateway> {
  const identify = makeIdentify(config.keys)
  const services = {
    rest: await startRest(config, project, log),
    auth: await startAuth(config, project, log),
    storage: startStorage(config, project, identify, log),
  }
  const api = getRequestListener(routes(services, identify, log).fetch, {
    autoCleanupIncoming: false,
  })
  const ready = readinessOf(config.databaseAs('authenticator'))
  const { realtime, functions, meta } = config.ports

  const server = createServer((request, response) => {
    noteEnd(request, response, stamp(request), log)
    discardRest(request, response)
    asDataRequest(request)
    const path = request.url ?? '/'
    if (path.startsWith('/pg/')) {
      if (!allowMeta(config.keys, request, response)) return
      return proxy(request, response, {
        port: meta,
        path: path.slice('/pg'.length),
        patienceMs: patience,
        cors: false,
      })
    }
    // A function answers browsers itself, as on hosted.
    if (path.startsWith('/functions/v1/')) {
      return proxy(request, response, {
        port: functions,
        path,
        patienceMs: functionPatience,
        cors: false,
        // Tells functions-js that no function was reached, as opposed to one that failed.
        unreached: { 'x-relay-error': 'true' },
      })
    }
    if (isPreflight(request)) return answerPreflight(request, response)
    for (const [name, value] of Object.entries(corsHeaders)) response.setHeader(name, value)
    if (path.startsWith('/realtime/v1/')) {
      return proxy(request, response, { port: realtime, path, patienceMs: patience, cors: true })
    }
    if (path.startsWith('/rest-admin/v1/')) {
      return void answerAdmin(ready, path.slice('/rest-admin/v1'.length), response)
    }
    response.setHeader('x-content-type-options', 'nosniff')
    void api(request, response)
  })
  server.keepAliveTimeout = 65_000
  server.on('upgrade', (request, socket, head) => {
    // Unheard, the error of a connection that breaks would end the process.
    socket.on('error', () => socket.destroy())
    stamp(request)
    if (request.url?.startsWith('/realtime/v1/')) return proxyUpgrade(request, socket, head, realtime)
    if (request.url?.startsWith('/functions/v1/')) return proxyUpgrade(request, socket, head, functions)
    socket.once('finish', () => socket.destroy())
    socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n')
  })
  await listening(server, config.ports.api)

  return {
    async close() {
      server.close()
      server.closeAllConnections()
      await Promise.all([services.rest.close(), services.auth.close(), services.storage.close()])
    },
  }
}

/** A line for whatever changes something or goes wrong. Never the query: it may carry a token. */
function noteEnd(request: IncomingMessage, response: ServerResponse, id: string, log: Log): void {
  response.setHeader('x-request-id', id)
  response.setHeader('sb-request-id', id)
  response.setHeader('sb-gateway-version', '1')
  const start = performance.now()
  response.once('finish', () => {
    const { statusCode: status } = response
    if (status < 400 && (request.method === 'GET' || request.method === 'OPTIONS')) return
    log(status < 500 ? 'info' : 'error', `${request.method} ${request.url?.split('?', 1)[0]}`, {
      status,
      ms: Math.round(performance.now() - start),
      request_id: id,
    })
  })
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', () => done())
  })
}
