import type { Locale } from '@p2p/contracts'
import { expect, test } from 'vitest'
import type { Notice, OwedMail } from './owed-mail.ts'
import { lineOf, summaryOf } from './phrases.ts'
import { valuesFor } from './say.ts'

const notice = (more: Partial<Notice> = {}): Notice => ({
  kind: 'reply',
  count: 1,
  actors: [{ first_name: 'Bob', last_name: 'Saleh', first_name_ar: 'بوب', last_name_ar: 'صالح' }],
  topic_id: crypto.randomUUID(),
  title: 'A topic',
  number: 2,
  post_id: crypto.randomUUID(),
  excerpt: 'Words',
  verdict: null,
  ...more,
})
const mail = (locale: Locale, notices: Notice[]): OwedMail => ({
  user_id: crypto.randomUUID(),
  pace: 'daily',
  email: 'ada@ada.example',
  locale,
  first_name: 'Ada',
  notices: notices as [Notice, ...Notice[]],
})
const where = { siteUrl: 'https://p2p.example', token: 'token' }

test.for([
  ['en', 1, 'Bob replied to you'],
  ['en', 2, '2 new replies to you'],
  ['ar', 1, 'ردّ جديد عليك من Bob'],
  ['ar', 2, 'ردّان جديدان عليك'],
  ['ar', 5, '5 ردود جديدة عليك'],
  ['ar', 11, '11 ردًّا جديدًا عليك'],
  ['ar', 100, '100 ردّ جديد عليك'],
] as const)('in %s, %i replies are counted as one says it', ([locale, count, said]) => {
  expect(lineOf(locale, { kind: 'reply', count, who: 'Bob' })).toBe(said)
})

test('whoever may have their answer is told by whom, and what to do with it', () => {
  const nudge = mail('ar', [notice({ kind: 'nudge' })])
  expect(valuesFor({ ...nudge, pace: 'at_once' }, where)).toMatchObject({
    line: 'قد يكون في ردّ بوب صالح جواب سؤالك',
    action: 'اقرأ الرد، واختره إن أفادك',
  })
  expect(valuesFor({ ...nudge, locale: 'en' }, where).entries).toMatchObject([
    { words: 'Bob Saleh may have answered your question' },
  ])
})

test.each([
  ['case', 'A moderator acted on what you wrote', 'settings/standing'],
  ['refused', 'Your post was not published', 'settings/standing'],
  ['accepted', 'Your post is published', 'forum/topics'],
] as const)('what moderators decided (%s) is said and leads there', (verdict, line, place) => {
  const { notices, ...to } = mail('en', [notice({ kind: 'moderation', verdict, excerpt: 'For a reason' })])
  const said = valuesFor({ ...to, notices, pace: 'at_once' }, where)
  expect(said).toMatchObject({ line, excerpt: 'For a reason' })
  expect(said.url).toContain(place)
})

test('a name that looks like a pattern stays what it is', () => {
  expect(lineOf('en', { kind: 'reply', count: 1, who: "$& {n} $'" })).toBe("$& {n} $' replied to you")
})

test('a digest names twenty topics and counts the rest', () => {
  const values = valuesFor(
    mail(
      'en',
      Array.from({ length: 25 }, () => notice()),
    ),
    where,
  )
  expect(values.summary).toBe('Today: 25 topics with news for you')
  expect(values.entries).toHaveLength(21)
  expect(values.entries?.at(-1)).toMatchObject({
    title: 'and 5 more',
    url: 'https://p2p.example/notifications',
  })
})

test('people have their name in the script of the reader; who is gone has none', () => {
  const [first, second] = valuesFor(mail('ar', [notice(), notice({ actors: [] })]), where).entries ?? []
  expect(first).toMatchObject({ words: 'ردّ جديد عليك من بوب صالح' })
  expect(second).toMatchObject({ words: 'ردّ جديد عليك من أحد الأعضاء' })
  expect(summaryOf('ar', 'weekly', 3)).toBe('ملخص الأسبوع: جديد في 3 موضوعات')
})
