import pino, { type DestinationStream, type Logger } from 'pino'

export type Log = Logger

type Described = { type: string; message: string; code?: string }

/**
 * What may be kept of an error. Not the whole object: Postgres puts row values into `detail` and mail servers repeat
 * addresses in `response`, and neither logs nor the queue may carry personal data.
 */
export function describeError(error: unknown): Described {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) }
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
  return { type: error.name, message: error.message, ...code }
}

const serializeError = (error: unknown) => ({
  ...describeError(error),
  ...(error instanceof Error && { stack: error.stack }),
})

/** One JSON line an event, on standard output unless told otherwise. */
export const createLog = (level: string, destination: DestinationStream = pino.destination(1)): Log =>
  pino(
    {
      level,
      base: { service: 'worker' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: serializeError },
    },
    destination,
  )
