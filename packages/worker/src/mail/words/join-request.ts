import type { MailWords } from '../words.ts'

const url = '{{ site_url }}/company/invitations'
const quote = 'message'

// A stranger wrote the name and the message, and nobody has proven the address: the mail says so, and links to us alone.
export const joinRequest: MailWords = {
  en: {
    subject: '{{ name }} asks to join {{ organization }}',
    preview: 'If you approve, we mail an invitation to {{ email }}.',
    heading: '{{ name }} asks to join',
    paragraphs: [
      'Somebody who gives the address {{ email }} asks to join {{ organization }} on P2P Sandbox.',
      'Nothing of it is proven yet. If you approve, we mail an invitation to that address, and only whoever reads its mail can accept it.',
    ],
    quote: { lead: '{{ name }} writes:', value: quote },
    action: { label: 'See the request', url },
    reason:
      'You receive this mail because you are an admin of {{ organization }}. Requests can be switched off on the same page.',
  },
  ar: {
    subject: 'طلب انضمام إلى {{ organization }} من {{ name }}',
    preview: 'إن وافقت أرسلنا دعوة إلى {{ email }}.',
    heading: 'طلب انضمام من {{ name }}',
    paragraphs: [
      'وصل طلب للانضمام إلى {{ organization }} في P2P Sandbox من صاحب العنوان {{ email }}.',
      'لم يثبت من هذا شيء بعد. إن وافقت أرسلنا دعوة إلى ذلك العنوان، ولا يقبلها إلا من يقرأ بريده.',
    ],
    quote: { lead: 'رسالة من {{ name }}:', value: quote },
    action: { label: 'اطّلع على الطلب', url },
    reason: 'تصلك هذه الرسالة لأنك مشرف {{ organization }}. ويمكنك إيقاف الطلبات من الصفحة نفسها.',
  },
}
