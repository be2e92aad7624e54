import { type Db, paragraphs } from '@p2p/database/testing'
import { secret, type World } from './world.ts'

export type Fn = { name: string; isWriting: boolean; args: { name: string; type: string }[] }

export async function functionsOf(db: Db): Promise<Fn[]> {
  const { rows } = await db.client.query(`
    select proname as name, provolatile = 'v' as "isWriting", (
      select coalesce(jsonb_agg(jsonb_build_object('name', proargnames[place], 'type', format_type(type, null)) order by place), '[]')
      from unnest(proargtypes) with ordinality as args (type, place)) as args
    from pg_proc where pronamespace = 'public'::regnamespace and prokind = 'f' and prorettype <> 'trigger'::regtype
    order by proname`)
  return rows
}

const nothing = null
const huge = 'x'.repeat(100_000)
const deep = `${'['.repeat(3_000)}${']'.repeat(3_000)}`

const rubbish = [
  '',
  ' ',
  '%',
  '_',
  '\\',
  "'; drop table public.profiles; --",
  '$$',
  '{}',
  '[[[',
  '*(',
  '\u202Eevil',
  '\u0001',
  'ﷺ'.repeat(500),
  '../../x',
  '-1',
  'NaN',
  'null',
  `${secret}`,
  huge,
]

/** An object that claims every column there is, with what Eve would like to have. */
const greedy = (columns: string[], ids: string[]) => {
  const wish: Record<string, unknown> = {}
  for (const column of columns) wish[column] = column.endsWith('_id') || column === 'id' ? ids[0] : 'admin'
  return JSON.stringify({ ...wish, role: 'admin', status: 'active', is_admin: true, verified: true })
}

/** What Eve fills in for an argument of this type. `hers` are ids of Ada's. Fails for a type that Eve does not know. */
async function fillersFor(db: Db, type: string, { ids }: World): Promise<(string | null)[]> {
  const hers = Object.values(ids)
  const pairs = hers.map((id) => `{${id}}`)
  switch (type) {
    case 'uuid':
      return [...hers, nothing, 'ffffffff-ffff-4fff-bfff-ffffffffffff', 'rubbish']
    case 'text':
      return [...hers, ...rubbish, nothing]
    case 'jsonb': {
      const { rows } = await db.client.query(`
        select array_agg(distinct attname::text) as columns from pg_attribute join pg_class on pg_class.oid = attrelid
        where relnamespace in ('public'::regnamespace, 'private'::regnamespace) and attnum > 0 and relkind = 'r'`)
      const wish = greedy(rows[0].columns, hers)
      const lists = [[wish], [[]], [null], [{}], ['x'], [1]].map((list) => JSON.stringify(list))
      const values = ['null', '{}', '[]', '""', '0', 'true', '1e400', '{"type":"doc"}', JSON.stringify(huge)]
      return [...values, ...lists, `[${wish}]`, wish, deep, `{"a":${deep}}`, JSON.stringify(hers), nothing]
    }
    case 'boolean':
      return ['true', 'false', nothing]
    case 'smallint':
    case 'integer':
    case 'bigint':
      return ['0', '1', '-1', '101', '2147483647', '-2147483648', '9223372036854775807', '1e9', nothing]
    case 'numeric':
    case 'double precision':
      return ['0', '-1', 'NaN', 'Infinity', '1e300', nothing]
    case 'date':
    case 'timestamp with time zone':
      return ['infinity', '-infinity', 'epoch', '2026-01-01', '294000-01-01', 'yesterday', 'x', nothing]
    case 'interval':
      return ['0', '-1 day', '1000000 years', 'x', nothing]
    case 'uuid[]':
      return [...pairs, '{}', '{null}', `{${hers.join(',')}}`, '{rubbish}', nothing]
    case 'text[]':
      return [...pairs, '{}', '{null}', '{"%"}', `{${'x,'.repeat(2_000)}x}`, '{{a,b},{c,d}}', nothing]
    case 'inet':
      return ['127.0.0.1', '::1', '0.0.0.0/0', 'x', nothing]
    default:
      return [...(await labelsOf(db, type)), 'rubbish', nothing]
  }
}

