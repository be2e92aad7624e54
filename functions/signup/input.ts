import type { ErrorCode, SignupInput } from '@p2p/contracts'
import { fieldsInvalid } from '../_shared/input.ts'
import { Refusal } from '../_shared/refusal.ts'

const fieldOf: Partial<Record<ErrorCode, keyof SignupInput>> = {
  email_invalid: 'email',
  password_weak: 'password',
  first_name_invalid: 'first_name',
  last_name_invalid: 'last_name',
  organization_name_invalid: 'organization_name',
  locale_invalid: 'locale',
}

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
