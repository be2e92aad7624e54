import nodemailer from 'nodemailer'
import { z } from 'zod'
import { Hopeless } from '../handle.ts'

export type Mail = {
  to: string
  /** The same for every try at the same mail, so that a mail system that sees it twice can show it once. */
  id: string
  locale: string
  subject: string
  html: string
  text: string
  /** Where a mail program ends mails like it by itself (RFC 8058). */
  unsubscribeUrl?: string
}

export type Mailer = {
  /** Resolves when the mail server has taken the mail; throws `Hopeless` where it will never take it. */
  send(mail: Mail): Promise<void>
  /** Throws when the mail server cannot be reached or refuses us. */
  verify(): Promise<void>
  close(): void
}

const Fault = z.object({
  code: z.string().optional(),
  command: z.string().optional(),
  responseCode: z.number().optional(),
  permanent: z.boolean().optional(),
})

// The server's own words are left out: they repeat the recipient's address, and this text reaches logs and the queue.
function explain(error: unknown): Error {
  const { code, command, responseCode, permanent } = Fault.catch({}).parse(error)
  const what = `The mail server did not take the mail (${[code, command, responseCode].filter(Boolean).join(' ')}).`
  // Only a refused recipient is beyond hope. Other lasting refusals, such as a wrong password, are ours to mend.
  return permanent && command === 'RCPT TO' ? new Hopeless(what) : new Error(what)
}

/** `smtpUrl` carries the credentials; times are bounded so that a silent server cannot hold a job. */
export function createMailer(smtpUrl: string, from: string): Mailer {
  const transport = nodemailer.createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections: 5,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    dnsTimeout: 10_000,
  })
  const domain = from.slice(from.lastIndexOf('@') + 1)

  return {
    async send({ to, id, locale, subject, html, text, unsubscribeUrl }) {
      try {
        await transport.sendMail({
          from: { name: 'P2P Sandbox', address: from },
          // As an object: the address is one address, whatever commas somebody managed to put into it.
          to: { name: '', address: to },
          messageId: `<${id}@${domain}>`,
          headers: {
            'Content-Language': locale,
            'Auto-Submitted': 'auto-generated',
            ...(unsubscribeUrl && {
              'List-Unsubscribe': `<${unsubscribeUrl}>`,
              'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
            }),
          },
          subject,
          html,
          text,
        })
      } catch (error) {
        throw explain(error)
      }
    },
    async verify() {
      try {
        await transport.verify()
      } catch (error) {
        throw explain(error)
      }
    },
    close: () => transport.close(),
  }
}
