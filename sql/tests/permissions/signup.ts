import type { FunctionRule } from './words.ts'

export const functionRules: FunctionRule[] = [
  { name: 'signup_fault', call: `signup_fault('new@new.example', '{}')`, can: { service: 'yes' } },
  {
    name: 'forget_unverified_signup',
    call: `forget_unverified_signup('pia@pia.example')`,
    can: { service: 'yes' },
  },
]
