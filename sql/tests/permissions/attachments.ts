import { reading, type TableRule } from './words.ts'

export const tableRules: TableRule[] = [
  {
    table: 'public.post_files',
    row: "Of Ada's post for the community",
    where: "topic_id = (select id from known_topic('community'))",
    set: 'size = 1',
    values:
      "(file_id, post_id, topic_id, content_type, size, renditions) select gen_random_uuid(), id, topic_id, 'model/step', 1, '[]' from known_post('community')",
    can: reading,
  },
  {
    table: 'public.post_files',
    row: "Of Ada's post for her organization",
    where: "topic_id = (select id from known_topic('organization'))",
    set: 'size = 1',
    values:
      "(file_id, post_id, topic_id, content_type, size, renditions) select gen_random_uuid(), id, topic_id, 'model/step', 1, '[]' from known_post('organization')",
    can: { member: 'r', admin: 'r' },
  },
]
