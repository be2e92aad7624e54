import type { AuthChangeEvent, Session, SupabaseClient } from '@supabase/supabase-js'
import { expect, vi } from 'vitest'
import { type Mail, mailTo as waitForMail } from '../../testing/mailbox.ts'
import { sql, target } from './world.ts'

/** As if the last mails to an address had gone out an age ago: nobody gets two at once. */
export const someTimeAgo = (email: string) =>
  sql(
    `update auth.users set confirmation_sent_at = confirmation_sent_at - interval '10 minutes',
       recovery_sent_at = recovery_sent_at - interval '10 minutes',
       email_change_sent_at = email_change_sent_at - interval '10 minutes' where email = $1`,
    [email],
  )

/** Auth asked without a client, where a client would not say it. */
export async function ask(
  path: string,
  init: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const headers = { apikey: target.publishableKey, 'content-type': 'application/json', ...init.headers }
  const response = await fetch(`${target.api}/auth/v1${path}`, { ...init, headers })
  const text = await response.text()
  return { status: response.status, body: text ? JSON.parse(text) : {} }
}
export const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  ask(path, { method: 'POST', body: JSON.stringify(body), headers })

export const sessionOf = async (client: SupabaseClient): Promise<Session> => {
  const { data } = await client.auth.getSession()
  if (!data.session) throw new Error('Nobody is signed in.')
  return data.session
}

/** What a client is told of its session while something is done. */
export async function told(client: SupabaseClient, act: () => Promise<unknown>): Promise<AuthChangeEvent[]> {
  const events: AuthChangeEvent[] = []
  const { data } = client.auth.onAuthStateChange((event) => void events.push(event))
  await vi.waitFor(() => expect(events).toContain('INITIAL_SESSION'))
  await act()
  data.subscription.unsubscribe()
  return events
}

/** The nth mail of Auth to an address (the first is 1), when it has come. A project may send mails of its own. */
export const mailTo = (address: string, nth = 1): Promise<Mail> =>
  waitForMail(target.mail, address, nth, (mail) => (hashOf(mail) ?? codeOf(mail)) !== undefined)

const hashOf = ({ HTML }: Mail) => /token(?:_hash)?=((?:pkce_)?[0-9a-f]{20,})/.exec(HTML)?.[1]
const codeOf = ({ HTML }: Mail) =>
  /(?<![\d#])\d{6}(?!\d)/.exec(HTML.replaceAll(/<style.*?<\/style>/gs, ''))?.[0]

/** What a mail's link proves an address by, whichever template it was written from. */
export function hashIn(mail: Mail): string {
  const hash = hashOf(mail)
  if (!hash) throw new Error('There is no link in this mail.')
  return hash
}

/** The code that a mail asks to type. */
export function codeIn(mail: Mail): string {
  const code = codeOf(mail)
  if (!code) throw new Error('There is no code in this mail.')
  return code
}
