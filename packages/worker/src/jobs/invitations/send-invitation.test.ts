import { createHash } from 'node:crypto'
import { describe, expect } from 'vitest'
import { test, until, type Workshop } from '../../../testing/workshop.ts'

const queue = 'invitations.send-invitation'

/** Ada's company invites an address, as the database does it. */
async function invite(
  { db, signUp }: Workshop,
  { message = '', locale = 'en', organization = 'Najd Pumps' } = {},
) {
  const ada = await signUp('Ada', { organization })
  const { rows } = await db.query(
    `insert into invitations (organization_id, email, role, locale, message, invited_by)
     select organization_id, 'bea@x.example', 'member', $2::locale, nullif($3, ''), user_id
     from memberships where user_id = $1 returning id`,
    [ada, locale, message],
  )
  return rows[0].id as string
}
const ask = ({ db }: Workshop, invitationId: string, sending = 1) =>
  db.query('select private.enqueue($1, $2)', [queue, { invitationId, sending }])
const done = ({ jobs }: Workshop, count = 1) =>
  until(async () =>
    expect((await jobs(queue)).filter(({ state }) => state === 'completed')).toHaveLength(count),
  )
const mails = ({ mail }: Workshop) =>
  mail.caught.filter(({ recipients }) => recipients.includes('bea@x.example'))
const tokenIn = (text: string | undefined) => /token=([A-Za-z0-9_-]{43})/.exec(text ?? '')?.[1] ?? ''

/** Whether a link opens: its hash is there, and of the newest mail. */
const opens = async ({ db }: Workshop, token: string) =>
  (
    await db.query(
      `select from private.invitation_secrets as secret join invitations on id = invitation_id
       where token_hash = $1 and secret.sending = invitations.sending`,
      [createHash('sha256').update(token).digest()],
    )
  ).rowCount === 1

describe('the mail of an invitation', () => {
  test('names who invites and whereto, in the language of the invitation, with a link that opens', async ({
    workshop,
  }) => {
    const id = await invite(workshop, { locale: 'ar', message: 'أهلًا\nبك' })
    await ask(workshop, id)
    await workshop.start()
    await done(workshop)
    const [mail] = mails(workshop)
    expect(mail?.subject).toContain('Najd Pumps')
    expect(mail?.html).toContain('dir="rtl"')
    expect(mail?.html).toContain('<bdi>Ada Tester</bdi>')
    expect(mail?.text).toContain('> أهلًا\n> بك')
    expect(tokenIn(mail?.html)).toBe(tokenIn(mail?.text))
    expect(await opens(workshop, tokenIn(mail?.text))).toBe(true)
    const { rows } = await workshop.db.query('select mailed_at is not null as mailed from invitations')
    expect(rows).toEqual([{ mailed: true }])
  })

  test('shows as text what somebody wrote as markup, and has no quotation where nothing was written', async ({
    workshop,
  }) => {
    const id = await invite(workshop, {
      message: '<img src=x onerror=alert(1)>{{ token }}',
      organization: '"><script>x</script>',
    })
    await ask(workshop, id)
    await workshop.start()
    await done(workshop)
    const html = mails(workshop)[0]?.html ?? ''
    expect(html).not.toMatch(/<img|<script/)
    expect(html).toContain('&lt;img src=x')
    expect(html).toContain('{{ token }}')
  })

  test('that is asked for twice is sent once, and its link is alive', async ({ workshop }) => {
    const id = await invite(workshop)
    await ask(workshop, id)
    await ask(workshop, id)
    await workshop.start()
    await done(workshop, 2)
    expect(mails(workshop)).toHaveLength(1)
    expect(await opens(workshop, tokenIn(mails(workshop)[0]?.text))).toBe(true)
  })

  test('is not sent where it was withdrawn, or sent anew meanwhile', async ({ workshop }) => {
    const id = await invite(workshop)
    await workshop.db.query('update invitations set sending = 2')
    await ask(workshop, id, 1)
    await workshop.start()
    await done(workshop)
    await workshop.db.query('update invitations set revoked_at = now()')
    await ask(workshop, id, 2)
    await done(workshop, 2)
    expect(mails(workshop)).toEqual([])
  })

  test('to a mailbox that does not exist is noted for the admin', async ({ workshop }) => {
    const id = await invite(workshop)
    workshop.mail.mood = { recipient: 550 }
    await ask(workshop, id)
    await workshop.start()
    await until(async () => {
      const { rows } = await workshop.db.query('select undelivered_at is not null as known from invitations')
      expect(rows).toEqual([{ known: true }])
    })
    expect(JSON.stringify(workshop.log)).not.toMatch(/x\.example/)
  })
})

describe('a request to join', () => {
  test('is told to each admin once, in their language', async ({ workshop }) => {
    await workshop.signUp('Ada', { locale: 'ar' })
    await workshop.db.query(
      `select request_to_join('bea@ada.example', 'Bea', 'Saleh', 'en', 'I am in maintenance')`,
    )
    await workshop.start()
    const told = () => workshop.mail.caught.filter(({ subject }) => subject?.includes('Bea Saleh'))
    await until(() => expect(told()).toHaveLength(1))
    expect(told()[0]).toMatchObject({ recipients: ['ada@ada.example'] })
    expect(told()[0]?.text).toContain('> I am in maintenance')
    expect(told()[0]?.html).toContain('https://p2p.example/company/invitations')
  })
})
