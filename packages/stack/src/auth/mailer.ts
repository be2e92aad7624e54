import { readFile } from 'node:fs/promises'
import { createTransport } from 'nodemailer'
import { type Project, templatePath } from '../project.ts'
import { renderHtml, renderText, type Values } from './template.ts'

/** The mails of Auth, by the type that a link's `verifyOtp` names, and the template in config.toml that words each. */
const kinds = {
  signup: { template: 'confirmation', subject: 'Confirm your e-mail address' },
  recovery: { template: 'recovery', subject: 'Reset your password' },
  magiclink: { template: 'magic_link', subject: 'Your sign-in link' },
  invite: { template: 'invite', subject: 'You are invited' },
  email_change: { template: 'email_change', subject: 'Confirm your new e-mail address' },
  reauthentication: { template: 'reauthentication', subject: 'Your code' },
} as const
type MailKind = keyof typeof kinds

const plainBody =
  '<p>{{ if .TokenHash }}<a href="{{ .ConfirmationURL }}">{{ .ConfirmationURL }}</a>{{ end }}</p><p>{{ .Token }}</p>'

type Letter = {
  kind: MailKind
  to: string
  /** The code a person may type. */
  token: string
  /** What the link carries. */
  tokenHash: string
  /** The person's metadata, by which a template chooses its language. */
  data: Record<string, unknown>
  /** The account's address, where the mail goes to the one it is to be changed to. */
  currentEmail?: string
  redirectTo?: string
}

export type Mailer = {
  send(letter: Letter): Promise<void>
  close(): void
}

type Addresses = { smtp: string; site: string; api: string }

/** Sends the mails of Auth by SMTP, worded by the templates that config.toml names. */
export function makeMailer(addresses: Addresses, project: Project): Mailer {
  const { admin_email: address, sender_name: name } = project.local_smtp
  const { hostname: host, port } = new URL(addresses.smtp)
  const transport = createTransport({
    host,
    port: Number(port),
    pool: true,
    ignoreTLS: true,
    connectionTimeout: 5_000,
    greetingTimeout: 5_000,
    socketTimeout: 10_000,
  })
  return {
    async send(letter) {
      const kind = kinds[letter.kind]
      const template = project.auth.email.template[kind.template]
      const values = valuesOf(letter, addresses)
      const body = template?.content_path
        ? await readFile(templatePath(template.content_path), 'utf8')
        : plainBody
      await transport.sendMail({
        from: { name, address },
        to: letter.to,
        subject: await renderText(template?.subject ?? kind.subject, values),
        html: await renderHtml(body, values),
      })
    },
    close: () => transport.close(),
  }
}

function valuesOf(letter: Letter, { site, api }: Addresses): Values {
  const redirect = letter.redirectTo ?? site
  const link = new URL('/auth/v1/verify', api)
  link.search = new URLSearchParams({
    token: letter.tokenHash,
    type: letter.kind,
    redirect_to: redirect,
  }).toString()
  return {
    SiteURL: site.replace(/\/+$/, ''),
    ConfirmationURL: link.href,
    RedirectTo: redirect,
    Token: letter.token,
    TokenHash: letter.tokenHash,
    Email: letter.currentEmail ?? letter.to,
    NewEmail: letter.to,
    Data: letter.data,
  }
}
