import { type FunctionRule, people, privateTable, reading, type TableRule } from './words.ts'

const document = `'{"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Hi"}]}]}'`
const community = "(select id from known_topic('community'))"
const company = "(select id from known_topic('organization'))"

export const tableRules: TableRule[] = [
  {
    table: 'public.categories',
    row: 'any',
    where: "slug = 'quality'",
    set: "name_en = 'Changed'",
    values: "(slug, name_en, name_ar) values ('new', 'New', 'New')",
    can: reading,
  },
  {
    table: 'public.topics',
    row: "Ada's, for the community",
    where: "title = 'For the community'",
    set: "title = 'Changed'",
    values:
      "(category_id, organization_id, author_id, visibility, title) select category_id, organization_id, author_id, visibility, 'Forged' from known_topic('community')",
    can: reading,
  },
  {
    table: 'public.topics',
    row: "Ada's, for her organization",
    where: "title = 'For the company'",
    set: "visibility = 'community'",
    values:
      "(category_id, organization_id, author_id, visibility, title) select category_id, organization_id, author_id, visibility, 'Forged' from known_topic('organization')",
    can: { member: 'r', admin: 'r' },
  },
  {
    table: 'public.posts',
    row: "Ada's, for the community",
    where: "topic_id = (select id from known_topic('community'))",
    set: 'edited_at = now()',
    values:
      "(topic_id, number, author_id, visibility, organization_id) select id, 99, author_id, visibility, organization_id from known_topic('community')",
    can: reading,
  },
  {
    table: 'public.posts',
    row: "Ada's, for her organization",
    where: "topic_id = (select id from known_topic('organization'))",
    set: 'deleted_at = now()',
    values:
      "(topic_id, number, author_id, visibility, organization_id) select id, 99, author_id, visibility, organization_id from known_topic('organization')",
    can: { member: 'r', admin: 'r' },
  },
  privateTable('deleted_posts', 'body = body'),
]

export const functionRules: FunctionRule[] = [
  { name: 'list_categories', call: '(select count(*) from list_categories())', can: people({ away: 'yes' }) },
  { name: 'list_topics', call: 'list_topics()', can: people({}) },
  { name: 'open_topic', call: `open_topic('quality', 'A new topic', ${document})`, can: people({}) },
  { name: "reply (Ada's, for the community)", call: `reply(${community}, ${document})`, can: people({}) },
  {
    name: "reply (Ada's, for her organization)",
    call: `reply(${company}, ${document})`,
    can: { ...people({}), stranger: 'not_found', moderator: 'not_found', 'platform admin': 'not_found' },
  },
  {
    name: "edit_post (Ada's)",
    call: `edit_post((select id from known_post('community')), ${document})`,
    can: { ...people({ here: 'not_allowed' }), admin: 'yes' },
  },
  {
    name: "delete_post (Ada's)",
    call: `delete_post((select id from known_post('community')))`,
    can: { ...people({ here: 'not_allowed' }), admin: 'yes' },
  },
]
