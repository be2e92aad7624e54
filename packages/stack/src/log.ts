export type Log = (
  level: 'info' | 'warn' | 'error',
  message: string,
  fields?: Record<string, unknown>,
) => void

/** What went wrong, in words. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** One JSON object a line. */
export const logTo =
  (stream: { write(text: string): unknown }): Log =>
  (level, message, fields) =>
    void stream.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`)
