import { type FunctionRule, people } from './words.ts'

const someSession = `'00000000-0000-4000-8000-000000000000'`

/** One's own account is one's own, whatever one's status. */
const oneself = people({ away: 'yes' })

export const functionRules: FunctionRule[] = [
  { name: 'list_sessions', call: 'list_sessions()', can: oneself },
  {
    name: 'end_session (not theirs)',
    call: `end_session(${someSession})`,
    can: people({ here: 'not_found', away: 'not_found' }),
  },
  { name: 'end_other_sessions', call: 'end_other_sessions()', can: oneself },
  { name: 'cancel_email_change', call: 'cancel_email_change()', can: oneself },
  { name: 'end_all_sessions', call: 'end_all_sessions()', can: oneself },
  {
    name: "reset_second_factor (Abe's)",
    call: `reset_second_factor(person('abe'))`,
    can: {
      ...people({}),
      stranger: 'not_found',
      member: 'not_allowed',
      moderator: 'not_found',
    },
  },
  {
    name: "reset_second_factor (a platform admin's)",
    call: `reset_second_factor(person('pat'))`,
    can: {
      ...people({}),
      stranger: 'not_found',
      member: 'not_allowed',
      admin: 'not_found',
      moderator: 'not_found',
      'platform admin': 'not_allowed',
    },
  },
  {
    name: 'begin_session',
    call: `begin_session(${someSession}, 'x', '127.0.0.1', true)`,
    can: { service: 'yes' },
  },
  { name: 'forgive_sign_in', call: `forgive_sign_in('x', 'x')`, can: { service: 'yes' } },
]
