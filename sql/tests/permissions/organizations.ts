import { reading, type TableRule } from './words.ts'

export const tableRules: TableRule[] = [
  {
    table: 'public.organizations',
    row: "Ada's",
    where: "id = company('ada')",
    set: "name = 'Changed'",
    values: "(name) values ('New')",
    can: reading,
  },
  {
    table: 'public.organizations',
    row: "Pia's, not verified",
    where: "id = company('pia')",
    set: "status = 'active'",
    values: "(name, status) values ('New', 'active')",
    can: {},
  },
  {
    table: 'public.memberships',
    row: "Ada's",
    where: "user_id = person('ada')",
    set: "role = 'member'",
    values: "(user_id, organization_id, role) values (person('bob'), company('ada'), 'admin')",
    can: reading,
  },
]
