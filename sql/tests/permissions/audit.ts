import { privateTable, type TableRule } from './words.ts'

export const tableRules: TableRule[] = [
  {
    table: 'public.audit_events',
    row: 'any',
    where: 'true',
    set: "action = 'a.b'",
    values: "(action) values ('a.b')",
    can: {},
  },
  privateTable('audit_origins', 'user_agent = user_agent'),
]
