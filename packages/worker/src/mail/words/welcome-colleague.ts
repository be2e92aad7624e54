import type { MailWords } from '../words.ts'

const url = '{{ site_url }}/forum'

/** For whoever joined a company that was here before them. */
export const welcomeColleague: MailWords = {
  en: {
    subject: 'Welcome to {{ organization }} on P2P Sandbox, {{ first_name }}',
    preview: 'You have joined your colleagues. Here is a good first step.',
    heading: 'Welcome, {{ first_name }}',
    paragraphs: [
      'You have joined {{ organization }} on P2P Sandbox, where people who run factories in Saudi Arabia tell each other what worked: the supplier, the machine, the number before and the number after.',
      'A good first step: ask the question that has been on your desk the longest. Somebody has solved it already.',
    ],
    action: { label: 'Open the forum', url },
    reason: 'You receive this mail once, because you accepted an invitation.',
  },
  ar: {
    subject: 'أهلًا بك في {{ organization }} على P2P Sandbox يا {{ first_name }}',
    preview: 'انضممت إلى زملائك، وهذه أول خطوة نقترحها.',
    heading: 'أهلًا بك يا {{ first_name }}',
    paragraphs: [
      'انضممت إلى {{ organization }} في P2P Sandbox، حيث يتبادل أصحاب المصانع في المملكة ما نجح معهم: المورّد، والآلة، والرقم قبل التجربة وبعدها.',
      'أول خطوة نقترحها: اطرح السؤال الذي طال بقاؤه على مكتبك، فلا بد أن أحدًا قد وجد له حلًا.',
    ],
    action: { label: 'افتح المنتدى', url },
    reason: 'تصلك هذه الرسالة مرة واحدة لأنك قبلت دعوة.',
  },
}
