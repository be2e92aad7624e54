import { type FunctionRule, people } from './words.ts'

export const functionRules: FunctionRule[] = [
  { name: 'list_people', call: 'list_people()', can: people({}) },
  { name: 'list_organizations', call: 'list_organizations()', can: people({}) },
  { name: "organization_page of Ada's", call: "organization_page(company('ada'))", can: people({}) },
  {
    name: "organization_page of Pia's, not verified",
    call: "organization_page(company('pia'))",
    can: people({ here: 'not_found' }),
  },
  {
    name: "organization_page of Sue's, suspended",
    call: "organization_page(company('sue'))",
    can: people({ here: 'not_found' }),
  },
]
