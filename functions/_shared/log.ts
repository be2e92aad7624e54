export type Log = (
  level: 'info' | 'warn' | 'error',
  message: string,
  fields?: Record<string, unknown>,
) => void

/** One JSON line an event. Ids only: an address or a name must never come here. */
export const createLog =
  (always: Record<string, unknown>): Log =>
  (level, message, fields = {}) => {
    const line = JSON.stringify({ time: new Date().toISOString(), level, ...always, ...fields, msg: message })
    // biome-ignore lint/suspicious/noConsole: the edge runtime collects logs from the console and from nowhere else
    console.log(line)
  }
