import type { Locale } from '@p2p/contracts'

/**
 * The words of one mail in one language. `{{ … }}` are filled when the mail is sent: by Liquid for the worker's own
 * mails, by Auth for its.
 */
export type Words = {
  subject: string
  /** What an inbox shows beside the subject. */
  preview: string
  heading: string
  paragraphs: readonly string[]
  /** A person's own words, shown as theirs below the paragraphs. Left out where the value is empty. */
  quote?: { lead: string; value: string }
  /** The name of a value that is a list: each of its entries has `url`, `title` and `words`. */
  list?: string
  action: { label: string; url: string }
  /** In small print below the line: why this mail came. */
  reason: string
  /** How to end mails like it, beside the reason. */
  leave?: { label: string; url: string }
}

export type MailWords = Record<Locale, Words>
