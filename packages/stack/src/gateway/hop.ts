import type { IncomingHttpHeaders } from 'node:http'

/** What goes on of the headers of a request or an answer: not what is about the one connection it came by. */
export function onwardHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { connection: _, 'keep-alive': __, ...rest } = headers
  return rest
}
