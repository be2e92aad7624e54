import type { AuditEvent } from '@p2p/contracts'
import Papa from 'papaparse'

export type Column = { name: string; of: (event: AuditEvent) => string | number | null }

/**
 * Lines of a table. A spreadsheet takes what begins with = + - @ tab or return for a formula: such a text is written
 * behind an apostrophe (https://owasp.org/www-community/attacks/CSV_Injection).
 */
export const csvOf = (columns: readonly Column[], events: readonly AuditEvent[]): string =>
  events.length === 0
    ? ''
    : `${Papa.unparse(
        events.map((event) => columns.map((column) => column.of(event))),
        { escapeFormulae: true, newline: '\r\n' },
      )}\r\n`

/** The names of the columns, behind the mark by which a spreadsheet knows UTF-8. */
export const csvHead = (columns: readonly Column[]): string =>
  `\uFEFF${Papa.unparse([columns.map(({ name }) => name)], { escapeFormulae: true, newline: '\r\n' })}\r\n`
