import { z } from 'zod'
import { wholeNumber, yesOrNo } from '../body.ts'
import { faults } from '../fault.ts'

const units = { GB: 1e9, MB: 1e6, KB: 1e3, B: 1 }
const size = /^(\d+(?:\.\d+)?)(gb|mb|kb|b)$/i
const mimeType = /^([\w\-+.]+)\/([\w\-+.]+)(;\s*charset=[\w-]+)?$|\*$/

/** What a bucket may be told of its objects: their greatest size, in bytes or as `20MB`, and their kinds. */
export const Limits = z.object({
  public: yesOrNo.optional(),
  file_size_limit: z.union([wholeNumber(0), z.string().regex(size)]).nullish(),
  allowed_mime_types: z.array(z.string()).nullish(),
})
export type Limits = z.infer<typeof Limits>

/** The columns that say so; undefined is what nothing was said about. */
export function columnsOf(limits: Limits, greatest: number) {
  const types = limits.allowed_mime_types?.filter((type) => type !== '')
  for (const type of types ?? [])
    if (type.length > 1000 || !mimeType.test(type)) throw faults.invalidMimeType(type)
  return {
    public: limits.public,
    file_size_limit: bytesOf(limits.file_size_limit, greatest),
    allowed_mime_types: limits.allowed_mime_types === null ? null : types,
  }
}

function bytesOf(limit: Limits['file_size_limit'], greatest: number): number | null | undefined {
  if (limit === null || limit === undefined) return limit
  const bytes = typeof limit === 'number' ? limit : inBytes(limit)
  if (bytes > greatest) throw faults.tooLarge()
  return bytes
}

function inBytes(text: string): number {
  const [, amount = '0', unit = 'B'] = size.exec(text) ?? []
  return Math.round(Number(Number(amount).toPrecision(3)) * units[unit.toUpperCase() as keyof typeof units])
}
