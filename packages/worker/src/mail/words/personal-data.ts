import type { MailWords } from '../words.ts'

const url = '{{ site_url }}/settings/privacy'

/** The link leads to the page, not to the file: whoever reads somebody's mail must still sign in. */
export const dataExport: MailWords = {
  en: {
    subject: 'The copy of your data is ready',
    preview: 'You can fetch it for seven days.',
    heading: 'Your copy is ready, {{ first_name }}',
    paragraphs: [
      'You asked for a copy of everything P2P Sandbox holds about you. It is one ZIP file with your data in JSON and your files.',
      'Sign in to fetch it. It is removed after seven days; you can ask for a new one at any time.',
    ],
    action: { label: 'Fetch the copy', url },
    reason:
      'You receive this mail because a copy was asked for in your account. If it was not you, change your password and end your other sessions.',
  },
  ar: {
    subject: 'نسخة بياناتك جاهزة',
    preview: 'يمكنك تنزيلها خلال سبعة أيام.',
    heading: 'نسختك جاهزة يا {{ first_name }}',
    paragraphs: [
      'طلبت نسخةً من كل ما تحتفظ به منصة P2P Sandbox عنك، وهي ملف ZIP واحد فيه بياناتك بصيغة JSON وملفاتك.',
      'سجّل الدخول لتنزيلها. وستُحذف بعد سبعة أيام، ولك أن تطلب نسخةً جديدة متى شئت.',
    ],
    action: { label: 'تنزيل النسخة', url },
    reason:
      'وصلتك هذه الرسالة لأن نسخةً طُلبت من حسابك. إن لم تكن أنت من طلبها فغيّر كلمة مرورك وأنهِ جلساتك الأخرى.',
  },
}

export const erasureRequested: MailWords = {
  en: {
    subject: 'Your account will be erased on {{ day }}',
    preview: 'You can take it back until then.',
    heading: 'Your account will be erased on {{ day }}',
    paragraphs: [
      '{{ first_name }}, you asked us to erase your account. We wait until {{ day }}, so that you can change your mind; until then everything works as before.',
      'After that day it cannot be brought back. If you want a copy of your data, ask for it before.',
    ],
    action: { label: 'Keep my account', url },
    reason:
      'You receive this mail because erasure was asked for in your account, with your password. If it was not you, keep the account and change the password.',
  },
  ar: {
    subject: 'سيُحذف حسابك في {{ day }}',
    preview: 'ولك أن تتراجع حتى ذلك اليوم.',
    heading: 'سيُحذف حسابك في {{ day }}',
    paragraphs: [
      '{{ first_name }}، طلبت منّا حذف حسابك. سننتظر حتى {{ day }} لتتمكن من العدول عن رأيك، وإلى ذلك الحين يبقى كل شيء كما هو.',
      'وبعد ذلك اليوم لا يمكن استرجاعه. فإن أردت نسخةً من بياناتك فاطلبها قبله.',
    ],
    action: { label: 'الإبقاء على حسابي', url },
    reason:
      'وصلتك هذه الرسالة لأن الحذف طُلب من حسابك بكلمة مرورك. إن لم تكن أنت من طلبه فأبقِ الحساب وغيّر كلمة المرور.',
  },
}

export const erasureReminder: MailWords = {
  en: {
    subject: 'Soon, on {{ day }}: your account will be erased',
    preview: 'The last days to take it back, or to take a copy.',
    heading: 'Your account will be erased on {{ day }}',
    paragraphs: [
      '{{ first_name }}, this is the last time we ask: on {{ day }} we erase your account, as you wished.',
      'If you still want it, say so now. If you want a copy of your data, ask for it now.',
    ],
    action: { label: 'Keep my account', url },
    reason: 'You receive this mail because erasure was asked for in your account.',
  },
  ar: {
    subject: 'قريبًا في {{ day }}: سيُحذف حسابك',
    preview: 'آخر الأيام للتراجع أو لأخذ نسخة.',
    heading: 'سيُحذف حسابك في {{ day }}',
    paragraphs: [
      '{{ first_name }}، هذا آخر تذكير: في {{ day }} سنحذف حسابك كما طلبت.',
      'إن كنت ما زلت تريده فأخبرنا الآن، وإن أردت نسخةً من بياناتك فاطلبها الآن.',
    ],
    action: { label: 'الإبقاء على حسابي', url },
    reason: 'وصلتك هذه الرسالة لأن الحذف طُلب من حسابك.',
  },
}

export const erasureDone: MailWords = {
  en: {
    subject: 'Goodbye: your account is being erased',
    preview: 'This is the last mail from us.',
    heading: 'Goodbye, {{ first_name }}',
    paragraphs: [
      'As you wished, we are erasing your account now: your profile, your files, your sessions and everything else that leads to you. This mail is the last thing we send to this address.',
      'Backups that were made before are overwritten within 35 days. Thank you for what you shared here.',
    ],
    action: { label: 'How we handle data', url: '{{ site_url }}/legal/privacy' },
    reason: 'You receive this mail because you asked for erasure 14 days ago and did not take it back.',
  },
  ar: {
    subject: 'وداعًا: نحذف حسابك الآن',
    preview: 'هذه آخر رسالة منّا.',
    heading: 'وداعًا يا {{ first_name }}',
    paragraphs: [
      'كما طلبت، نحذف حسابك الآن: ملفك الشخصي وملفاتك وجلساتك وكل ما يدل عليك. وهذه الرسالة آخر ما نرسله إلى هذا العنوان.',
      'أما النسخ الاحتياطية السابقة فتُستبدل خلال 35 يومًا. شكرًا لك على ما شاركته هنا.',
    ],
    action: { label: 'كيف نتعامل مع البيانات', url: '{{ site_url }}/legal/privacy' },
    reason: 'وصلتك هذه الرسالة لأنك طلبت الحذف قبل 14 يومًا ولم تتراجع عنه.',
  },
}
