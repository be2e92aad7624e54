import { type ErrorCode, isErrorCode, SignupInput } from '@p2p/contracts'
import { Refusal } from '../_shared/refusal.ts'

/** The signup as the contract has it, or 422 with a code for each field at fault. */
export function readInput(body: unknown): SignupInput {
  const result = SignupInput.safeParse(body)
  if (result.success) return result.data
  const fields: Record<string, ErrorCode> = {}
  for (const { path, message } of result.error.issues) {
    const field = path[0]
    if (typeof field === 'string' && isErrorCode(message)) fields[field] ??= message
  }
  throw fieldsInvalid(fields)
}

const fieldOf: Partial<Record<ErrorCode, keyof SignupInput>> = {
  email_invalid: 'email',
  password_weak: 'password',
  first_name_invalid: 'first_name',
  last_name_invalid: 'last_name',
  organization_name_invalid: 'organization_name',
  locale_invalid: 'locale',
}

const fieldsInvalid = (fields: Record<string, ErrorCode>) =>
  new Refusal(422, 'invalid_input', 'Some of what you entered cannot be taken.', { fields })

/** What the database found at fault, as the answer to it. */
export function refusalFor(code: ErrorCode): Refusal {
  if (code === 'domain_taken') {
    return new Refusal(409, code, 'Your company is here already. Ask its admin to invite you.', {
      fields: { email: code },
    })
  }
  const field = fieldOf[code]
  if (field) return fieldsInvalid({ [field]: code })
  throw new Error(`The database knows a fault that is not known here: ${code}`)
}
