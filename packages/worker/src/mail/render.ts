import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Locale } from '@p2p/contracts'
import { Liquid } from 'liquidjs'
import type { OwnMail } from './words/own.ts'

const root = fileURLToPath(new URL('./compiled/', import.meta.url))

// Bounds, because one day an admin may edit a template: a loop that does not end must not take the worker with it.
const limits = { parseLimit: 1e5, renderLimit: 1_000, memoryLimit: 1e7 }
const strict = { strictVariables: true, ownPropertyOnly: true, ...limits }
const html = new Liquid({ ...strict, outputEscape: 'escape' })
const plain = new Liquid(strict)
// Every line of it: a message must not be able to pass for ours below it.
plain.registerFilter('quote', (text: string) => text.replace(/^/gm, '> '))

const read = (name: string) => readFile(`${root}${name}`, 'utf8')

/** What a mail is filled with: texts, and lists of entries. */
export type MailValues = Record<string, string | readonly Record<'url' | 'title' | 'words', string>[]>

/** Fills a compiled mail. A value the template names and `values` lacks is an error, never a gap. */
export async function renderMail(
  name: OwnMail,
  locale: Locale,
  values: MailValues,
): Promise<{ locale: Locale; subject: string; html: string; text: string }> {
  const file = `${name}.${locale}`
  return {
    locale,
    subject: (await plain.parseAndRender(await read(`${file}.subject.txt`), values))
      .replace(/\s+/g, ' ')
      .trim(),
    html: await html.parseAndRender(await read(`${file}.html`), values),
    text: await plain.parseAndRender(await read(`${file}.txt`), values),
  }
}
