import type { Locale } from '@p2p/contracts'
import type { MailValues } from '../../mail/render.ts'
import { nameIn } from '../invitations/name-in.ts'
import type { Notice, OwedMail } from './owed-mail.ts'
import { actionOf, heldLine, lineOf, summaryOf } from './phrases.ts'

const somebody: Record<Locale, string> = { en: 'Somebody', ar: 'أحد الأعضاء' }
const more: Record<Locale, string> = { en: 'and {n} more', ar: 'و{n} غيرها' }
const between: Record<Locale, string> = { en: ', ', ar: '، ' }

/** A digest names this many topics; the rest is counted, and waits in the centre. */
const most = 20

export const templateFor = ({ pace }: OwedMail) =>
  pace === 'at_once' ? 'notification' : 'notification-digest'

/** What fills the mail's words. */
export function valuesFor(
  mail: OwedMail,
  { siteUrl, token }: { siteUrl: string; token: string },
): MailValues {
  const shared = { site_url: siteUrl, token, first_name: mail.first_name }
  return {
    ...shared,
    ...(mail.pace === 'at_once' ? aboutOne(mail, siteUrl) : aboutMany(mail, mail.pace, siteUrl)),
  }
}

function aboutOne({ locale, notices: [notice] }: OwedMail, siteUrl: string): MailValues {
  return {
    line: lineFor(notice, locale),
    title: notice.title,
    writer: whoDid(notice, locale),
    excerpt: notice.excerpt ?? '',
    action: actionOf(locale, notice.kind),
    url: urlOf(notice, siteUrl),
  }
}

function aboutMany({ locale, notices }: OwedMail, pace: 'daily' | 'weekly', siteUrl: string): MailValues {
  const named = notices.slice(0, most)
  const rest = notices.length - named.length
  const entries = named.map((notice) => ({
    url: urlOf(notice, siteUrl),
    title: notice.title,
    words: lineFor(notice, locale),
  }))
  if (rest > 0) {
    entries.push({
      url: `${siteUrl}/notifications`,
      title: more[locale].replace('{n}', String(rest)),
      words: '',
    })
  }
  const topics = new Set(notices.map(({ topic_id }) => topic_id))
  return {
    summary: summaryOf(locale, pace, topics.size),
    titles: [...new Set(named.map(({ title }) => title))].slice(0, 3).join(between[locale]),
    entries,
  }
}

const lineFor = (notice: Notice, locale: Locale) =>
  notice.verdict === 'accepted' || notice.verdict === 'refused'
    ? heldLine[locale][notice.verdict]
    : lineOf(locale, { kind: notice.kind, count: notice.count, who: whoDid(notice, locale) })

function whoDid({ actors }: Notice, locale: Locale): string {
  const [first] = actors
  return (first && nameIn(locale, first)) ?? somebody[locale]
}

const urlOf = ({ topic_id, post_id, verdict }: Notice, siteUrl: string) =>
  verdict === 'case' || verdict === 'refused'
    ? `${siteUrl}/settings/standing`
    : `${siteUrl}/forum/topics/${topic_id}${post_id ? `#post-${post_id}` : ''}`
