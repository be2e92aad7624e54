import { readFile } from 'node:fs/promises'
import type { Locale } from '@p2p/contracts'
import { Liquid } from 'liquidjs'
import mjml2html from 'mjml'
import { authMails } from './words/auth.ts'
import { authNotices } from './words/auth-notices.ts'
import { ownMails } from './words/own.ts'
import type { MailWords, Words } from './words.ts'

/*
 * Made while building, not while sending: MJML is large and slow, and what goes out can be read in review. The layout
 * is filled with square brackets, so that the curly ones come through for whoever sends the mail.
 */
const builder = new Liquid({
  outputDelimiterLeft: '[[',
  outputDelimiterRight: ']]',
  tagDelimiterLeft: '[%',
  tagDelimiterRight: '%]',
  strictVariables: true,
})
const layout = new URL('./layout.mjml', import.meta.url)

const fallback: Record<Locale, string> = {
  en: 'The button does not work? Open this address:',
  ar: 'لا يعمل الزر؟ افتح هذا العنوان:',
}

// A name in the other script must not reorder the words around it.
const isolate = (text: string) => text.replace(/\{\{[^}]+\}\}/g, '<bdi>$&</bdi>')

async function toHtml(words: Words, locale: Locale): Promise<string> {
  const filled = await builder.parseAndRender(await readFile(layout, 'utf8'), {
    locale,
    dir: locale === 'ar' ? 'rtl' : 'ltr',
    start: locale === 'ar' ? 'right' : 'left',
    line: locale === 'ar' ? '1.75' : '1.6',
    subject: words.subject,
    preview: words.preview,
    heading: isolate(words.heading),
    paragraphs: words.paragraphs.map(isolate),
    quote: words.quote ? { ...words.quote, lead: isolate(words.quote.lead) } : null,
    list: words.list ?? null,
    leave: words.leave ? { ...words.leave, url: words.leave.url.replaceAll('&', '&amp;') } : null,
    label: words.action.label,
    url: words.action.url.replaceAll('&', '&amp;'),
    reason: isolate(words.reason),
    fallback: fallback[locale],
  })
  const { html, errors } = await mjml2html(filled, { validationLevel: 'strict' })
  if (errors.length) throw new Error(errors.map((error) => error.formattedMessage).join('\n'))
  // MJML leaves its own scaffolding as empty lines.
  return `${html.replace(/\n\s*\n+/g, '\n').trim()}\n`
}

function toText({ heading, paragraphs, quote, list, action, reason, leave }: Words): string {
  const quoted = quote
    ? [`{% if ${quote.value} != "" %}${quote.lead}\n{{ ${quote.value} | quote }}{% endif %}`]
    : []
  const listed = list
    ? [`{% for entry in ${list} %}{{ entry.title }}\n{{ entry.words }}\n{{ entry.url }}\n\n{% endfor %}`]
    : []
  const small = leave ? `${reason}\n\n${leave.label}:\n${leave.url}` : reason
  const parts = [
    heading,
    ...paragraphs,
    ...quoted,
    ...listed,
    `${action.label}:\n${action.url}`,
    `-- \n${small}`,
  ]
  return `${parts.join('\n\n')}\n`
}

async function ownMail(name: string, mail: MailWords): Promise<[string, string][]> {
  const files = (['ar', 'en'] as const).map(
    async (locale): Promise<[string, string][]> => [
      [`packages/worker/src/mail/compiled/${name}.${locale}.html`, await toHtml(mail[locale], locale)],
      [`packages/worker/src/mail/compiled/${name}.${locale}.txt`, toText(mail[locale])],
      [`packages/worker/src/mail/compiled/${name}.${locale}.subject.txt`, `${mail[locale].subject}\n`],
    ],
  )
  return (await Promise.all(files)).flat()
}

// Auth knows one template a mail: it holds both languages and chooses by what the person said at signup.
async function authMail(name: string, mail: MailWords): Promise<[string, string]> {
  const [ar, en] = [await toHtml(mail.ar, 'ar'), await toHtml(mail.en, 'en')]
  return [`supabase/templates/${name}.html`, `{{ if eq .Data.locale "ar" }}${ar}{{ else }}${en}{{ end }}\n`]
}

/** Every file made from the words, by its path in the repository. */
export async function compileMails(): Promise<Map<string, string>> {
  const own = Object.entries<MailWords>(ownMails).map(([name, mail]) => ownMail(name, mail))
  const auth = Object.entries<MailWords>({ ...authMails, ...authNotices }).map(([name, mail]) =>
    authMail(name, mail),
  )
  return new Map([...(await Promise.all(own)).flat(), ...(await Promise.all(auth))])
}

/** The subject of each of Auth's mails by its section in config.toml, as it stands there: both languages in one line. */
export const authSubjects = (): Record<string, string> => ({
  ...subjectsOf('template', authMails),
  ...subjectsOf('notification', authNotices),
})

const subjectsOf = (kind: string, mails: Record<string, MailWords>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(mails).map(([name, { ar, en }]) => [
      `${kind}.${name}`,
      `{{ if eq .Data.locale "ar" }}${ar.subject}{{ else }}${en.subject}{{ end }}`,
    ]),
  )
