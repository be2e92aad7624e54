import { type FunctionRule, people, privateTable, type TableRule } from './words.ts'

const community = "(select id from known_topic('community'))"
const company = "(select id from known_topic('organization'))"
const ofTheCompany = {
  ...people({}),
  stranger: 'not_found',
  moderator: 'not_found',
  'platform admin': 'not_found',
}

export const tableRules: TableRule[] = [
  {
    table: 'public.topic_readers',
    row: "Ada's",
    where: `topic_id = ${community}`,
    set: 'read_number = 99',
    values: "(user_id, topic_id) select author_id, id from known_topic('community')",
    can: { admin: 'r' },
  },
  privateTable('topic_titles', 'folded = folded'),
]

export const functionRules: FunctionRule[] = [
  { name: 'unread_count', call: 'unread_count()', can: people({}) },
  { name: 'similar_topics', call: "similar_topics('For the company')", can: people({}) },
  {
    name: "follow_topic (Ada's, for the community)",
    call: `follow_topic(${community}, 'muted')`,
    can: people({}),
  },
  {
    name: "follow_topic (Ada's, for her organization)",
    call: `follow_topic(${company}, 'muted')`,
    can: ofTheCompany,
  },
  { name: "mark_read (Ada's, for the community)", call: `mark_read(${community}, 1)`, can: people({}) },
  { name: "mark_read (Ada's, for her organization)", call: `mark_read(${company}, 1)`, can: ofTheCompany },
  { name: 'mark_all_read', call: 'mark_all_read()', can: people({}) },
]
