import { AuthFault, failure } from './fault.ts'
import type { Challenge } from './flow-state.ts'
import { callHook, hookMetadata } from './hook-call.ts'
import type { LetterKind, NoticeKind } from './letters.ts'
import type { Means } from './means.ts'
import type { Token } from './one-time-tokens.ts'
import type { Person, Queryable } from './people.ts'
import { describePerson } from './user-json.ts'

export type Addressee = Pick<Person, 'id' | 'data'> & { email: string }
export type Flow = { request: Request; challenge?: Challenge | undefined }

const wording = {
  signup: 'confirmation',
  invite: 'invite',
  recovery: 'recovery',
  magiclink: 'magic link',
  email_change: 'email change',
  reauthentication: 'reauthentication',
} as const

/** Sends copies of a mail that carries a token, each to its own address with its own token. */
export async function send(
  means: Means,
  db: Queryable,
  kind: LetterKind,
  person: Addressee,
  flow: Flow,
  copies: { to: string; token: Token }[],
  newEmail?: string,
): Promise<void> {
  await means.limits.mail()
  const redirect = means.redirects.of(flow.request)
  if (means.settings.hook.send_email?.enabled) {
    return handToHook(means, db, kind, person, flow, copies, redirect)
  }
  for (const { to, token } of copies) {
    const values = {
      SiteURL: means.site,
      ConfirmationURL: actionLink(means, kind, token.hash, redirect),
      RedirectTo: redirect,
      Token: token.otp,
      TokenHash: token.hash,
      Email: person.email,
      Data: person.data,
      ...(newEmail && { NewEmail: newEmail, SendingTo: to }),
    }
    await means.mailer.send({ kind, to, values }).catch((cause) => {
      throw cause instanceof AuthFault ? cause : failure(`Error sending ${wording[kind]} email`, cause)
    })
  }
}

/** Lets a function of the database send it (`[auth.hook.send_email]`). */
async function handToHook(
  means: Means,
  db: Queryable,
  kind: LetterKind,
  person: Addressee,
  { request }: Flow,
  [first, current]: { to: string; token: Token }[],
  redirect: string,
): Promise<void> {
  const hook = means.settings.hook.send_email
  if (!hook || !first) return
  // Where both addresses are asked, hosted names the old one's code first, and each hash by the other's code.
  const otp = current?.token.otp ?? first.token.otp
  await callHook(db, hook.uri, {
    metadata: hookMetadata('send-email', request),
    user: await describePerson(db, person.id),
    email_data: {
      token: otp,
      token_hash: first.token.hash,
      redirect_to: redirect,
      email_action_type: kind,
      site_url: means.url,
      token_new: current ? first.token.otp : '',
      token_hash_new: current?.token.hash ?? '',
      old_email: '',
      old_phone: '',
      provider: '',
      factor_type: '',
    },
  })
}

/** Tells of a change that was made, where config.toml wants it told. What was done stays done if the mail fails. */
export async function notify(
  means: Means,
  kind: NoticeKind,
  person: { email: string; data: Record<string, unknown> },
  more: { to?: string; values?: Record<string, unknown> } = {},
): Promise<void> {
  if (!means.settings.email.notification[kind]?.enabled) return
  const values = { SiteURL: means.site, Email: person.email, Data: person.data, ...more.values }
  await means.mailer.send({ kind, to: more.to ?? person.email, values }).catch((cause) => {
    means.log('warn', `the notice ${kind} was not sent`, { cause: String(cause) })
  })
}

/** The address of a link that proves what a token was sent for, and then leads on. */
export function actionLink({ url }: Means, type: string, hash: string, redirect: string): string {
  const target = /[&=#]/.test(redirect) ? encodeURIComponent(redirect) : redirect
  return `${url}/verify?token=${hash}&type=${type}&redirect_to=${target}`
}
