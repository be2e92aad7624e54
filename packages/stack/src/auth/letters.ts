/** Auth's mails, where config.toml words none: by the type that a link names, each with its template's name there. */
export const letters = {
  signup: {
    template: 'confirmation',
    subject: 'Confirm your e-mail address',
    body: link('Your account is almost ready: show that this address is yours.', 'Confirm the address'),
  },
  invite: {
    template: 'invite',
    subject: 'You are invited',
    body: link('Somebody has made an account for you.', 'Accept the invitation'),
  },
  recovery: {
    template: 'recovery',
    subject: 'Choose a new password',
    body: link('Somebody, you we hope, wants a new password for your account.', 'Choose a password'),
  },
  magiclink: {
    template: 'magic_link',
    subject: 'Your link to sign in',
    body: link('It works once.', 'Sign in'),
  },
  email_change: {
    template: 'email_change',
    subject: 'Confirm the change of your e-mail address',
    body: link('Your address is to change from {{ .Email }} to {{ .NewEmail }}.', 'Confirm the change'),
  },
  reauthentication: {
    template: 'reauthentication',
    subject: '{{ .Token }} is your code',
    body: '<p>Type this code to show that it is you:</p><p>{{ .Token }}</p>',
  },
} as const
export type LetterKind = keyof typeof letters

const notYou = '<p>It was not you? Choose a new password and tell us.</p>'

/** What tells of a change that was made, where config.toml wants it told (`[auth.email.notification.*]`). */
export const notices = {
  password_changed: {
    subject: 'Your password was changed',
    body: `<p>The password of {{ .Email }} was changed.</p>${notYou}`,
  },
  email_changed: {
    subject: 'Your e-mail address was changed',
    body: `<p>Your address was changed from {{ .OldEmail }} to {{ .Email }}.</p>${notYou}`,
  },
  phone_changed: {
    subject: 'Your telephone number was changed',
    body: `<p>Your number was changed from {{ .OldPhone }} to {{ .Phone }}.</p>${notYou}`,
  },
  identity_linked: {
    subject: 'A way to sign in was added',
    body: `<p>{{ .Email }} can now sign in by {{ .Provider }}.</p>${notYou}`,
  },
  identity_unlinked: {
    subject: 'A way to sign in was removed',
    body: `<p>{{ .Email }} no longer signs in by {{ .Provider }}.</p>${notYou}`,
  },
  mfa_factor_enrolled: {
    subject: 'A second factor was added',
    body: `<p>Signing in as {{ .Email }} can now be confirmed by {{ .FactorType }}.</p>${notYou}`,
  },
  mfa_factor_unenrolled: {
    subject: 'A second factor was removed',
    body: `<p>Signing in as {{ .Email }} is no longer confirmed by {{ .FactorType }}.</p>${notYou}`,
  },
} as const
export type NoticeKind = keyof typeof notices

function link(sentence: string, label: string): string {
  return `<p>${sentence}</p><p><a href="{{ .ConfirmationURL }}">${label}</a></p><p>{{ .Token }}</p>`
}
