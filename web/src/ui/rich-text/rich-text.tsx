import { renderJSONContentToReactElement } from '@tiptap/static-renderer/json/react'
import { memo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import {
  firstNumber,
  headingLevels,
  isAllowedLink,
  isColumnSpan,
  isId,
  isPersonLabel,
  isRowSpan,
} from './allowed.ts'
import { type DocumentMark, DocumentNode, isBlank } from './document.ts'
import { DocumentAttachment, DocumentImage } from './file-parts.tsx'
import { type DocumentLinks, Links, useLinks } from './links.ts'
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

function Quote({ node, children }: NodeProps) {
  const { t } = useTranslation()
  const { quote } = useLinks()
  const quotation = <blockquote dir="auto">{children}</blockquote>
  const { post, author } = node.attrs ?? {}
  if (!isPersonLabel(author)) return quotation
  // The name between marks of isolation: the sentence around it may be of the other script.
  const words = t('ui.quoted', { name: `\u2068${author}\u2069` })
  return (
    <figure className={styles.quote}>
      <figcaption>{isId(post) && quote ? quote(post, words) : words}</figcaption>
      {quotation}
    </figure>
  )
}

function Mention({ node }: NodeProps) {
  const { mention } = useLinks()
  const { id, label } = node.attrs ?? {}
  if (!isPersonLabel(label)) return null
  const name = <bdi>@{label}</bdi>
  return <span className={styles.mention}>{isId(id) && mention ? mention(id, name) : name}</span>
}

function Table({ children }: NodeProps) {
  const { t } = useTranslation()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table must be reachable to be scrolled by keyboard
    <div className={styles.table} role="group" aria-label={t('ui.table')} dir="auto" tabIndex={0}>
      <table>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}

function Cell({ node, children }: NodeProps) {
  // A heading that says nothing is a corner, and to a screen reader a riddle.
  const Tag = node.type === 'tableHeader' && !isBlank(node) ? 'th' : 'td'
  const { colspan, rowspan } = node.attrs ?? {}
  return (
    <Tag
      dir="auto"
      {...(isColumnSpan(colspan) && colspan > 1 && { colSpan: colspan })}
      {...(isRowSpan(rowspan) && rowspan > 1 && { rowSpan: rowspan })}
    >
      {children}
    </Tag>
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
  blockquote: Quote,
  // Code reads from left to right in every language.
  codeBlock: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide block must be reachable to be scrolled by keyboard
    <pre dir="ltr" tabIndex={0}>
      <code>{children}</code>
    </pre>
  ),
  horizontalRule: () => <hr />,
  hardBreak: () => <br />,
  mention: Mention,
  table: Table,
  tableRow: ({ children }) => <tr>{children}</tr>,
  tableCell: Cell,
  tableHeader: Cell,
  image: ({ node }) => (
    <figure>
      <DocumentImage attrs={node.attrs} />
    </figure>
  ),
  attachment: ({ node }) => <DocumentAttachment attrs={node.attrs} />,
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

type Props = {
  document: unknown
  /** The same object each time, or all documents are drawn anew. */
  links?: DocumentLinks
}

/** Shows a stored document. No HTML is made or read on the way: a node without an entry above has no element. */
export const RichText = memo(function RichText({ document, links }: Props) {
  const { t } = useTranslation()
  const parsed = DocumentNode.safeParse(document)
  if (!parsed.success) return <p className={styles.unreadable}>{t('ui.unreadable')}</p>
  const text = <div className={styles.text}>{render({ content: parsed.data })}</div>
  return links ? <Links value={links}>{text}</Links> : text
})
