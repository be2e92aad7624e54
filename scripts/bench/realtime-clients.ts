/*
 * Many clients in a process of their own, so that what they cost is not counted as the server's: opens the sockets, joins a
 * topic with each, and tells the parent when message number n has reached the first and the last of them. Times are
 * those of the system's monotonic clock, which all processes share.
 */
import WebSocket from 'ws'
import { now, type Order, type Reached } from './realtime-load.ts'

const order: Order = JSON.parse(process.argv[2] ?? '')
const arrived = new Map<string, { count: number; first: number }>()
const report = (message: Reached | 'ready') => process.send?.(message)

function hear(text: string): void {
  const n = /"n" ?: ?(\d+)/.exec(text)?.[1]
  if (n === undefined) return
  const known = arrived.get(n) ?? { count: 0, first: now() }
  known.count += 1
  arrived.set(n, known)
  if (known.count < order.count) return
  arrived.delete(n)
  report({ n: Number(n), first: known.first, last: now() })
}

function open(): Promise<void> {
  return new Promise((ready, failed) => {
    const ws = new WebSocket(order.url, { perMessageDeflate: false })
    ws.on('error', failed)
    ws.on('close', () => failed(new Error('a client was cut off')))
    ws.on('open', () => (order.join ? ws.send(order.join) : ready()))
    ws.on('message', (data: Buffer) => {
      const text = data.toString('latin1')
      if (order.join && text.includes(order.joined)) ready()
      else hear(text)
    })
    setInterval(() => ws.send('[null,"h","phoenix","heartbeat",{}]'), 25_000).unref()
  })
}

for (let opened = 0; opened < order.count; opened += 50) {
  await Promise.all(Array.from({ length: Math.min(50, order.count - opened) }, open))
}
report('ready')
