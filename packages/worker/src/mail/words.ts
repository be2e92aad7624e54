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
  action: { label: string; url: string }
  /** In small print below the line: why this mail came. */
  reason: string
}

export type MailWords = Record<Locale, Words>
