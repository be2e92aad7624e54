import { z } from 'zod'
import { faults } from '../fault.ts'

/** Where a list goes on, and in which order it was begun. */
export type Cursor = {
  after: string
  order?: 'asc' | 'desc' | undefined
  column?: 'name' | 'created_at' | 'updated_at' | undefined
  /** The last one's time, where the list is by time. */
  at?: string | undefined
}

const Lines = z.object({
  l: z.string().default(''),
  o: z.enum(['asc', 'desc']).default('asc'),
  c: z.enum(['name', 'created_at', 'updated_at']).optional(),
  a: z.iso.datetime().optional(),
})

/** A cursor is lines of a letter, a colon and a value, in base64, as hosted writes it. */
export function readCursor(text: string): Cursor | undefined {
  if (text === '') return undefined
  const lines = Buffer.from(text, 'base64').toString('utf8').split('\n')
  const pairs = lines.map((line) => /^([loca]):(.*)$/.exec(line)?.slice(1))
  const known = pairs.every((pair) => pair !== undefined)
  const { success, data } = Lines.safeParse(known ? Object.fromEntries(pairs as string[][]) : undefined)
  if (!success) throw faults.invalidParameter('Invalid Parameter continuation token')
  return { after: data.l, order: data.o, column: data.c, at: data.a }
}

type Last = { name: string; created_at: Date | null; updated_at: Date | null }

export function writeCursor({ order, column }: Cursor, last: Last): string {
  const time = column && column !== 'name' ? last[column] : undefined
  const lines = [
    `l:${last.name}`,
    ...(order ? [`o:${order}`] : []),
    ...(column ? [`c:${column}`] : []),
    ...(time ? [`a:${time.toISOString()}`] : []),
  ]
  return Buffer.from(lines.join('\n')).toString('base64')
}
