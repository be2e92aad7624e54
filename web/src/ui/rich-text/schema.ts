import type { Extensions } from '@tiptap/core'
import { Link } from '@tiptap/extension-link'
import { OrderedList } from '@tiptap/extension-list'
import StarterKit from '@tiptap/starter-kit'
import { firstNumber, headingLevels, isAllowedLink } from './allowed.ts'

// The database validates the same allow-list and refuses every attribute beside it. So a link is stored as its
// address alone, and a numbered list as its first number alone.
const PlainLink = Link.extend({
  addAttributes: () => ({ href: { default: null } }),
})

const PlainOrderedList = OrderedList.extend({
  addAttributes: () => ({
    start: { default: 1, parseHTML: (element: HTMLElement) => firstNumber(element.getAttribute('start')) },
  }),
})

/**
 * What a post can contain. A test holds it against the renderer's table (`rich-text.tsx`); the database's
 * validator is held against the same list.
 */
export const schemaExtensions: Extensions = [
  StarterKit.configure({
    heading: { levels: [...headingLevels] },
    // A pasted class name must not become a stored language that the database refuses.
    codeBlock: { languageClassPrefix: null },
    underline: false,
    orderedList: false,
    link: false,
    trailingNode: false,
  }),
  PlainOrderedList,
  PlainLink.configure({
    openOnClick: false,
    defaultProtocol: 'https',
    protocols: ['http', 'https', 'mailto'],
    HTMLAttributes: { rel: null, target: null, class: null },
    isAllowedUri: isAllowedLink,
  }),
]
