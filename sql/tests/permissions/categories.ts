import { type FunctionRule, people, reading, type TableRule } from './words.ts'

export const tableRules: TableRule[] = [
  {
    table: 'public.tags',
    row: 'any',
    where: "slug = 'casting'",
    set: "name_en = 'Changed'",
    values: "(slug, name_en, name_ar) values ('new', 'New', 'جديد')",
    can: reading,
  },
  {
    table: 'public.drafts',
    row: "Ada's",
    where: "key = 'topic'",
    set: "content = '{}'",
    values: "(user_id, key, content) values (person('ada'), 'reply:' || gen_random_uuid(), '{}')",
    can: { admin: 'r' },
  },
]

const community = "(select id from known_topic('community'))"
const company = "(select id from known_topic('organization'))"
const quality = "(select id from known_category('quality'))"

const forPlatformAdmins = (name: string, call: string, answer = 'yes'): FunctionRule => ({
  name,
  call,
  can: { ...people({ here: 'not_allowed' }), 'platform admin': answer },
})

/** Ada, who opened it, and moderators. */
const forItsKeepers = (name: string, call: string): FunctionRule => ({
  name,
  call,
  can: { ...people({ here: 'not_allowed' }), admin: 'yes', moderator: 'yes', 'platform admin': 'yes' },
})

/** Those who look after the content, Ada's role in her company being none of theirs. */
const forModerators = (name: string, call: string, answer = 'yes'): FunctionRule => ({
  name,
  call,
  can: { ...people({ here: 'not_allowed' }), moderator: answer, 'platform admin': answer },
})

const outOfSight = { stranger: 'not_found', moderator: 'not_found', 'platform admin': 'not_found' }

export const functionRules: FunctionRule[] = [
  forPlatformAdmins('save_category', `save_category(${quality}, '{"name_en": "Changed"}', 1)`),
  forPlatformAdmins(
    'order_categories',
    'order_categories((select array_agg(id order by id) from known_category(null)))',
  ),
  forPlatformAdmins('archive_category', `archive_category(${quality})`),
  { name: 'list_tags', call: '(select count(*) from list_tags())', can: people({ away: 'yes' }) },
  forPlatformAdmins('save_tag', `save_tag('fresh', '{"name_en": "Fresh", "name_ar": "طازج"}')`),
  forPlatformAdmins('retire_tag', `retire_tag('casting')`),
  forPlatformAdmins('merge_tags', `merge_tags('casting', 'pumps')`),
  forItsKeepers("edit_topic (Ada's, for the community)", `edit_topic(${community}, 'Another title')`),
  {
    name: "edit_topic (Ada's, for her organization)",
    call: `edit_topic(${company}, 'Another title')`,
    can: { ...people({ here: 'not_allowed' }), admin: 'yes', ...outOfSight },
  },
  {
    name: "edit_topic (who may read Ada's)",
    call: `edit_topic(${community}, visibility => 'organization')`,
    can: { ...people({ here: 'not_allowed' }), admin: 'yes' },
  },
  forItsKeepers("move_topic (Ada's, for the community)", `move_topic(${community}, 'energy')`),
  forModerators("pin_topic (Ada's, for the community)", `pin_topic(${community}, 'forum')`),
  forModerators("pin_topic (Ada's, for her organization)", `pin_topic(${company}, 'forum')`, 'not_found'),
  forModerators("lock_topic (Ada's, for the community)", `lock_topic(${community})`),
  forModerators("lock_topic (Ada's, for her organization)", `lock_topic(${company})`, 'not_found'),
  forItsKeepers(
    "delete_topic (Ada's, for the community)",
    `delete_topic(${community}, 'A reason that says enough')`,
  ),
  {
    name: "delete_topic (Ada's, for her organization)",
    call: `delete_topic(${company}, 'A reason that says enough')`,
    can: { ...people({ here: 'not_allowed' }), admin: 'yes', ...outOfSight },
  },
  { name: 'restore_topic (one that is there)', call: `restore_topic(${community})`, can: people({}) },
  {
    name: "restore_topic (Ada's, for her organization)",
    call: `restore_topic(${company})`,
    can: { ...people({}), ...outOfSight },
  },
  { name: 'list_deleted_topics', call: 'list_deleted_topics()', can: people({}) },
  { name: 'save_draft', call: `save_draft('topic', '{}')`, can: { ...people({}), admin: 'draft_changed' } },
  { name: 'list_drafts', call: 'list_drafts()', can: people({}) },
  { name: 'discard_draft', call: `discard_draft('topic')`, can: people({}) },
]
