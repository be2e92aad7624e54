import pg from 'pg'
import { faults, StorageFault } from './fault.ts'

/** How hosted Storage words what the database refuses; a failure of something else is handed back as it is. */
export function refusalOf(error: unknown): unknown {
  if (isUnreachable(error)) return timedOut()
  if (!(error instanceof pg.DatabaseError)) return error
  const { code = '', message, detail = '' } = error
  if (code === '42501') {
    return faults.denied(
      message.includes('row-level security') ? 'new row violates row-level security policy' : message,
    )
  }
  if (code === '23505') return faults.exists('ResourceAlreadyExists')
  if (code === '23503') {
    if (detail.includes('is still referenced from table')) {
      const words = 'The resource could not be updated or removed due to a foreign key constraint'
      return new StorageFault(409, 'ResourceReferenced', words)
    }
    return new StorageFault(404, 'InvalidRequest', 'The related resource does not exist')
  }
  if (code === '55P03') return new StorageFault(423, 'ResourceLocked', 'The resource is locked')
  if (code === '57014') return timedOut()
  if (code === '25006') {
    const words = 'The database is currently in read-only mode. Please try again later.'
    return new StorageFault(503, 'DatabaseReadOnly', words)
  }
  if (code === '42P17') {
    const words = 'The database schema is invalid or incompatible.'
    return new StorageFault(503, 'DatabaseInvalidObjectDefinition', words)
  }
  if (code === '42703' || code === '42P01') return mismatch(error)
  // Values that are none of their type, or beyond all measure: the caller's own.
  if (code.startsWith('22') || code.startsWith('54')) return faults.invalidParameter(message)
  return new StorageFault(500, 'DatabaseError', `database error, code: ${code}`)
}

function mismatch({ internalQuery, where }: pg.DatabaseError): StorageFault {
  const words = internalQuery
    ? `There is a database schema mismatch in a trigger or RLS policy: ${where}`
    : 'The database schema is out of sync. Please run migrations or contact support.'
  return new StorageFault(503, 'DatabaseSchemaMismatch', words)
}

const timedOut = () =>
  new StorageFault(544, 'DatabaseTimeout', 'The connection to the database timed out', { status: 544 })

/** Classes 08 and 57P: the connection, or the server, is gone. */
function isUnreachable(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) return /^(08|57P|53300)/.test(error.code ?? '')
  return (
    error instanceof Error &&
    /ECONNREFUSED|ECONNRESET|Connection terminated|timeout exceeded/.test(String(error))
  )
}
