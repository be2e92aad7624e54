import { connect, signUp } from '@p2p/client'
import { startTestStack, type TestStack } from '@p2p/stack/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, test, vi } from 'vitest'

// Auth makes the mail, so a whole stack is needed.
let stack: TestStack
let db: pg.Pool
beforeAll(async () => {
  stack = await startTestStack({ worker: true })
  db = new pg.Pool({ connectionString: stack.urls.database, max: 2 })
}, 120_000)
afterAll(async () => {
  await db?.end()
  await stack?.stop()
})

const mailsTo = async (email: string) => {
  const answer = await fetch(`${stack.urls.mail}/api/v1/search?query=to:${email}`)
  return ((await answer.json()) as { messages: unknown[] }).messages.length
}

const resend = async (email: string) => {
  const { rows } = await db.query<{ id: string }>(
    `select private.enqueue('administration.resend-verification', jsonb_build_object('userId', id)) as id
     from auth.users where email = $1`,
    [email],
  )
  const state = async () =>
    (await db.query('select state from pgboss.job where id = $1', [rows[0]!.id])).rows[0]?.state
  await vi.waitUntil(async () => (await state()) === 'completed', { timeout: 20_000, interval: 100 })
}

describe('the mail that verifies an address, asked for by a platform admin', () => {
  const email = 'pia@resend.example'

  test('goes out once more to who never verified, and not to who has', async () => {
    const supabase = connect({ url: stack.urls.api, key: stack.keys.publishable })
    await signUp(supabase, {
      email,
      password: 'a long enough sentence',
      first_name: 'Pia',
      last_name: 'Pending',
      organization_name: 'Resend Works',
      locale: 'en',
    })
    await vi.waitUntil(async () => (await mailsTo(email)) === 1, { timeout: 20_000 })
    // Auth lets a minute pass between two mails to one address.
    await db.query(
      `update auth.users set confirmation_sent_at = now() - interval '2 minutes' where email = $1`,
      [email],
    )
    await resend(email)
    await vi.waitUntil(async () => (await mailsTo(email)) === 2, { timeout: 20_000 })

    await db.query('update auth.users set email_confirmed_at = now() where email = $1', [email])
    await resend(email)
    // The welcome, and no third link.
    await vi.waitUntil(async () => (await mailsTo(email)) === 3, { timeout: 20_000 })
    // Written down once the mail is on its way.
    const welcomes = async () =>
      (await db.query(`select from private.sent_mails where kind = 'welcome'`)).rowCount
    await vi.waitUntil(async () => (await welcomes()) === 1, { timeout: 20_000 })
  })
})
