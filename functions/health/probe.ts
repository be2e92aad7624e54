/** How one part is. `reason` is one of a few sentences of ours: what a part said itself could tell a stranger too much. */
export type Line = { ok: boolean; ms: number; reason?: string }

/** A part that answered, but not as it does when it is well. */
class Unwell extends Error {}

const patience = 2_000

/** Asks a part and times it. Bounded, whatever the part does; `ask` throws where the part is not well. */
export async function probe(ask: (signal: AbortSignal) => Promise<void>): Promise<Line> {
  const started = performance.now()
  const signal = AbortSignal.timeout(patience)
  const ms = () => Math.round(performance.now() - started)
  try {
    await Promise.race([ask(signal), timedOut(signal)])
    return { ok: true, ms: ms() }
  } catch (error) {
    const reason = signal.aborted
      ? 'does not answer'
      : error instanceof Unwell
        ? error.message
        : 'cannot be reached'
    return { ok: false, ms: ms(), reason }
  }
}

const timedOut = (signal: AbortSignal) =>
  new Promise<never>((_, failed) =>
    signal.addEventListener('abort', () => failed(signal.reason), { once: true }),
  )

/** A GET that is well when it is answered with a 2xx. */
export async function askHttp(url: string, key: string, signal: AbortSignal): Promise<void> {
  const answer = await fetch(url, { headers: { apikey: key }, signal })
  await answer.body?.cancel()
  if (!answer.ok) throw new Unwell(`answers ${answer.status}`)
}

const heartbeat = JSON.stringify({ topic: 'phoenix', event: 'heartbeat', payload: {}, ref: '1' })

/**
 * Opens a socket as a browser does and waits for the answer to a heartbeat. Realtime has no health page that every
 * ground answers without a project's own token, and this asks what people depend on.
 */
export function askRealtime(url: string, key: string, signal: AbortSignal): Promise<void> {
  const address = `${url.replace(/^http/, 'ws')}/realtime/v1/websocket?apikey=${encodeURIComponent(key)}&vsn=1.0.0`
  return new Promise<void>((answered, failed) => {
    const socket = new WebSocket(address)
    signal.addEventListener('abort', () => socket.close(), { once: true })
    socket.onopen = () => socket.send(heartbeat)
    socket.onmessage = ({ data }) => {
      socket.close()
      if (String(data).includes('phx_reply')) answered()
      else failed(new Unwell('answers something else'))
    }
    socket.onerror = () => failed(new Error('socket error'))
    socket.onclose = () => failed(new Unwell('closes the connection'))
  })
}
