import { type FunctionRule, people, privateTable, type TableRule } from './words.ts'

/** What the world of the matrix holds of Ada's company (sql/tests/permissions.test.ts). */
const invitation = `'00000000-0000-4000-8000-0000000000a1'`
const request = `'00000000-0000-4000-8000-0000000000a2'`

const admins = { ...people({}), member: 'not_allowed' }
const itsAdmins = { ...people({ here: 'not_found' }), member: 'not_allowed', admin: 'yes' }

export const tableRules: TableRule[] = [
  {
    table: 'public.invitations',
    row: "one of Ada's company",
    where: `id = ${invitation}`,
    set: "role = 'admin'",
    values:
      "(organization_id, email, role, locale) values (company('ada'), 'eve@eve.example', 'admin', 'en')",
    can: { admin: 'r' },
  },
  {
    table: 'public.join_requests',
    row: "one to Ada's company",
    where: `id = ${request}`,
    set: "decision = 'approved'",
    values:
      "(organization_id, email, first_name, last_name, locale) values (company('ada'), 'eve@ada.example', 'Eve', 'E', 'en')",
    can: { admin: 'r' },
  },
  privateTable('invitation_secrets', 'sending = 2'),
]

export const functionRules: FunctionRule[] = [
  { name: 'invite_people', call: `invite_people('[{"email": "new@new.example"}]')`, can: admins },
  { name: 'list_invitations', call: 'list_invitations()', can: admins },
  { name: "resend_invitation (Ada's)", call: `resend_invitation(${invitation})`, can: itsAdmins },
  { name: "revoke_invitation (Ada's)", call: `revoke_invitation(${invitation})`, can: itsAdmins },
  { name: 'list_join_requests', call: 'list_join_requests()', can: admins },
  {
    name: "decide_join_request (to Ada's)",
    call: `decide_join_request(${request}, 'declined')`,
    can: itsAdmins,
  },
  { name: 'take_join_requests', call: 'take_join_requests(false)', can: admins },
  {
    name: 'accept_invitation (a guess)',
    call: `accept_invitation('guessed')`,
    can: people({ here: 'invitation_unknown', away: 'invitation_unknown' }),
  },
  { name: 'read_invitation', call: `read_invitation('guessed', '203.0.113.7')`, can: { service: 'yes' } },
  {
    name: 'request_to_join',
    call: `request_to_join('new@ada.example', 'New', 'Person', 'en')`,
    can: { service: 'yes' },
  },
]
