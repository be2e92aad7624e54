import { Table, TableCell, TableHeader, TableRow } from '@tiptap/extension-table'
import { isColumnSpan, isColumnWidths, isRowSpan, must } from './allowed.ts'

const span = (attribute: string, fits: (value: unknown) => boolean) => ({
  default: 1,
  validate: must(fits),
  parseHTML: (element: HTMLElement) => {
    const number = Number(element.getAttribute(attribute))
    return fits(number) ? number : 1
  },
})

const cellAttributes = () => ({
  colspan: span('colspan', isColumnSpan),
  rowspan: span('rowspan', isRowSpan),
  // Columns are as wide as their words: a pasted width is of another page.
  colwidth: { default: null, rendered: false, validate: must(isColumnWidths), parseHTML: () => null },
})

export const tableNodes = [
  Table.extend({
    group: 'table',
    // In its own box: a wide table scrolls there, never the page.
    renderHTML: () => ['div', { 'data-table': '' }, ['table', ['tbody', 0]]],
    // TipTap's own view is there to drag columns wider, and has no such box.
    addNodeView: null,
  }),
  TableRow,
  TableCell.extend({ addAttributes: cellAttributes }),
  TableHeader.extend({ addAttributes: cellAttributes }),
]
