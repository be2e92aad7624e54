import { type FunctionRule, people, type TableRule } from './words.ts'

export const tableRules: TableRule[] = [
  {
    table: 'public.organization_statistics',
    row: "Ada's",
    where: "organization_id = company('ada')",
    set: "counts = '{}'",
    values: "(organization_id) values (company('ada'))",
    can: { member: 'r', admin: 'r', 'platform admin': 'r' },
  },
]

export const functionRules: FunctionRule[] = [
  { name: 'organization_statistics', call: 'organization_statistics()', can: people({}) },
  {
    name: "organization_statistics (Ada's)",
    call: `organization_statistics(company('ada'))`,
    can: { ...people({}), stranger: 'not_found', moderator: 'not_found' },
  },
]
