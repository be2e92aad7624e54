import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Call, refusalOf } from './hand.ts'
import { refuseUpgrade } from './refusal.ts'

/** Hands a WebSocket to a function's worker: the opening request with the function's own path, then bytes both ways. */
export function handUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { worker, path, leave }: Call,
): void {
  if (socket.destroyed) {
    leave()
    return
  }
  const onward = connect(worker.socket, () => {
    const lines = [`${request.method} ${path} HTTP/1.1`]
    for (let at = 0; at < request.rawHeaders.length; at += 2) {
      lines.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`)
    }
    onward.write(`${lines.join('\r\n')}\r\n\r\n`)
    onward.write(head)
    onward.pipe(socket, { end: false })
    socket.pipe(onward)
  })
  onward.on('error', () => {})
  onward.once('close', async () => {
    if (onward.bytesRead === 0 && !socket.destroyed) refuseUpgrade(socket, await refusalOf(worker))
    else socket.end()
    leave()
  })
  const end = () => onward.destroy()
  socket.once('error', end)
  socket.once('close', end)
}
