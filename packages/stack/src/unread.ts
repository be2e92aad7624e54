import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * Throws away what is left of a body once the answer is out. Otherwise it would stay in the connection, and whoever uses
 * that next waits behind it or finds it closed. How long a caller may go on sending is Node's `requestTimeout`.
 */
export function discardRest(request: IncomingMessage, response: ServerResponse): void {
  response.once('finish', () => {
    if (request.readableEnded) return
    // Whoever was reading has stopped; as long as it is attached it would hold up the rest.
    request.unpipe()
    request.removeAllListeners('data')
    request.resume()
  })
}
