import { type FunctionRule, people, privateTable, type TableRule } from './words.ts'

const line = (row: string, where: string, can: TableRule['can']): TableRule => ({
  table: 'public.audit_events',
  row,
  where,
  set: "action = 'a.b'",
  values: "(action) values ('a.b')",
  can,
})

export const tableRules: TableRule[] = [
  line("of Ada's company", "organization_id = company('ada')", { admin: 'r', 'platform admin': 'r' }),
  line('of the platform itself', 'organization_id is null', { 'platform admin': 'r' }),
  privateTable('audit_origins', 'user_agent = user_agent'),
]

export const functionRules: FunctionRule[] = [
  {
    name: "list_audit_events (Ada's company)",
    call: `list_audit_events(company('ada'))`,
    can: {
      ...people({ here: 'not_found' }),
      member: 'not_allowed',
      admin: 'yes',
      'platform admin': 'yes',
    },
  },
  {
    name: "list_audit_events (everybody's)",
    call: 'list_audit_events()',
    can: { ...people({ here: 'not_allowed' }), 'platform admin': 'yes' },
  },
]
