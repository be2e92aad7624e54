import { type FunctionRule, people, reading, type TableRule } from './words.ts'

export const tableRules: TableRule[] = [
  {
    table: 'public.profile_details',
    row: "Ada's, for the community",
    where: "person_id = person('ada') and audience = 'community'",
    set: "about = 'Changed'",
    values: "(person_id, about) values (person('ada'), 'Written by another')",
    can: { ...reading, admin: 'rcu' },
  },
  {
    table: 'public.profile_details',
    row: "Abe's, for his company",
    where: "person_id = person('abe') and audience = 'organization'",
    set: "about = 'Changed'",
    values: "(person_id, about) values (person('abe'), 'Written by another')",
    can: { member: 'rcu', admin: 'r' },
  },
  {
    table: 'public.profile_details',
    row: "the company Ada's are for",
    where: "person_id = person('ada')",
    set: "organization_id = company('bob')",
    values: "(person_id, organization_id) values (person('ada'), company('bob'))",
    can: reading,
  },
]

export const functionRules: FunctionRule[] = [
  { name: 'update_profile', call: `update_profile('{"about": "Changed"}')`, can: people({}) },
  { name: 'person_page', call: "person_page(person('ada'))", can: people({}) },
  {
    name: 'person_page of somebody who is not verified',
    call: "person_page(person('pia'))",
    can: people({ here: 'not_found' }),
  },
]
