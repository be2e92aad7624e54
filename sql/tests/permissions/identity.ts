import { type FunctionRule, people, reading, type TableRule } from './words.ts'

export const tableRules: TableRule[] = [
  {
    table: 'public.profiles',
    row: "Ada's",
    where: "id = person('ada')",
    set: "first_name = 'Changed'",
    values: "(id, first_name, last_name) values (gen_random_uuid(), 'A', 'B')",
    can: { ...reading, admin: 'ru' },
  },
  {
    table: 'public.profiles',
    row: "Pia's, not verified",
    where: "id = person('pia')",
    set: "first_name = 'Changed'",
    values: "(id, first_name, last_name) values (gen_random_uuid(), 'A', 'B')",
    can: { pending: 'r' },
  },
  {
    table: 'public.profiles',
    row: "Ada's status",
    where: "id = person('ada')",
    set: "status = 'deactivated'",
    values: "(id, first_name, last_name, status) values (gen_random_uuid(), 'A', 'B', 'active')",
    can: reading,
  },
  {
    table: 'public.platform_roles',
    row: "Mo's",
    where: "user_id = person('mo')",
    set: "role = 'admin'",
    values: "(user_id, role) values (person('bob'), 'admin')",
    can: { moderator: 'r' },
  },
]

export const functionRules: FunctionRule[] = [{ name: 'me', call: 'me()', can: people({ away: 'yes' }) }]
