import { readFile } from 'node:fs/promises'
import { createTransport } from 'nodemailer'
import { functionPath as fromSupabaseFolder, type Project, templatePath } from '../project.ts'
import { type LetterKind, letters, type NoticeKind, notices } from './letters.ts'
import { renderHtml, renderText, type Values } from './template.ts'

type Letter = {
  kind: LetterKind | NoticeKind
  to: string
  /** What its template may say, by the names that Supabase gives it: SiteURL, Token, Data … */
  values: Values
}

export type Mailer = {
  send(letter: Letter): Promise<void>
  close(): void
}

/** Sends the mails of Auth by SMTP, worded by the templates that config.toml names. */
export function makeMailer(smtp: string, project: Project): Mailer {
  const { admin_email: address, sender_name: name } = project.local_smtp
  const { hostname: host, port } = new URL(smtp)
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
    async send({ kind, to, values }) {
      const { subject, body } = await wordingOf(kind, project)
      await transport.sendMail({
        from: { name, address },
        to,
        subject: await renderText(subject, values),
        html: await renderHtml(body, values),
      })
    },
    close: () => transport.close(),
  }
}

/** Read anew each time, so that a template can be worked on while the stack runs. */
async function wordingOf(kind: Letter['kind'], { auth: { email } }: Project) {
  const isNotice = isNoticeKind(kind)
  const own = isNotice ? email.notification[kind] : email.template[letters[kind].template]
  const standard = isNotice ? notices[kind] : letters[kind]
  // The CLI reads a mail's path from the repository, a notice's from supabase/.
  const path = own?.content_path && (isNotice ? fromSupabaseFolder : templatePath)(own.content_path)
  return {
    subject: own?.subject || standard.subject,
    body: path ? await readFile(path, 'utf8') : standard.body,
  }
}

const isNoticeKind = (kind: string): kind is NoticeKind => kind in notices
