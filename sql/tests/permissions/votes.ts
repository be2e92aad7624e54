import { type FunctionRule, people, privateTable, reading, type TableRule } from './words.ts'

const post = "(select id from known_post('community') where number = 1)"
const inside = "(select id from known_post('organization') where number = 1)"
const hidden = { stranger: 'not_found', moderator: 'not_found', 'platform admin': 'not_found' }

export const tableRules: TableRule[] = [
  {
    table: 'public.votes',
    row: "Abe's, for a post of Ada's",
    where: "user_id = person('abe')",
    set: 'created_at = now()',
    values: `(post_id, user_id) select ${post}, auth.uid()`,
    can: { member: 'r' },
  },
  {
    table: 'public.reputations',
    row: "Ada's",
    where: "person_id = person('ada')",
    set: 'score = 1000',
    values: "(person_id) select person('ada')",
    can: reading,
  },
  privateTable('topic_nudges', 'nudged_at = now()'),
]

export const functionRules: FunctionRule[] = [
  {
    name: "vote (for Ada's, of the community)",
    call: `vote(${post}, true)`,
    can: { ...people({}), admin: 'own_post' },
  },
  {
    name: "vote (for Ada's, of her organization)",
    call: `vote(${inside}, true)`,
    can: { ...people({}), ...hidden, admin: 'own_post' },
  },
  {
    name: "choose_best_answer (Ada's topic)",
    call: "choose_best_answer((select id from known_topic('community')))",
    can: { ...people({ here: 'not_allowed' }), admin: 'yes' },
  },
  {
    name: "choose_best_answer (Ada's topic, of her organization)",
    call: "choose_best_answer((select id from known_topic('organization')))",
    can: { ...people({ here: 'not_allowed' }), ...hidden, admin: 'yes' },
  },
  {
    name: "likely_answers (Ada's topic)",
    call: "likely_answers((select id from known_topic('community')))",
    can: people({}),
  },
  {
    name: "likely_answers (Ada's topic, of her organization)",
    call: "likely_answers((select id from known_topic('organization')))",
    can: { ...people({}), ...hidden },
  },
]
