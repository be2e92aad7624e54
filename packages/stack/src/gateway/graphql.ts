import type { IncomingMessage } from 'node:http'
import { setHeaders } from './stamp.ts'

/** GraphQL is a function of the schema graphql_public, which the gateway calls through the Data API. */
export function asDataRequest(request: IncomingMessage): void {
  const query = /^\/graphql\/v1\/?(?=$|\?)/.exec(request.url ?? '')
  if (!query) return
  request.url = `/rest/v1/rpc/graphql${request.url?.slice(query[0].length)}`
  setHeaders(request, { 'content-profile': 'graphql_public', 'accept-profile': 'graphql_public' })
}
