import type { Database } from './database.ts'
import { every } from './every.ts'
import { describeError, type Log } from './log.ts'
import type { Mailer } from './mail/mailer.ts'

export type MailState = { ok: boolean; reason?: string }

// `platform_health()` takes three beats missed for a fault.
const beatEvery = 10_000
// Providers count logins; a mail server that is away is asked at each beat instead.
const askMailEvery = 30_000

export type Heartbeat = {
  /** What the mail server said last; null until it has been asked. */
  mail: () => MailState | null
  stop(): void
}

/** Writes the signs of life that `platform_health()` reads: the worker's own and, through it, the mail server's. */
export function startHeartbeat({ db, mailer, log }: { db: Database; mailer: Mailer; log: Log }): Heartbeat {
  let mail: MailState | null = null
  let askedAt = 0

  const askMail = every(beatEvery, async () => {
    if (mail?.ok && Date.now() - askedAt < askMailEvery) return
    askedAt = Date.now()
    const before = mail
    mail = await mailer.verify().then(
      () => ({ ok: true }),
      (error: unknown) => ({ ok: false, reason: describeError(error).message }),
    )
    if (mail.ok === before?.ok) return
    if (mail.ok) log.info('mail server answers')
    else log.warn({ reason: mail.reason }, 'mail server does not answer')
    await beat()
  })

  const beat = async () => {
    try {
      await write(db, 'worker', { ok: true })
      if (mail) await write(db, 'mail', mail)
    } catch (error) {
      log.warn({ err: error }, 'sign of life could not be written')
    }
  }
  const beats = every(beatEvery, beat)

  return {
    mail: () => mail,
    stop() {
      askMail.stop()
      beats.stop()
    },
  }
}

const write = (db: Database, part: 'worker' | 'mail', { ok, ...detail }: MailState) =>
  db.query(
    `insert into private.heartbeats (part, ok, detail) values ($1, $2, $3)
     on conflict (part) do update set beat_at = now(), ok = excluded.ok, detail = excluded.detail`,
    [part, ok, detail],
  )
