/**
 * Who may do what: the whole matrix, as data. Every cell is a test (permissions.test.ts), and the tables in
 * PERMISSIONS.md are printed from here.
 *
 * The world it speaks of: Ada and her colleague Abe are of one company, Bob and Pia (whose address is not verified)
 * are of others; Dan is deactivated, Sue's company is suspended, Mo is a platform moderator of a company of his own.
 */
export const actors = [
  'visitor',
  'pending',
  'deactivated',
  'suspended',
  'stranger',
  'member',
  'admin',
  'moderator',
  'service',
] as const
export type Actor = (typeof actors)[number]

/** r read · c create · u change · d delete; a missing actor may do nothing. */
export type Cells = Partial<Record<Actor, string>>

export type TableRule = {
  table: string
  /** Whose row, as a person would say it. */
  row: string
  /** Finds the row in the world of the test. */
  where: string
  /** What a change would set, and what a new row would hold. */
  set: string
  values: string
  can: Cells
}

const reading: Cells = { stranger: 'r', member: 'r', admin: 'r', moderator: 'r' }

export const tableRules: TableRule[] = [
  {
    table: 'public.profiles',
    row: "Ada's",
    where: "id = person('ada')",
    set: "first_name = 'Changed'",
    values: "(id, first_name, last_name) values (gen_random_uuid(), 'A', 'B')",
    can: { ...reading, admin: 'ru' },
  },
  {
    table: 'public.profiles',
    row: "Pia's, not verified",
    where: "id = person('pia')",
    set: "first_name = 'Changed'",
    values: "(id, first_name, last_name) values (gen_random_uuid(), 'A', 'B')",
    can: { pending: 'r' },
  },
  {
    table: 'public.profiles',
    row: "Ada's status",
    where: "id = person('ada')",
    set: "status = 'deactivated'",
    values: "(id, first_name, last_name, status) values (gen_random_uuid(), 'A', 'B', 'active')",
    can: reading,
  },
  {
    table: 'public.organizations',
    row: "Ada's",
    where: "id = company('ada')",
    set: "name = 'Changed'",
    values: "(name) values ('New')",
    can: reading,
  },
  {
    table: 'public.organizations',
    row: "Pia's, not verified",
    where: "id = company('pia')",
    set: "status = 'active'",
    values: "(name, status) values ('New', 'active')",
    can: {},
  },
  {
    table: 'public.memberships',
    row: "Ada's",
    where: "user_id = person('ada')",
    set: "role = 'member'",
    values: "(user_id, organization_id, role) values (person('bob'), company('ada'), 'admin')",
    can: reading,
  },
  {
    table: 'public.platform_roles',
    row: "Mo's",
    where: "user_id = person('mo')",
    set: "role = 'admin'",
    values: "(user_id, role) values (person('bob'), 'admin')",
    can: { moderator: 'r' },
  },
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
  ...['rate_limits', 'heartbeats', 'sent_mails', 'deleted_posts'].map((table) => ({
    table: `private.${table}`,
    row: 'any',
    where: 'true',
    set: `${({ rate_limits: 'hits = 1', heartbeats: 'ok = true', sent_mails: 'kind = kind', deleted_posts: 'body = body' } as Record<string, string>)[table]}`,
    values: 'default values',
    can: {},
  })),
]

/** `yes`, or the word of the refusal; a missing actor is denied the call itself. */
export type FunctionRule = { name: string; call: string; can: Partial<Record<Actor, string>> }

const people = (answers: Partial<Record<'here' | 'away', string>>): FunctionRule['can'] => ({
  pending: answers.away ?? 'not_active',
  deactivated: answers.away ?? 'not_active',
  suspended: answers.away ?? 'not_active',
  stranger: answers.here ?? 'yes',
  member: answers.here ?? 'yes',
  admin: answers.here ?? 'yes',
  moderator: answers.here ?? 'yes',
})

const document = `'{"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Hi"}]}]}'`
const community = "(select id from known_topic('community'))"
const company = "(select id from known_topic('organization'))"

export const functionRules: FunctionRule[] = [
  { name: 'me', call: 'me()', can: people({ away: 'yes' }) },
  { name: 'list_categories', call: '(select count(*) from list_categories())', can: people({ away: 'yes' }) },
  { name: 'list_topics', call: 'list_topics()', can: people({}) },
  { name: "topic_page (Ada's, for the community)", call: `topic_page(${community})`, can: people({}) },
  {
    name: "topic_page (Ada's, for her organization)",
    call: `topic_page(${company})`,
    can: { ...people({}), stranger: 'not_found', moderator: 'not_found' },
  },
  { name: 'open_topic', call: `open_topic('quality', 'A new topic', ${document})`, can: people({}) },
  { name: "reply (Ada's, for the community)", call: `reply(${community}, ${document})`, can: people({}) },
  {
    name: "reply (Ada's, for her organization)",
    call: `reply(${company}, ${document})`,
    can: { ...people({}), stranger: 'not_found', moderator: 'not_found' },
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
  { name: 'signup_fault', call: `signup_fault('new@new.example', '{}')`, can: { service: 'yes' } },
  {
    name: 'forget_unverified_signup',
    call: `forget_unverified_signup('pia@pia.example')`,
    can: { service: 'yes' },
  },
  { name: 'take_rate_limit', call: `take_rate_limit('signup.ip', 'x', 1, 60)`, can: { service: 'yes' } },
  { name: 'platform_health', call: 'platform_health()', can: { service: 'yes' } },
]