async function labelsOf(db: Db, type: string): Promise<string[]> {
  const { rows } = await db.client.query<{ label: string; list: boolean }>(
    `select enumlabel as label, typelem <> 0 as list from pg_type
     join pg_enum on enumtypid in (pg_type.oid, pg_type.typelem) where pg_type.oid = $1::regtype`,
    [type],
  )
  if (rows.length === 0) throw new Error(`Eve does not know what to fill in for a ${type}.`)
  const labels = rows.map(({ label }) => label)
  return rows[0]?.list ? [...labels.map((label) => `{${label}}`), '{}', `{${labels.join(',')}}`] : labels
}

/**
 * What an honest caller would fill in where the first thing of the type would not do, by argument or by function and
 * argument. Every function must be answerable by somebody, or its refusals say nothing.
 */
const ordinaryValues = ({ ids, open, categories }: World): Record<string, string | null> => ({
  topic: ids['public.topics'] ?? null,
  post: ids['public.posts'] ?? null,
  parent: null,
  id: null,
  after: null,
  body: JSON.stringify(paragraphs('An honest answer')),
  title: 'An honest title',
  category: 'quality',
  documents: `{${ids['public.legal_documents'] ?? ''}}`,
  size: '20',
  purpose: 'avatar',
  content_type: 'image/png',
  bucket: 'signup.address',
  max_hits: '10',
  window_seconds: '60',
  invitation: ids['public.invitations'] ?? null,
  request: ids['public.join_requests'] ?? null,
  filters: '{}',
  sort: 'name',
  'list_topics.sort': 'activity',
  patch: '{"about": "Honest"}',
  expected: '1',
  queue: 'identity.send-welcome-mail',
  jobs: `{${ids.ada}}`,
  'moderation_case.id': '00000000-0000-4000-8000-0000000000c1',
  'decide_case.id': '00000000-0000-4000-8000-0000000000c1',
  'appeal.id': '00000000-0000-4000-8000-0000000000c2',
  'review_case.id': '00000000-0000-4000-8000-0000000000c3',
  'review_case.outcome': 'overturned',
  'review_case.note': 'An honest reason',
  'held_post.id': '00000000-0000-4000-8000-0000000000d2',
  'decide_held_post.id': '00000000-0000-4000-8000-0000000000d2',
  'withdraw_held_post.id': '00000000-0000-4000-8000-0000000000d2',
  'appeal.text': 'An honest appeal',
  'resend_verification.person': ids.unverified ?? null,
  'topic_page.sort': 'oldest',
  'edit_topic.title': 'An honest title',
  'edit_topic.visibility': 'organization',
  'edit_topic.tags': '{casting}',
  'edit_topic.template_answers': '{}',
  'pin_topic.topic': open,
  'pin_topic.until': null,
  'lock_topic.topic': open,
  'save_category.patch': '{"slug": "new", "name_en": "New", "name_ar": "جديد"}',
  'order_categories.ids': `{${categories.join(',')}}`,
  'save_tag.slug': 'fresh',
  'save_tag.patch': '{"name_en": "Fresh", "name_ar": "طازج"}',
  'save_tag.expected': null,
  'retire_tag.tag': 'casting',
  'merge_tags.from': 'casting',
  'merge_tags.into': 'pumps',
  'save_draft.key': 'topic',
  'save_draft.content': '{}',
  'save_draft.based_on': null,
})

/**
 * The calls Eve makes: each argument in turn takes all that it can, while the others keep an ordinary value; and all
 * uuids at once name the same thing of Ada's.
 */
export async function callsOf(db: Db, fn: Fn, world: World): Promise<(string | null)[][]> {
  const fillers: (string | null)[][] = []
  for (const { type } of fn.args) fillers.push(await fillersFor(db, type, world))
  const known = ordinaryValues(world)
  const ordinary = fn.args.map(({ name }, place) => {
    const value = known[`${fn.name}.${name}`] ?? known[name]
    return value === undefined ? (fillers[place]?.[0] ?? null) : value
  })
  const calls = [ordinary]
  for (const [place, values] of fillers.entries()) {
    for (const value of values) calls.push(ordinary.with(place, value))
  }
  for (const id of Object.values(world.ids)) {
    calls.push(ordinary.map((value, place) => (fn.args[place]?.type === 'uuid' ? id : value)))
  }
  calls.push(fn.args.map(() => null))
  const seen = new Set<string>()
  return calls.filter((call) => !seen.has(JSON.stringify(call)) && seen.add(JSON.stringify(call)))
}
