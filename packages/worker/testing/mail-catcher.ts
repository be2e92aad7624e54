import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'

export type Caught = Email & { recipients: string[] }

/**
 * What the server does with the next mails. A number is the SMTP code of its refusal, at RCPT or after the data; `gone`
 * is an address it does not know.
 */
type Mood = { recipient?: number; data?: number; gone?: string }

export type MailCatcher = {
  url: string
  caught: Caught[]
  mood: Mood
  /** While set, the server takes the data and keeps its answer until the promise is done. */
  hold: Promise<void> | undefined
  /** Mails whose data has arrived, answered or not. */
  arrived: number
  stop(): Promise<void>
}

const refusal = (code: number) =>
  Object.assign(new Error('somebody@secret.example: no'), { responseCode: code })

/** A mail server that takes everything, unless its mood says otherwise. */
export async function catchMails(port = 0): Promise<MailCatcher> {
  const catcher: Omit<MailCatcher, 'url' | 'stop'> = { caught: [], mood: {}, hold: undefined, arrived: 0 }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo({ address }, _session, answer) {
      const { recipient, gone } = catcher.mood
      const code = address === gone ? 550 : recipient
      answer(code ? refusal(code) : null)
    },
    async onData(stream, session, answer) {
      const data = Buffer.concat(await stream.toArray())
      catcher.arrived += 1
      await catcher.hold
      if (catcher.mood.data) return answer(refusal(catcher.mood.data))
      const recipients = session.envelope.rcptTo.map(({ address }) => address)
      catcher.caught.push({ ...(await PostalMime.parse(data)), recipients })
      answer(null)
    },
  })
  server.on('error', () => {})
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', () => listening()))
  const address = server.server.address()
  const bound = typeof address === 'object' && address ? address.port : port
  return Object.assign(catcher, {
    url: `smtp://127.0.0.1:${bound}`,
    stop: () => new Promise<void>((closed) => server.close(() => closed())),
  })
}
