import { type FunctionRule, people, privateTable, type TableRule } from './words.ts'

const openPost = "(select id from known_post('community') where number = 1)"
const inside = "(select id from known_post('organization') where number = 1)"
const shown = '(select id from known_case())'
const held = "'00000000-0000-4000-8000-0000000000b1'"
const expected = `(select reported.revision + posts.revision from known_case() as reported
  join known_post('community') as posts on posts.id = reported.post_id)`

export const tableRules: TableRule[] = [
  {
    table: 'public.reports',
    row: "Bob's, of a post of Ada's",
    where: 'true',
    set: "reason = 'other'",
    values: `(case_id, post_id, reporter_id, reason) values (${shown}, ${openPost}, person('abe'), 'spam')`,
    can: { stranger: 'r' },
  },
  {
    table: 'public.watched_words',
    row: 'any',
    where: 'true',
    set: "action = 'report'",
    values: "(word, kind, action) values ('lottery', 'word', 'refuse')",
    can: { 'platform admin': 'r' },
  },
  {
    table: 'public.posting_rules',
    row: 'the only one',
    where: 'true',
    set: 'held_first_posts = 1',
    values: '(is_only, held_first_posts) values (true, 1)',
    can: { 'platform admin': 'r' },
  },
  privateTable('cases', 'moved_at = now()'),
  privateTable('held_posts', 'created_at = now()'),
  privateTable('waiting_files', 'waits_in = gen_random_uuid()'),
]

/** Those who look after the content. */
const forModerators = (name: string, call: string, answer = 'yes'): FunctionRule => ({
  name,
  call,
  can: { ...people({ here: 'not_allowed' }), moderator: answer, 'platform admin': answer },
})

const forPlatformAdmins = (name: string, call: string): FunctionRule => ({
  name,
  call,
  can: { ...people({ here: 'not_allowed' }), 'platform admin': 'yes' },
})

export const functionRules: FunctionRule[] = [
  {
    name: "report_post (Ada's, for the community)",
    call: `report_post(${openPost}, 'spam')`,
    can: { ...people({}), admin: 'report_of_own_post' },
  },
  {
    name: "report_post (Ada's, for her organization)",
    call: `report_post(${inside}, 'spam')`,
    can: {
      ...people({}),
      admin: 'report_of_own_post',
      stranger: 'not_found',
      moderator: 'not_found',
      'platform admin': 'not_found',
    },
  },
  forModerators('list_cases', 'list_cases()'),
  forModerators('moderation_case', `moderation_case(${shown})`),
  forModerators('decide_case', `decide_case(${shown}, 'keep', expected => ${expected})`),
  forModerators(
    'review_case (an open one)',
    `review_case(${shown}, 'overturned', 'A reason that says enough', ${expected})`,
    'nothing_to_review',
  ),
  { name: 'my_standing', call: 'my_standing()', can: people({}) },
  {
    name: "appeal (an open case of Ada's)",
    call: `appeal(${shown}, 'A reason that says enough')`,
    can: people({ here: 'not_found' }),
  },
  forModerators("held_post (Bob's)", `held_post(${held})`),
  forModerators("decide_held_post (Bob's)", `decide_held_post(${held}, true)`),
  { name: "withdraw_held_post (Bob's)", call: `withdraw_held_post(${held})`, can: people({}) },
  forPlatformAdmins('set_posting_rules', 'set_posting_rules(3)'),
  forPlatformAdmins('save_watched_word', "save_watched_word('lottery', 'word', 'report')"),
  forPlatformAdmins('remove_watched_word', 'remove_watched_word(gen_random_uuid())'),
]
