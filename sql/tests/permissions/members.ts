import { type FunctionRule, people, privateTable, type TableRule } from './words.ts'

export const tableRules: TableRule[] = [
  privateTable('roster', 'words = words'),
  privateTable('shut_out', 'since = since'),
]

/** What an admin may do to Abe: to others he is not there, and to himself it is not his to do. */
const admins: FunctionRule['can'] = {
  ...people({}),
  stranger: 'not_found',
  member: 'not_allowed',
  moderator: 'not_found',
  'platform admin': 'not_found',
}

export const functionRules: FunctionRule[] = [
  { name: 'list_members', call: 'list_members()', can: people({}) },
  {
    name: 'list_members (deactivated)',
    call: `list_members(status => 'deactivated')`,
    can: { ...people({}), member: 'not_allowed' },
  },
  {
    name: "change_member_role (Abe's)",
    call: `change_member_role(person('abe'), 'admin')`,
    can: admins,
  },
  {
    name: 'change_member_role (the last admin)',
    call: `change_member_role(person('ada'), 'member')`,
    can: { ...admins, admin: 'last_admin' },
  },
  { name: 'deactivate_member (Abe)', call: `deactivate_member(person('abe'))`, can: admins },
  {
    name: 'deactivate_member (oneself)',
    call: `deactivate_member(person('ada'))`,
    can: { ...admins, admin: 'not_yourself' },
  },
  { name: 'reactivate_member (Abe)', call: `reactivate_member(person('abe'))`, can: admins },
  { name: 'remove_member (Abe)', call: `remove_member(person('abe'))`, can: admins },
  { name: 'hand_over (to Abe)', call: `hand_over(person('abe'))`, can: admins },
  {
    name: 'leave_organization',
    call: 'leave_organization()',
    // All but Abe are the only admin of theirs.
    can: { ...people({ here: 'last_admin' }), member: 'yes' },
  },
  { name: 'seen', call: 'seen()', can: people({}) },
]
