import { type ErrorCode, isErrorCode } from '@p2p/contracts'
import type { z } from 'zod'
import { Refusal } from './must.ts'

/** What the shape makes of the input, or a refusal whose `fields` say which field is at fault and by which code. */
export function fitting<Shape extends z.ZodType>(shape: Shape, input: z.input<Shape>): z.output<Shape> {
  const fit = shape.safeParse(input)
  if (fit.success) return fit.data
  const faults = fit.error.issues.map(({ path, message }): [string, ErrorCode] => [
    String(path[0] ?? ''),
    isErrorCode(message) ? message : 'invalid_input',
  ])
  throw new Refusal('invalid_input', 'Some of this does not fit.', { fields: Object.fromEntries(faults) })
}
