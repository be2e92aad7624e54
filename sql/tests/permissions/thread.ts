import { type FunctionRule, people, reading, type TableRule } from './words.ts'

const topic = {
  community: "(select id from known_topic('community'))",
  company: "(select id from known_topic('organization'))",
}
const post = {
  community: "(select id from known_post('community'))",
  company: "(select id from known_post('organization'))",
}

const own: FunctionRule['can'] = {
  ...people({}),
  stranger: 'not_found',
  moderator: 'not_found',
  'platform admin': 'not_found',
}

export const tableRules: TableRule[] = [
  {
    table: 'public.post_revisions',
    row: "of Ada's post for the community",
    where: "post_id = (select id from known_post('community'))",
    set: 'revision = 9',
    values:
      '(post_id, revision, body, written_at) select id, 9, \'{"type": "doc"}\', now() from known_post(\'community\')',
    can: reading,
  },
  {
    table: 'public.post_revisions',
    row: "of Ada's post for her organization",
    where: "post_id = (select id from known_post('organization'))",
    set: 'revision = 9',
    values:
      '(post_id, revision, body, written_at) select id, 9, \'{"type": "doc"}\', now() from known_post(\'organization\')',
    can: { member: 'r', admin: 'r' },
  },
]

export const functionRules: FunctionRule[] = [
  { name: "topic_page (Ada's, for the community)", call: `topic_page(${topic.community})`, can: people({}) },
  { name: "topic_page (Ada's, for her organization)", call: `topic_page(${topic.company})`, can: own },
  { name: "branch_page (Ada's, for the community)", call: `branch_page(${post.community})`, can: people({}) },
  { name: "branch_page (Ada's, for her organization)", call: `branch_page(${post.company})`, can: own },
  {
    name: "posts_since (Ada's, for the community)",
    call: `posts_since(${topic.community}, 0)`,
    can: people({}),
  },
  { name: "posts_since (Ada's, for her organization)", call: `posts_since(${topic.company}, 0)`, can: own },
  {
    name: "post_history (Ada's, for the community)",
    call: `post_history(${post.community})`,
    can: people({}),
  },
  { name: "post_history (Ada's, for her organization)", call: `post_history(${post.company})`, can: own },
]
