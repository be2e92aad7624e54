import { renderJSONContentToReactElement } from '@tiptap/static-renderer/json/react'
import { memo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { firstNumber, headingLevels, isAllowedLink } from './allowed.ts'
import { type DocumentMark, DocumentNode } from './document.ts'
import styles from './rich-text.module.css'

type NodeProps = { node: DocumentNode; parent?: DocumentNode; children?: ReactNode }
type MarkProps = { mark: { attrs?: Record<string, unknown> }; children?: ReactNode }

// A block takes its direction from its own first letter. Inside a list item or a quotation the whole item turns, with
// its marker or bar; the blocks in it align themselves by `unicode-bidi: plaintext` in the style sheet.
const ownDirection = (parent?: DocumentNode) => (parent?.type === 'doc' ? { dir: 'auto' } : {})

function Heading({ node, parent, children }: NodeProps) {
  const level = headingLevels.find((allowed) => allowed === node.attrs?.level) ?? headingLevels[0]
  const Tag = `h${level}` as const
  return <Tag {...ownDirection(parent)}>{children}</Tag>
}

function Anchor({ mark, children }: MarkProps) {
  const href = mark.attrs?.href
  if (!isAllowedLink(href)) return children
  return (
    <a href={href} rel="noopener noreferrer nofollow ugc" target="_blank">
      {children}
    </a>
  )
}

// A node that calls itself "constructor" must find nothing.
const table = <T,>(entries: Record<string, T>): Record<string, T> =>
  Object.assign(Object.create(null), entries)

/** Every node a post can contain and how it is shown. What is not here shows its text alone. */
export const nodes = table<(props: NodeProps) => ReactNode>({
  doc: ({ children }) => children,
  paragraph: ({ parent, children }) => <p {...ownDirection(parent)}>{children}</p>,
  heading: Heading,
  bulletList: ({ children }) => <ul>{children}</ul>,
  orderedList: ({ node, children }) => <ol start={firstNumber(node.attrs?.start)}>{children}</ol>,
  listItem: ({ children }) => <li dir="auto">{children}</li>,
  blockquote: ({ children }) => <blockquote dir="auto">{children}</blockquote>,
  // Code reads from left to right in every language.
  codeBlock: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide block must be reachable to be scrolled by keyboard
    <pre dir="ltr" tabIndex={0}>
      <code>{children}</code>
    </pre>
  ),
  horizontalRule: () => <hr />,
  hardBreak: () => <br />,
  text: ({ node }) => node.text,
})

export const marks = table<(props: MarkProps) => ReactNode>({
  bold: ({ children }) => <strong>{children}</strong>,
  italic: ({ children }) => <em>{children}</em>,
  strike: ({ children }) => <s>{children}</s>,
  code: ({ children }) => <code dir="ltr">{children}</code>,
  link: Anchor,
})

const bare = ({ children }: { children?: ReactNode }) => children

const render = renderJSONContentToReactElement<DocumentMark, DocumentNode>({
  nodeMapping: nodes,
  markMapping: marks,
  unhandledNode: bare,
  unhandledMark: bare,
})

/** Shows a stored document. No HTML is made or read on the way: a node without an entry above has no element. */
export const RichText = memo(function RichText({ document }: { document: unknown }) {
  const { t } = useTranslation()
  const parsed = DocumentNode.safeParse(document)
  if (!parsed.success) return <p className={styles.unreadable}>{t('ui.unreadable')}</p>
  return <div className={styles.text}>{render({ content: parsed.data })}</div>
})
