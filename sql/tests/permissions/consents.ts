import { type Cells, type FunctionRule, people, reading, type TableRule } from './words.ts'

const anybody: Cells = { ...reading, visitor: 'r', pending: 'r', deactivated: 'r', suspended: 'r' }

export const tableRules: TableRule[] = [
  {
    table: 'public.legal_documents',
    row: 'in force',
    where: "kind = 'terms' and version = 1",
    set: 'version = 9',
    values: `(kind, version, text_en, text_ar) values ('terms', 9, '[{"heading": "", "paragraphs": []}]', '[{"heading": "", "paragraphs": []}]')`,
    can: anybody,
  },
  {
    table: 'public.consents',
    row: "Ada's",
    where: "user_id = person('ada')",
    set: 'accepted_at = now()',
    values: "(user_id, document_id) select person('bob'), id from legal_documents",
    can: { admin: 'r' },
  },
]

export const functionRules: FunctionRule[] = [
  {
    name: 'accept_documents',
    call: "accept_documents(array(select id from legal_documents where version = 1 and kind = 'terms'))",
    can: { ...people({ away: 'yes' }), pending: 'not_active' },
  },
]
