import { type FunctionRule, people, type TableRule } from './words.ts'

export const tableRules: TableRule[] = [
  {
    table: 'public.registrations',
    row: "Ada's",
    where: "organization_id = company('ada')",
    set: "state = 'unverified'",
    values: "(organization_id, number) values (company('bob'), '1010000001')",
    can: { admin: 'r', 'platform admin': 'r' },
  },
]

const forAdmins = { ...people({}), member: 'not_allowed' }

export const functionRules: FunctionRule[] = [
  { name: 'company_profile', call: 'company_profile()', can: forAdmins },
  {
    name: 'update_organization',
    call: `update_organization('{"about": "Castings."}', 1)`,
    can: forAdmins,
  },
  {
    name: 'set_registration_number',
    call: "set_registration_number('4030000001')",
    can: forAdmins,
  },
]
