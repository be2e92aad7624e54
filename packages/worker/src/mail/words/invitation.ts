import type { MailWords } from '../words.ts'

const url = '{{ site_url }}/invitation?token={{ token }}'
const quote = 'message'

export const invitation: MailWords = {
  en: {
    subject: '{{ inviter }} invites you to {{ organization }} on P2P Sandbox',
    preview: 'Your place in {{ organization }} is kept until {{ expires }}.',
    heading: 'Join {{ organization }}',
    paragraphs: [
      '{{ inviter }} invites you to {{ organization }} on P2P Sandbox, where people who run factories in Saudi Arabia tell each other what worked.',
      'The button works once, until {{ expires }}, for {{ email }} alone.',
    ],
    quote: { lead: '{{ inviter }} writes:', value: quote },
    action: { label: 'Accept the invitation', url },
    reason: 'You did not expect this? Leave this mail alone: without you nothing happens.',
  },
  ar: {
    subject: 'دعوة من {{ inviter }} للانضمام إلى {{ organization }} في P2P Sandbox',
    preview: 'مكانك في {{ organization }} محفوظ حتى {{ expires }}.',
    heading: 'انضم إلى {{ organization }}',
    paragraphs: [
      'وصلتك دعوة من {{ inviter }} للانضمام إلى {{ organization }} في P2P Sandbox، حيث يتبادل أصحاب المصانع في المملكة ما نجح معهم.',
      'يعمل الزر مرة واحدة حتى {{ expires }}، وهو للعنوان {{ email }} وحده.',
    ],
    quote: { lead: 'رسالة من {{ inviter }}:', value: quote },
    action: { label: 'اقبل الدعوة', url },
    reason: 'لم تكن تتوقع هذه الرسالة؟ تجاهلها، فلن يحدث شيء دونك.',
  },
}
