import type { Random } from 'fast-check'
import { chance, type Json, pick } from './grammar.ts'

const values: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1,
  1.5,
  2,
  5,
  21,
  51,
  10_000,
  100_000,
  1e12,
  '',
  '2',
  'null',
  '"',
  [],
  [1, 'x'],
  [1.5],
  {},
  { type: 'text' },
  'x'.repeat(161),
  'x'.repeat(256),
  'x'.repeat(301),
  '\u0000',
  '\ud800',
  '00000000-0000-4000-8000-00000000000G',
  '00000000-0000-4000-8000-000000000001\n',
  'A3BB189E-8BF9-3888-9912-ACE4E6543002',
  'https://example.com',
]
const addresses: readonly unknown[] = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  ' https://example.com',
  'https://exam ple.com',
  'https://a.example/"onclick=x',
  'https://a.example/\u00a0',
  'https://a.example/\u2003x',
  'https://a.example/\ufeff',
  'https://a.example/\u0085',
  'https://a.example/\u200b',
  'https://a.example/\u2028',
  'https://a.example/\u3000',
  'httpſ://a.example',
  'https://',
  'mailto:',
  'data:text/html,x',
  'vbscript:x',
  'file:///etc/passwd',
  '//a.example',
  '/a',
  `https://a.example/${'a'.repeat(2031)}`,
  `https://a.example/${'😀'.repeat(1025)}`,
]
const types: readonly unknown[] = [
  'doc',
  'paragraph',
  'heading',
  'text',
  'hardBreak',
  'bulletList',
  'listItem',
  'blockquote',
  'codeBlock',
  'table',
  'tableRow',
  'tableCell',
  'tableHeader',
  'mention',
  'image',
  'attachment',
  'script',
  'html',
  'constructor',
  '__proto__',
  'underline',
  ' paragraph',
  'Paragraph',
  '',
  null,
  5,
  ['paragraph'],
]
const attributeNames = [
  'level',
  'start',
  'language',
  'post',
  'author',
  'id',
  'label',
  'file',
  'alt',
  'width',
  'name',
  'size',
  'type',
  'colspan',
  'rowspan',
  'colwidth',
  'href',
  'style',
  'class',
  'onclick',
  'src',
  'dir',
]
const markNames = [
  'bold',
  'italic',
  'strike',
  'code',
  'link',
  'underline',
  'highlight',
  'bold italic',
  'linkbold',
]

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const objectsIn = (node: Json): Json[] => [
  node,
  ...(Array.isArray(node.content) ? node.content.filter(isObject).flatMap(objectsIn) : []),
]

// Its own copy each time, so that no later change puts a document into itself.
const value = (random: Random): unknown => structuredClone(pick(random, values))

const mark = (random: Random): unknown =>
  chance(random, 10)
    ? value(random)
    : {
        type: pick(random, markNames),
        ...(chance(random, 40) && { attrs: { href: pick(random, addresses) } }),
      }

/** What breaks a node of a document, or only nearly does. */
const mutations: readonly ((random: Random, node: Json, all: readonly Json[]) => void)[] = [
  (random, node) => Object.assign(node, { type: pick(random, types) }),
  (random, node) =>
    Object.assign(node, {
      attrs: { ...(isObject(node.attrs) && node.attrs), [pick(random, attributeNames)]: value(random) },
    }),
  (random, node) => {
    if (isObject(node.attrs)) node.attrs[pick(random, [...Object.keys(node.attrs), 'x'])] = value(random)
  },
  (random, node) => {
    if (isObject(node.attrs)) delete node.attrs[pick(random, attributeNames)]
  },
  (random, node) => Object.assign(node, { attrs: value(random) }),
  (_, node) => void delete node.attrs,
  (random, node) => Object.assign(node, { content: value(random) }),
  (_, node) => void delete node.content,
  (random, node) => Object.assign(node, { text: value(random) }),
  (_, node) => void delete node.text,
  (random, node) => Object.assign(node, { [pick(random, ['dir', 'onload', 'html', 'id'])]: value(random) }),
  (random, node) => Object.assign(node, { marks: value(random) }),
  (random, node) =>
    Object.assign(node, { marks: [mark(random), ...(chance(random, 50) ? [mark(random)] : [])] }),
  (_, node) => {
    if (Array.isArray(node.marks)) node.marks.reverse()
  },
  (_, node) => {
    if (Array.isArray(node.marks)) node.marks.push(...node.marks)
  },
  (random, node) =>
    Object.assign(node, {
      marks: [{ type: 'link', attrs: { href: pick(random, [...addresses, ...values]) } }],
    }),
  // One of its own nodes in a place of another.
  (random, node, all) => {
    const content = Array.isArray(node.content) ? node.content : []
    node.content = content.toSpliced(
      random.nextInt(0, content.length),
      chance(random, 50) ? 1 : 0,
      pick(random, all),
    )
  },
  (random, node) => {
    if (Array.isArray(node.content)) node.content.splice(0, 0, value(random))
  },
  // Many of the same: beyond every count there is.
  (random, node) => {
    if (Array.isArray(node.content) && node.content.length > 0) {
      const one: unknown = node.content[0]
      node.content = Array.from({ length: pick(random, [20, 21, 50, 51]) }, () => one)
    }
  },
  // Deep.
  (random, node) => {
    let inner: Json = { type: 'paragraph' }
    for (let level = random.nextInt(15, 30); level > 0; level--)
      inner = { type: 'blockquote', content: [inner] }
    if (Array.isArray(node.content)) node.content.push(inner)
  },
]

/** The document with one or two changes at places of chance; it may still be a fine one. */
export function mutate(random: Random, document: Json): unknown {
  if (chance(random, 1)) return value(random)
  const copy: Json = structuredClone(document)
  // About as large as a document may be, and seldom: such a one takes long.
  if (random.nextInt(1, 2000) === 1) {
    const text = 'x'.repeat(random.nextInt(99_850, 100_000))
    return { type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] }
  }
  for (let times = random.nextInt(1, 2); times > 0; times--) {
    const all = objectsIn(copy)
    // A copy, so that no node comes to hold itself.
    pick(random, mutations)(random, pick(random, all), structuredClone(all))
  }
  return copy
}
