import { type FunctionRule, people, privateTable, type TableRule } from './words.ts'

const ada = "(select known.person('ada'))"

export const tableRules: TableRule[] = [
  {
    table: 'public.notifications',
    row: "Ada's",
    where: `user_id = ${ada}`,
    set: 'read_at = now()',
    values: `(user_id, kind, thread) values (${ada}, 'reply', 'topic:' || gen_random_uuid())`,
    can: { admin: 'r' },
  },
  {
    table: 'public.notification_events',
    row: "of Ada's notices",
    where: `user_id = ${ada}`,
    set: 'place = 7',
    values: `(notification_id, item_id, user_id) values (gen_random_uuid(), gen_random_uuid(), ${ada})`,
    can: { admin: 'r' },
  },
  {
    table: 'public.notification_preferences',
    row: "Ada's",
    where: `user_id = ${ada}`,
    set: "email = 'none'",
    values: `(user_id, kind, in_app, email) values (${ada}, 'quote', true, 'none')`,
    can: { admin: 'r' },
  },
  {
    table: 'public.digest_times',
    row: "Ada's",
    where: `user_id = ${ada}`,
    set: 'hour = 7',
    values: `(user_id, hour, weekday) values (known.person('bob'), 7, 0)`,
    can: { admin: 'r' },
  },
  privateTable('notification_mails', 'sent_at = now()'),
  privateTable('unsubscribe_tokens', 'made_at = now()'),
]

export const functionRules: FunctionRule[] = [
  { name: 'list_notifications', call: 'list_notifications()', can: people({}) },
  { name: 'unread_notifications', call: 'unread_notifications()', can: people({}) },
  { name: 'mark_notifications_read', call: 'mark_notifications_read()', can: people({}) },
  { name: 'my_notification_settings', call: 'my_notification_settings()', can: people({}) },
  {
    name: 'set_notification_preference',
    call: `set_notification_preference('reply', true, 'daily')`,
    can: people({}),
  },
  { name: 'set_digest_time', call: 'set_digest_time(7, 0)', can: people({}) },
  {
    name: 'read_unsubscribe_link',
    call: `read_unsubscribe_link('guessed', '203.0.113.7')`,
    can: { service: 'yes' },
  },
  { name: 'unsubscribe', call: `unsubscribe('guessed', true, '203.0.113.7')`, can: { service: 'yes' } },
]
