import { SMTPServer } from 'smtp-server'
import type { Log } from '../log.ts'
import type { Letters } from './letters.ts'

const largest = 25 * 2 ** 20
const slowness = 3_000

const localPart = ({ address }: { address: string }) => address.split('@')[0]?.toLowerCase()

/**
 * Takes every mail, delivers none. To see what happens when mail goes wrong, write to bounce@ any domain, which is
 * refused, or to slow@ any domain, which is taken after three seconds.
 */
export function startSmtp(port: number, letters: Letters, log: Log): Promise<{ close(): Promise<void> }> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    size: largest,
    onAuth: (_, __, done) => done(null, { user: 'anyone' }),
    onRcptTo(recipient, _, done) {
      if (localPart(recipient) !== 'bounce') return done()
      done(Object.assign(new Error('No such mailbox'), { responseCode: 550 }))
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.once('end', () => {
        if (stream.sizeExceeded) {
          return done(Object.assign(new Error('The mail is too large'), { responseCode: 552 }))
        }
        const { mailFrom, rcptTo } = session.envelope
        const envelope = { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) }
        const take = () => letters.add(Buffer.concat(chunks), envelope).then(() => done(), done)
        if (rcptTo.some((recipient) => localPart(recipient) === 'slow')) setTimeout(take, slowness)
        else void take()
      })
    },
  })
  server.on('error', (error) => log('warn', 'a mail client misbehaved', { error: error.message }))
  return new Promise((started, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed)
      started({ close: () => new Promise((closed) => server.close(closed)) })
    })
  })
}
