import { type ErrorCode, isErrorCode } from '@p2p/contracts'
import type { z } from 'zod'
import { Refusal } from './refusal.ts'

/** The fields at fault, each with the code that its contract gives as the issue's message. */
export function faultsOf(error: z.ZodError): Record<string, ErrorCode> {
  const fields: Record<string, ErrorCode> = {}
  for (const { path, message } of error.issues) {
    const [field] = path
    if (typeof field === 'string') fields[field] ??= isErrorCode(message) ? message : 'invalid_input'
  }
  return fields
}

export const fieldsInvalid = (fields: Record<string, ErrorCode>) =>
  new Refusal(422, 'invalid_input', 'Some of what you entered cannot be taken.', { fields })

/** The body as the contract has it, or 422 with a code for each field at fault. */
export function readInput<Shape extends z.ZodType>(shape: Shape, body: unknown): z.output<Shape> {
  const result = shape.safeParse(body)
  if (result.success) return result.data
  throw fieldsInvalid(faultsOf(result.error))
}
