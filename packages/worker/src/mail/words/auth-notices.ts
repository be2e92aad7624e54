import type { MailWords } from '../words.ts'

const security = '{{ .SiteURL }}/settings/security'
const newPassword = '{{ .SiteURL }}/forgot-password'

/**
 * What Auth tells a person after a change that somebody else may have made. Named as Auth names its notifications;
 * `supabase/templates/<name>.html` is made from each.
 */
export const authNotices = {
  password_changed: {
    en: {
      subject: 'Your password was changed',
      preview: 'Every other device was signed out.',
      heading: 'Your password was changed',
      paragraphs: [
        'The password of {{ .Email }} was changed, and every other device was signed out.',
        'If it was you, there is nothing to do.',
      ],
      action: { label: 'It was not me: choose a new one', url: newPassword },
      reason: 'You get this mail because it is about the safety of your account. It cannot be switched off.',
    },
    ar: {
      subject: 'تغيّرت كلمة مرورك',
      preview: 'انتهى الدخول من كل جهاز آخر.',
      heading: 'تغيّرت كلمة مرورك',
      paragraphs: [
        'تغيّرت كلمة مرور الحساب {{ .Email }}، وانتهى الدخول من كل جهاز آخر.',
        'إن كنت أنت من غيّرها فلا داعي لفعل شيء.',
      ],
      action: { label: 'لست أنا: أريد كلمة مرور جديدة', url: newPassword },
      reason: 'وصلتك هذه الرسالة لأنها تخص أمان حسابك، ولا يمكن إيقافها.',
    },
  },
  email_changed: {
    en: {
      subject: 'Your e-mail address was changed',
      preview: 'You sign in with the new address from now on.',
      heading: 'Your address was changed',
      paragraphs: [
        'The address of your account was changed from {{ .OldEmail }} to {{ .Email }}. Both had agreed.',
        'From now on you sign in with the new one, and our mails go there.',
      ],
      action: { label: 'See your account', url: security },
      reason:
        'It was not you? Tell the admin of your company at once: this address is no longer part of the account.',
    },
    ar: {
      subject: 'تغيّر بريدك الإلكتروني',
      preview: 'تسجّل الدخول من الآن بالعنوان الجديد.',
      heading: 'تغيّر عنوان بريدك',
      paragraphs: [
        'تغيّر عنوان حسابك من {{ .OldEmail }} إلى {{ .Email }} بعد موافقة كليهما.',
        'من الآن تسجّل الدخول بالعنوان الجديد، وإليه نرسل رسائلنا.',
      ],
      action: { label: 'انظر إلى حسابك', url: security },
      reason: 'لم تكن أنت؟ أبلغ مشرف شركتك حالًا، فلم يعد هذا العنوان جزءًا من الحساب.',
    },
  },
  mfa_factor_enrolled: {
    en: {
      subject: 'A second factor was added',
      preview: 'We ask for a code after your password from now on.',
      heading: 'A second factor was added',
      paragraphs: [
        'Signing in as {{ .Email }} now takes a code of an app, after the password.',
        'If it was you, there is nothing to do. Keep a second app on another device as a spare.',
      ],
      action: { label: 'See your account', url: security },
      reason: 'It was not you? Choose a new password and tell the admin of your company.',
    },
    ar: {
      subject: 'أُضيف عامل ثانٍ',
      preview: 'نطلب من الآن رمزًا بعد كلمة المرور.',
      heading: 'أُضيف عامل ثانٍ',
      paragraphs: [
        'صار الدخول بالعنوان {{ .Email }} يتطلب رمزًا من تطبيق بعد كلمة المرور.',
        'إن كنت أنت من أضافه فلا داعي لفعل شيء. واحتفظ بتطبيق ثانٍ على جهاز آخر احتياطًا.',
      ],
      action: { label: 'انظر إلى حسابك', url: security },
      reason: 'لم تكن أنت؟ اختر كلمة مرور جديدة وأبلغ مشرف شركتك.',
    },
  },
  mfa_factor_unenrolled: {
    en: {
      subject: 'A second factor was removed',
      preview: 'One app fewer confirms your signing in.',
      heading: 'A second factor was removed',
      paragraphs: [
        'An app that confirmed the signing in as {{ .Email }} was removed.',
        'If it was you, there is nothing to do.',
      ],
      action: { label: 'See your account', url: security },
      reason: 'It was not you? Choose a new password and tell the admin of your company.',
    },
    ar: {
      subject: 'أُزيل عامل ثانٍ',
      preview: 'نقص تطبيق مما يؤكد دخولك.',
      heading: 'أُزيل عامل ثانٍ',
      paragraphs: [
        'أُزيل تطبيق كان يؤكد الدخول بالعنوان {{ .Email }}.',
        'إن كنت أنت من أزاله فلا داعي لفعل شيء.',
      ],
      action: { label: 'انظر إلى حسابك', url: security },
      reason: 'لم تكن أنت؟ اختر كلمة مرور جديدة وأبلغ مشرف شركتك.',
    },
  },
} satisfies Record<string, MailWords>
