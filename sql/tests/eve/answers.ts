import type { Db } from '@p2p/database/testing'
import pg from 'pg'
import type { Fn } from './arguments.ts'

export type Answer = { status: number; text: string }

/** Calls a function as the Data API would, and answers with the status it would give. */
export async function call(db: Db, fn: Fn, values: (string | null)[]): Promise<Answer> {
  const given = fn.args.map(({ name, type }, place) => `"${name}" => $${place + 1}::${type}`)
  try {
    const { rows } = await db.client.query(
      `select answer::text, current_setting('response.status', true) as status
       from public."${fn.name}"(${given.join(', ')}) as answer`,
      values,
    )
    const text = rows.map(({ answer }) => answer).join('\n')
    return { status: Number(rows[0]?.status || 200), text }
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error
    return { status: statusOf(error), text: [error.code, error.detail, error.message].join(' ') }
  }
}

/** https://docs.postgrest.org/en/stable/references/errors.html#http-status-codes */
function statusOf({ code = 'XX000', detail }: pg.DatabaseError): number {
  if (code.startsWith('PT')) return Number(code.slice(2))
  if (code === 'PGRST') return JSON.parse(detail ?? '{}').status
  if (code === '42501') return 403
  if (code === '42883' || code === '42P01') return 404
  if (code === '23503' || code === '23505') return 409
  if (code === 'P0001') return 400
  if (code === '25006') return 405
  if (code === '42P17' || /^(09|25|2D|38|39|3B|40|54|55|57|58|F0|HV|P0|XX)/.test(code)) return 500
  if (/^(08|53)/.test(code)) return 503
  return 400
}
