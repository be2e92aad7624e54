import { type FunctionRule, people, type TableRule } from './words.ts'

export const tableRules: TableRule[] = [
  {
    table: 'public.files',
    row: "Ada's",
    where: "owner_id = person('ada')",
    set: "status = 'ready'",
    values: "(owner_id, purpose, size, content_type) values (person('ada'), 'avatar', 1, 'image/png')",
    can: { admin: 'r' },
  },
]

export const functionRules: FunctionRule[] = [
  { name: 'create_upload', call: "create_upload('avatar', 1000, 'image/png')", can: people({}) },
  {
    name: 'create_upload for the logo of one’s company',
    call: "create_upload('logo', 1000, 'image/png')",
    can: { ...people({}), member: 'not_allowed' },
  },
  {
    name: 'create_upload for a file in a post',
    call: "create_upload('attachment', 1000, 'model/step')",
    can: people({}),
  },
  { name: 'remove_picture', call: "remove_picture('avatar')", can: people({}) },
  {
    name: 'remove_picture, the logo of one’s company',
    call: "remove_picture('logo')",
    can: { ...people({}), member: 'not_allowed' },
  },
]
