import type { MailWords } from '../words.ts'

// Sent by Auth before it knows whose the address is, so nothing a stranger typed at signup may appear in these:
// otherwise anybody could have us deliver their words to anybody.
const link = (type: string) => `{{ .SiteURL }}/verify?token_hash={{ .TokenHash }}&type=${type}`

/** Named as Auth names its templates; `supabase/templates/<name>.html` is made from each. */
export const authMails = {
  confirmation: {
    en: {
      subject: 'Confirm your e-mail address',
      preview: 'One step is left before your company is on board.',
      heading: 'Confirm your address',
      paragraphs: [
        'An account on P2P Sandbox was opened with this address. Confirm it, and your company is on board.',
        'The button works once, within one hour. After that, sign up again to get a new one.',
      ],
      action: { label: 'Confirm my address', url: link('signup') },
      reason:
        'It was not you? Leave this mail alone: without your confirmation the account is removed within a day.',
    },
    ar: {
      subject: 'أكّد بريدك الإلكتروني',
      preview: 'بقيت خطوة واحدة لتنضم منشأتك.',
      heading: 'أكّد عنوان بريدك',
      paragraphs: [
        'فُتح حساب في P2P Sandbox بهذا العنوان. أكّده لتنضم منشأتك إلى المنصة.',
        'يعمل الزر مرة واحدة خلال ساعة. وبعدها سجّل من جديد لتحصل على رسالة أخرى.',
      ],
      action: { label: 'أكّد عنواني', url: link('signup') },
      reason: 'لم تكن أنت؟ تجاهل هذه الرسالة، فالحساب الذي لا يُؤكَّد يُحذف خلال يوم.',
    },
  },
  recovery: {
    en: {
      subject: 'Reset your password',
      preview: 'The link in this mail works for one hour.',
      heading: 'Choose a new password',
      paragraphs: [
        'A new password was asked for the account with this address.',
        'The button works once, within one hour. Until you choose a new password, the old one stays.',
      ],
      action: { label: 'Choose a password', url: link('recovery') },
      reason: 'It was not you? Leave this mail alone: nothing changes.',
    },
    ar: {
      subject: 'إعادة تعيين كلمة المرور',
      preview: 'يعمل الرابط في هذه الرسالة ساعة واحدة.',
      heading: 'اختر كلمة مرور جديدة',
      paragraphs: [
        'طُلبت كلمة مرور جديدة للحساب المرتبط بهذا العنوان.',
        'يعمل الزر مرة واحدة خلال ساعة. وتبقى كلمة المرور الحالية إلى أن تختار غيرها.',
      ],
      action: { label: 'اختر كلمة المرور', url: link('recovery') },
      reason: 'لم تكن أنت؟ تجاهل هذه الرسالة، فلن يتغيّر شيء.',
    },
  },
  magic_link: {
    en: {
      subject: 'Your sign-in link',
      preview: 'The link in this mail works for one hour.',
      heading: 'Sign in',
      paragraphs: ['The button signs you in. It works once, within one hour, and is for you alone.'],
      action: { label: 'Sign in', url: link('magiclink') },
      reason: 'It was not you? Leave this mail alone: without the link nobody gets in.',
    },
    ar: {
      subject: 'رابط تسجيل الدخول',
      preview: 'يعمل الرابط في هذه الرسالة ساعة واحدة.',
      heading: 'تسجيل الدخول',
      paragraphs: ['يُدخلك الزر إلى حسابك. يعمل مرة واحدة خلال ساعة، وهو لك وحدك.'],
      action: { label: 'سجّل الدخول', url: link('magiclink') },
      reason: 'لم تكن أنت؟ تجاهل هذه الرسالة، فلا أحد يدخل دون الرابط.',
    },
  },
  invite: {
    en: {
      subject: 'You are invited',
      preview: 'Your company is there already and keeps a place for you.',
      heading: 'You are invited',
      paragraphs: [
        'Your company uses P2P Sandbox to learn from other factories, and keeps a place for you.',
        'The button works once, within one hour. Ask the colleague who invited you if you need a new one.',
      ],
      action: { label: 'Accept the invitation', url: link('invite') },
      reason: 'You did not expect this? Leave this mail alone: without you nothing happens.',
    },
    ar: {
      subject: 'دعوة للانضمام',
      preview: 'منشأتك موجودة على المنصة وتحفظ لك مكانًا فيها.',
      heading: 'أنت مدعو',
      paragraphs: [
        'تستخدم منشأتك P2P Sandbox لتتعلم من المصانع الأخرى، وقد حفظت لك مكانًا فيها.',
        'يعمل الزر مرة واحدة خلال ساعة. واطلب من زميلك الذي دعاك رسالة أخرى إن احتجت إليها.',
      ],
      action: { label: 'اقبل الدعوة', url: link('invite') },
      reason: 'لم تكن تتوقع هذه الرسالة؟ تجاهلها، فلن يحدث شيء دونك.',
    },
  },
  email_change: {
    en: {
      subject: 'Confirm your new e-mail address',
      preview: 'The address changes once it is confirmed.',
      heading: 'Confirm the change of address',
      paragraphs: [
        'The address of an account is to change from {{ .Email }} to {{ .NewEmail }}.',
        'The button works once, within one hour. Where this mail came to both mailboxes, confirm in both.',
      ],
      action: { label: 'Confirm the change', url: link('email_change') },
      reason: 'It was not you? Leave this mail alone and choose a new password: somebody may know yours.',
    },
    ar: {
      subject: 'أكّد بريدك الإلكتروني الجديد',
      preview: 'يتغيّر العنوان بعد تأكيده.',
      heading: 'أكّد تغيير العنوان',
      paragraphs: [
        'طُلب تغيير عنوان الحساب من {{ .Email }} إلى {{ .NewEmail }}.',
        'يعمل الزر مرة واحدة خلال ساعة. وإن وصلت هذه الرسالة إلى الصندوقين فأكّد من كليهما.',
      ],
      action: { label: 'أكّد التغيير', url: link('email_change') },
      reason: 'لم تكن أنت؟ تجاهل هذه الرسالة واختر كلمة مرور جديدة، فقد يكون أحد قد عرف كلمتك.',
    },
  },
} satisfies Record<string, MailWords>
