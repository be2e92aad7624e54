import type { MailWords } from '../words.ts'

const leave = '{{ site_url }}/unsubscribe?token={{ token }}'

/** One notice: what happened in one topic. */
export const notification: MailWords = {
  en: {
    subject: '{{ line }}: {{ title }}',
    preview: '{{ excerpt }}',
    heading: '{{ line }}',
    paragraphs: ['{{ title }}'],
    quote: { lead: '{{ writer }}:', value: 'excerpt' },
    action: { label: '{{ action }}', url: '{{ url }}' },
    reason: 'You receive this mail because you are a member of P2P Sandbox and want to hear of this at once.',
    leave: { label: 'No more mails like this', url: leave },
  },
  ar: {
    subject: '{{ line }}: {{ title }}',
    preview: '{{ excerpt }}',
    heading: '{{ line }}',
    paragraphs: ['{{ title }}'],
    quote: { lead: '{{ writer }}:', value: 'excerpt' },
    action: { label: '{{ action }}', url: '{{ url }}' },
    reason: 'تصلك هذه الرسالة لأنك عضو في P2P Sandbox واخترت أن تعلم بهذا فور حدوثه.',
    leave: { label: 'لا أريد رسائل كهذه', url: leave },
  },
}

/** A day's or a week's notices that nobody has read. */
export const notificationDigest: MailWords = {
  en: {
    subject: '{{ summary }}',
    preview: '{{ titles }}',
    heading: '{{ summary }}',
    paragraphs: ['{{ first_name }}, this is what you have not read yet.'],
    list: 'entries',
    action: { label: 'See all notifications', url: '{{ site_url }}/notifications' },
    reason: 'You receive this mail because you asked for a summary.',
    leave: { label: 'No more summaries', url: leave },
  },
  ar: {
    subject: '{{ summary }}',
    preview: '{{ titles }}',
    heading: '{{ summary }}',
    paragraphs: ['{{ first_name }}، هذا ما لم تقرأه بعد.'],
    list: 'entries',
    action: { label: 'كل الإشعارات', url: '{{ site_url }}/notifications' },
    reason: 'تصلك هذه الرسالة لأنك طلبت ملخصًا.',
    leave: { label: 'لا أريد ملخصات', url: leave },
  },
}
