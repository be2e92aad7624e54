import { z } from 'zod'
import { fault } from './fault.ts'

const Headers = z.array(z.record(z.string(), z.string()).refine((pair) => Object.keys(pair).length === 1))
export type Said = { status: number | undefined; headers: [string, string][] }

/** What SQL says of the response by `response.status` and `response.headers`, or why it cannot be said. */
export function readSaid(status: string | null, headers: string | null): Said | Response {
  const number = status ? Number(status) : undefined
  if (number !== undefined && !(Number.isInteger(number) && number >= 200 && number <= 599)) {
    return fault(500, 'PGRST112', 'response.status guc must be a valid status code')
  }
  const { data } = Headers.safeParse(headers ? parsed(headers) : [])
  const pairs = data?.flatMap((pair) => Object.entries(pair))
  if (!pairs?.every(([name, value]) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && !/[\r\n\0]/.test(value))) {
    const rule = 'a JSON array composed of objects with a single key and a string value'
    return fault(500, 'PGRST111', `response.headers guc must be ${rule}`)
  }
  return { status: number, headers: pairs }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
