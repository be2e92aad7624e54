import type { Locale, NotificationKind } from '@p2p/contracts'

type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }

/** `{n}` is how often it happened, `{who}` who did it; Arabic counts in six forms (CLDR). */
const phrases: Record<Locale, Record<NotificationKind, Forms>> = {
  en: {
    reply: { one: '{who} replied to you', other: '{n} new replies to you' },
    mention: { one: '{who} mentioned you', other: 'You were mentioned {n} times' },
    quote: { one: '{who} quoted you', other: 'You were quoted {n} times' },
    best_answer: { other: 'Your answer was chosen as the best' },
    watched_topic: {
      one: '{who} wrote in a topic you watch',
      other: '{n} new posts in a topic you watch',
    },
    moderation: { other: 'A moderator acted on what you wrote' },
    nudge: { other: '{who} may have answered your question' },
  },
  ar: {
    reply: {
      one: 'ردّ جديد عليك من {who}',
      two: 'ردّان جديدان عليك',
      few: '{n} ردود جديدة عليك',
      many: '{n} ردًّا جديدًا عليك',
      other: '{n} ردّ جديد عليك',
    },
    mention: {
      one: 'إشارة إليك من {who}',
      two: 'إشارتان إليك',
      few: '{n} إشارات إليك',
      other: '{n} إشارة إليك',
    },
    quote: {
      one: 'اقتباس من كلامك عند {who}',
      two: 'اقتباسان من كلامك',
      few: '{n} اقتباسات من كلامك',
      many: '{n} اقتباسًا من كلامك',
      other: '{n} اقتباس من كلامك',
    },
    best_answer: { other: 'اختيرت إجابتك أفضل إجابة' },
    watched_topic: {
      one: 'مشاركة جديدة من {who} في موضوع تراقبه',
      two: 'مشاركتان جديدتان في موضوع تراقبه',
      few: '{n} مشاركات جديدة في موضوع تراقبه',
      other: '{n} مشاركة جديدة في موضوع تراقبه',
    },
    moderation: { other: 'اتخذ أحد المشرفين إجراءً بشأن ما كتبت' },
    nudge: { other: 'قد يكون في ردّ {who} جواب سؤالك' },
  },
}

const actions: Record<Locale, { usual: string } & Partial<Record<NotificationKind, string>>> = {
  en: { usual: 'Read it', nudge: 'Read it, and choose it if it helped' },
  ar: { usual: 'اقرأها', nudge: 'اقرأ الرد، واختره إن أفادك' },
}

/** Whether moderators published a post that was held. */
export const heldLine: Record<Locale, Record<'accepted' | 'refused', string>> = {
  en: { accepted: 'Your post is published', refused: 'Your post was not published' },
  ar: { accepted: 'نُشرت مشاركتك', refused: 'لم تُنشر مشاركتك' },
}

const digests: Record<Locale, Record<'daily' | 'weekly', Forms>> = {
  en: {
    daily: { one: 'Today: one topic with news for you', other: 'Today: {n} topics with news for you' },
    weekly: {
      one: 'This week: one topic with news for you',
      other: 'This week: {n} topics with news for you',
    },
  },
  ar: {
    daily: {
      one: 'ملخص اليوم: جديد في موضوع واحد',
      two: 'ملخص اليوم: جديد في موضوعين',
      few: 'ملخص اليوم: جديد في {n} موضوعات',
      many: 'ملخص اليوم: جديد في {n} موضوعًا',
      other: 'ملخص اليوم: جديد في {n} موضوع',
    },
    weekly: {
      one: 'ملخص الأسبوع: جديد في موضوع واحد',
      two: 'ملخص الأسبوع: جديد في موضوعين',
      few: 'ملخص الأسبوع: جديد في {n} موضوعات',
      many: 'ملخص الأسبوع: جديد في {n} موضوعًا',
      other: 'ملخص الأسبوع: جديد في {n} موضوع',
    },
  },
}

const fill = (locale: Locale, forms: Forms, n: number, who: string) =>
  (forms[new Intl.PluralRules(locale).select(n)] ?? forms.other)
    .replace('{n}', String(n))
    .replace('{who}', () => who)

/** What happened, in one line. */
export const lineOf = (
  locale: Locale,
  { kind, count, who }: { kind: NotificationKind; count: number; who: string },
): string => fill(locale, phrases[locale][kind], count, who)

/** What the button of a mail about one notice says. */
export const actionOf = (locale: Locale, kind: NotificationKind): string =>
  actions[locale][kind] ?? actions[locale].usual

/** What a digest is about, in one line. */
export const summaryOf = (locale: Locale, pace: 'daily' | 'weekly', topics: number): string =>
  fill(locale, digests[locale][pace], topics, '')
