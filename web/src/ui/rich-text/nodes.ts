import { Node } from '@tiptap/core'
import { Blockquote } from '@tiptap/extension-blockquote'
import { CodeBlock } from '@tiptap/extension-code-block'
import { Heading } from '@tiptap/extension-heading'
import { Link } from '@tiptap/extension-link'
import { OrderedList } from '@tiptap/extension-list'
import {
  firstNumber,
  headingLevels,
  isAllowedLink,
  isFirstNumber,
  isHeadingLevel,
  isId,
  isLanguage,
  isPersonLabel,
  isStorableLink,
  must,
  orNull,
} from './allowed.ts'

// The database validates the same allow-list and refuses every attribute beside it. So a link is stored as its
// address alone, and a numbered list as its first number alone.

// A table stands in the text, never in a quotation, a list or another table: on a phone nobody could read it there.
const Document = Node.create({ name: 'doc', topNode: true, content: '(block | table)+' })

const PlainHeading = Heading.extend({
  addAttributes: () => ({ level: { default: 1, rendered: false, validate: must(isHeadingLevel) } }),
})

const PlainLink = Link.extend({
  addAttributes: () => ({ href: { default: null, validate: must(isStorableLink) } }),
})

const PlainOrderedList = OrderedList.extend({
  addAttributes: () => ({
    start: {
      default: 1,
      validate: must(isFirstNumber),
      parseHTML: (element: HTMLElement) => firstNumber(element.getAttribute('start')),
    },
  }),
})

// A pasted class name must not become a stored language that the database refuses.
const PlainCodeBlock = CodeBlock.extend({
  addAttributes: () => ({
    language: { default: null, rendered: false, validate: must(isLanguage), parseHTML: () => null },
  }),
})

const fitting = <T>(value: unknown, fits: (value: unknown) => value is T): T | null =>
  fits(value) ? value : null

/** A quotation may name the post it is from and who wrote that. */
const Quote = Blockquote.extend({
  addAttributes: () => ({
    post: {
      default: null,
      validate: must(orNull(isId)),
      parseHTML: (element: HTMLElement) => fitting(element.dataset.post, isId),
      renderHTML: ({ post }) => (post ? { 'data-post': post } : {}),
    },
    author: {
      default: null,
      validate: must(orNull(isPersonLabel)),
      parseHTML: (element: HTMLElement) => fitting(element.dataset.author, isPersonLabel),
      renderHTML: ({ author }) => (author ? { 'data-author': author } : {}),
    },
  }),
})

/** Somebody who is named; `label` is what they were called then. */
const Mention = Node.create({
  name: 'mention',
  group: 'inline',
  inline: true,
  atom: true,
  selectable: false,
  addAttributes: () => ({
    id: { isRequired: true, rendered: false, validate: must(isId) },
    label: { isRequired: true, rendered: false, validate: must(isPersonLabel) },
  }),
  parseHTML: () => [
    {
      tag: 'span[data-mention]',
      getAttrs: ({ dataset: { mention, label } }) =>
        isId(mention) && isPersonLabel(label) ? { id: mention, label } : false,
    },
  ],
  // Isolated, so that a name keeps its own direction amid the other script.
  renderHTML: ({ node: { attrs } }) => [
    'span',
    { 'data-mention': attrs.id, 'data-label': attrs.label },
    ['bdi', `@${attrs.label}`],
  ],
  renderText: ({ node }) => `@${node.attrs.label}`,
})

export const textNodes = [
  Document,
  PlainHeading.configure({ levels: [...headingLevels] }),
  PlainOrderedList,
  PlainCodeBlock,
  Quote,
  Mention,
  PlainLink.configure({
    openOnClick: false,
    defaultProtocol: 'https',
    protocols: ['http', 'https', 'mailto'],
    HTMLAttributes: { rel: null, target: null, class: null },
    isAllowedUri: isAllowedLink,
  }),
]
