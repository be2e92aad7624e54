import type { MailWords } from '../words.ts'

const home = '{{ site_url }}/forum'
const security = '{{ site_url }}/settings/security'

/** What platform admins decided, told to those concerned. Named after the decision (sql/21_administration). */
export const notices = {
  suspend_organization: {
    en: {
      subject: '{{ organization }} is suspended on P2P Sandbox',
      preview: 'Nobody of your company can read or write there at present.',
      heading: '{{ organization }} is suspended',
      paragraphs: [
        'The platform has suspended your company. Until that changes, nobody of {{ organization }} can read or write; accounts and contributions are kept.',
        'The reason: {{ reason }}',
        'You think this is a mistake? Answer to this mail.',
      ],
      action: { label: 'Sign in and see', url: home },
      reason: 'You receive this mail because you are an admin of {{ organization }}.',
    },
    ar: {
      subject: 'أُوقفت {{ organization }} في P2P Sandbox',
      preview: 'لا يستطيع أحد من شركتك القراءة أو الكتابة حاليًا.',
      heading: 'أُوقفت {{ organization }}',
      paragraphs: [
        'أوقفت المنصة شركتك. وإلى أن يتغيّر ذلك لا يستطيع أحد من {{ organization }} القراءة أو الكتابة، وتبقى الحسابات والمشاركات محفوظة.',
        'السبب: {{ reason }}',
        'ترى أن في الأمر خطأ؟ أجب عن هذه الرسالة.',
      ],
      action: { label: 'سجّل الدخول للاطلاع', url: home },
      reason: 'تصلك هذه الرسالة لأنك مشرف في {{ organization }}.',
    },
  },
  reinstate_organization: {
    en: {
      subject: '{{ organization }} is back on P2P Sandbox',
      preview: 'Your company can read and write again.',
      heading: '{{ organization }} is back',
      paragraphs: [
        'The suspension of your company is lifted: everybody of {{ organization }} can read and write again.',
        'The reason: {{ reason }}',
      ],
      action: { label: 'Open the forum', url: home },
      reason: 'You receive this mail because you are an admin of {{ organization }}.',
    },
    ar: {
      subject: 'عادت {{ organization }} إلى P2P Sandbox',
      preview: 'تستطيع شركتك القراءة والكتابة من جديد.',
      heading: 'عادت {{ organization }}',
      paragraphs: [
        'رُفع إيقاف شركتك، ويستطيع كل من في {{ organization }} القراءة والكتابة من جديد.',
        'السبب: {{ reason }}',
      ],
      action: { label: 'افتح المنتدى', url: home },
      reason: 'تصلك هذه الرسالة لأنك مشرف في {{ organization }}.',
    },
  },
  deactivate_person: {
    en: {
      subject: 'Your account on P2P Sandbox is paused',
      preview: 'You cannot read or write there at present.',
      heading: 'Your account is paused',
      paragraphs: [
        'The platform has paused your account, {{ first_name }}, and signed you out. What you have written is kept.',
        'The reason: {{ reason }}',
        'You think this is a mistake? Answer to this mail.',
      ],
      action: { label: 'Sign in and see', url: home },
      reason: 'You receive this mail because it is about your account.',
    },
    ar: {
      subject: 'أُوقف حسابك في P2P Sandbox',
      preview: 'لا تستطيع القراءة أو الكتابة حاليًا.',
      heading: 'أُوقف حسابك',
      paragraphs: [
        'أوقفت المنصة حسابك يا {{ first_name }} وأنهت جلساتك. وما كتبته محفوظ.',
        'السبب: {{ reason }}',
        'ترى أن في الأمر خطأ؟ أجب عن هذه الرسالة.',
      ],
      action: { label: 'سجّل الدخول للاطلاع', url: home },
      reason: 'تصلك هذه الرسالة لأنها تخص حسابك.',
    },
  },
  reactivate_person: {
    en: {
      subject: 'Your account on P2P Sandbox works again',
      preview: 'You can read and write again.',
      heading: 'Your account works again',
      paragraphs: [
        'The pause of your account is over, {{ first_name }}: sign in as before.',
        'The reason: {{ reason }}',
      ],
      action: { label: 'Open the forum', url: home },
      reason: 'You receive this mail because it is about your account.',
    },
    ar: {
      subject: 'عاد حسابك في P2P Sandbox إلى العمل',
      preview: 'تستطيع القراءة والكتابة من جديد.',
      heading: 'عاد حسابك إلى العمل',
      paragraphs: ['انتهى إيقاف حسابك يا {{ first_name }}: سجّل الدخول كما كنت تفعل.', 'السبب: {{ reason }}'],
      action: { label: 'افتح المنتدى', url: home },
      reason: 'تصلك هذه الرسالة لأنها تخص حسابك.',
    },
  },
  remove_second_factor: {
    en: {
      subject: 'Your second factor was removed',
      preview: 'Your password alone signs you in now.',
      heading: 'Your second factor was removed',
      paragraphs: [
        'An admin of the platform has removed the second factor of your account, {{ first_name }}, and signed you out everywhere. Your password alone signs you in now: set up a new factor soon.',
        'The reason: {{ reason }}',
        'You did not ask for this? Choose a new password at once and answer to this mail.',
      ],
      action: { label: 'Set up a new factor', url: security },
      reason: 'You receive this mail because it is about the safety of your account.',
    },
    ar: {
      subject: 'أُزيل العامل الثاني من حسابك',
      preview: 'كلمة المرور وحدها تكفي الآن للدخول.',
      heading: 'أُزيل العامل الثاني',
      paragraphs: [
        'أزال أحد مشرفي المنصة العامل الثاني من حسابك يا {{ first_name }} وأنهى جلساتك كلها. كلمة المرور وحدها تكفي الآن للدخول، فأضف عاملًا جديدًا قريبًا.',
        'السبب: {{ reason }}',
        'لم تطلب ذلك؟ اختر كلمة مرور جديدة حالًا وأجب عن هذه الرسالة.',
      ],
      action: { label: 'أضف عاملًا جديدًا', url: security },
      reason: 'تصلك هذه الرسالة لأنها تخص أمان حسابك.',
    },
  },
  change_role: {
    en: {
      subject: 'Your role on P2P Sandbox has changed',
      preview: 'An admin of the platform has changed what you look after.',
      heading: 'Your role has changed',
      paragraphs: [
        'An admin of the platform has changed your role in the whole place, {{ first_name }}. It is now: {{ role }}.',
        'The role of an admin counts with a second factor only: set one up before you begin.',
      ],
      action: { label: 'Look at your security', url: security },
      reason: 'You receive this mail because it is about your account.',
    },
    ar: {
      subject: 'تغيّر دورك في P2P Sandbox',
      preview: 'غيّر أحد مشرفي المنصة ما أنت مسؤول عنه.',
      heading: 'تغيّر دورك',
      paragraphs: [
        'غيّر أحد مشرفي المنصة دورك فيها يا {{ first_name }}. دورك الآن: {{ role }}.',
        'لا يسري دور المشرف إلا مع عامل ثانٍ، فأضفه قبل أن تبدأ.',
      ],
      action: { label: 'راجع أمان حسابك', url: security },
      reason: 'تصلك هذه الرسالة لأنها تخص حسابك.',
    },
  },
} satisfies Record<string, MailWords>
