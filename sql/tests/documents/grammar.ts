import type { ContentMatch, MarkType, NodeType, Schema } from '@tiptap/pm/model'
import type { Random } from 'fast-check'

export type Json = { [key: string]: unknown }

export const pick = <T>(random: Random, from: readonly T[]): T => {
  const chosen = from[random.nextInt(0, from.length - 1)]
  if (chosen === undefined) throw new Error('There is nothing to choose from.')
  return chosen
}
export const chance = (random: Random, percent: number) => random.nextInt(1, 100) <= percent

const ids = ['00000000-0000-4000-8000-000000000001', 'a3bb189e-8bf9-3888-9912-ace4e6543002']
const names = ['Ada Lovelace', 'عمر الفاروق', 'x', '😀'.repeat(160)]
const words = [
  'word',
  'كلمة',
  ' ',
  'a\u202eb\u2066c',
  '👩🏽‍🏭',
  '"quoted" \\ back',
  'line\nbreak\ttab',
  '\u2028',
  '\u0001',
]
const links = [
  'https://example.com/a?b=c#d',
  'HTTP://EXAMPLE.com',
  'mailto:ada@ada.example',
  'https://مثال.السعودية',
  'https://a.example/%%%',
  `https://a.example/${'a'.repeat(2030)}`,
]

/** Values that fit, by the node or mark and the attribute; the schema says which there are. */
const fitting: Record<string, readonly unknown[]> = {
  'heading.level': [2, 3, 4],
  'orderedList.start': [1, 0, 7, 9999],
  'codeBlock.language': [null, 'ts', 'c++', ''],
  'blockquote.post': [null, ...ids],
  'blockquote.author': [null, ...names],
  'mention.id': ids,
  'mention.label': names,
  'image.file': ids,
  'image.alt': ['', 'A pump', 'مضخة', 'a'.repeat(300)],
  'image.width': [null, 1, 640, 99_999],
  'image.height': [null, 1, 480, 99_999],
  'attachment.file': ids,
  'attachment.name': ['plan.pdf', 'مخطط.pdf', 'n'.repeat(255)],
  'attachment.size': [0, 1, 999_999_999_999],
  'attachment.type': ['application/pdf', 'image/svg+xml', 'application/vnd.ms-excel'],
  'link.href': links,
}
for (const cell of ['tableCell', 'tableHeader']) {
  fitting[`${cell}.colspan`] = [1, 1, 1, 2, 20]
  fitting[`${cell}.rowspan`] = [1, 1, 2, 50]
  fitting[`${cell}.colwidth`] = [null, null, [0], [100, 9999]]
}

/** Attributes that fit; one with a default is sometimes left out, as other writers of documents may do. */
function attributes(random: Random, { name, spec }: NodeType | MarkType): Json | null {
  const given: Json = {}
  for (const [attribute, { default: initial }] of Object.entries(spec.attrs ?? {})) {
    const values = fitting[`${name}.${attribute}`]
    if (!values) throw new Error(`Say in grammar.ts what fits ${name}.${attribute}.`)
    const needed = initial === undefined || name === 'heading' || name === 'link'
    if (needed || chance(random, 80)) given[attribute] = pick(random, values)
  }
  return Object.keys(given).length > 0 || chance(random, 3) ? given : null
}

function marks(random: Random, schema: Schema): Json[] {
  const types = Object.values(schema.marks)
  if (chance(random, 20)) return [{ type: 'code' }]
  return types
    .filter((type) => type.name !== 'code' && chance(random, 40))
    .map((type) => ({ type: type.name, ...withAttributes(random, type) }))
}

const withAttributes = (random: Random, type: NodeType | MarkType) => {
  const attrs = attributes(random, type)
  return attrs && { attrs }
}

/** A node as the schema's own grammar makes it, as deep as is left. */
export function grow(random: Random, type: NodeType, left: number): Json {
  const { schema } = type
  if (type.isText) return { type: 'text', text: pick(random, words) }
  const node: Json = { type: type.name, ...withAttributes(random, type) }
  if (type.isLeaf) return node
  const content = children(random, type.contentMatch, left)
  for (const child of content) {
    if (!type.inlineContent || type.spec.marks === '' || chance(random, 65)) continue
    const set = marks(random, schema)
    if (set.length > 0 || chance(random, 3)) child.marks = set
  }
  if (content.length > 0 || chance(random, 50)) node.content = content
  return node
}

function children(random: Random, start: ContentMatch, left: number): Json[] {
  const made: Json[] = []
  let match = start
  const most = random.nextInt(1, 2)
  while (made.length < most || !match.validEnd) {
    const types = Array.from({ length: match.edgeCount }, (_, edge) => match.edge(edge).type)
    if (types.length === 0) break
    // At the end of its depth a node takes the plainest child, which the schema lists first.
    const type = left > 0 ? pick(random, types) : (match.defaultType ?? pick(random, types))
    made.push(grow(random, type, left - 1))
    match = match.matchType(type) ?? match
    if (left <= 0) break
  }
  return made
}
