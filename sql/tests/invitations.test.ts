import { createHash, randomBytes } from 'node:crypto'
import { Email, invitationLimits, limits, PersonalMessage } from '@p2p/contracts'
import { type Db, type Person, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

type Report = { invited: number; report: { line: number; email: string; status: string }[] }

const invite = async (db: Db, emails: unknown[], more: { role?: string; message?: string } = {}) => {
  const entries = JSON.stringify(emails.map((each) => (typeof each === 'string' ? { email: each } : each)))
  const [row] = await db.sql<{ answer: Report }>`
    select invite_people(${entries}::jsonb, ${more.role ?? 'member'}::member_role, 'en', ${more.message ?? null}) as answer`
  return row!.answer
}
const statuses = (answer: Report) => answer.report.map(({ status }) => status)

/** What the worker does when it mails: the token that the mail would carry. */
async function tokenFor(db: Db, email: string): Promise<string> {
  await db.asOwner()
  const token = randomBytes(32).toString('base64url')
  await db.sql`
    insert into private.invitation_secrets (token_hash, invitation_id, sending)
    select ${createHash('sha256').update(token).digest()}, id, sending from invitations where email = ${email}
    order by created_at desc limit 1`
  return token
}

const names = { first_name: 'Bea', last_name: 'Saleh', locale: 'ar' }
const signUp = (db: Db, email: string, metadata: object) => db.sql<{ id: string }>`
  insert into auth.users (id, email, raw_user_meta_data)
  values (gen_random_uuid(), ${email}, ${{ ...names, ...metadata }}) returning id`

/** Runs what is refused without losing the transaction; answers the code. */
async function refusal(db: Db, work: () => Promise<unknown>): Promise<string> {
  await db.sql`savepoint before`
  try {
    const rows = (await work()) as Record<string, { details?: string }>[]
    return Object.values(rows[0] ?? {})[0]?.details ?? 'nothing was refused'
  } catch (error) {
    return (error as { detail?: string; message: string }).detail ?? (error as Error).message
  } finally {
    await db.sql`rollback to before`
  }
}

/** Somebody with an account who belongs to no company any more. */
async function homeless(db: Db, name: string): Promise<Person> {
  const person = await db.person(name)
  await db.sql`delete from memberships where user_id = ${person.id}`
  return person
}

describe('inviting', () => {
  test('says of each line what became of it, and invites what is good', async ({ db }) => {
    const ada = await db.person('ada')
    await db.colleague(ada, 'abe')
    await db.as(ada)
    await invite(db, ['open@x.example'])
    const answer = await invite(db, [
      { email: ' New@X.example ', name: 'نورة القحطاني' },
      'abe@abe.example',
      'open@x.example',
      'no address',
      'new@x.example',
      { email: 5 },
      'a line',
      null,
    ])
    expect(answer.invited).toBe(1)
    expect(answer.report.map(({ line, email, status }) => [line, email, status])).toEqual([
      [1, 'new@x.example', 'invited'],
      [2, 'abe@abe.example', 'already_member'],
      [3, 'open@x.example', 'already_invited'],
      [4, 'no address', 'invalid'],
      [5, 'new@x.example', 'duplicate'],
      [6, null, 'invalid'],
      [7, 'a line', 'invalid'],
      [8, null, 'invalid'],
    ])
    expect(await db.sql`select email, name, role, sending from invitations order by email`).toEqual([
      { email: 'new@x.example', name: 'نورة القحطاني', role: 'member', sending: 1 },
      { email: 'open@x.example', name: null, role: 'member', sending: 1 },
    ])
  })

  test('promises one mail each, and writes a line of the log without an address', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    await invite(db, ['a@x.example', 'b@x.example'], { role: 'admin' })
    await db.asOwner()
    const jobs = await db.sql`
      select data ->> 'sending' as sending from pgboss.job where name = 'invitations.send-invitation'`
    expect(jobs).toEqual([{ sending: '1' }, { sending: '1' }])
    const lines = await db.sql`
      select actor_id, organization_id, subject_kind, after from audit_events where action = 'invitations.invite'`
    expect(lines).toHaveLength(2)
    expect(lines[0]).toEqual({
      actor_id: ada.id,
      organization_id: ada.organization,
      subject_kind: 'invitation',
      after: { role: 'admin', sending: 1 },
    })
  })

  test('does not tell whether somebody of another company has an account', async ({ db }) => {
    const [ada] = [await db.person('ada'), await db.person('bob')]
    await db.as(ada)
    expect(statuses(await invite(db, ['bob@bob.example', 'nobody@bob.example']))).toEqual([
      'invited',
      'invited',
    ])
  })

  test('begins an expired invitation anew', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    await invite(db, ['late@x.example'])
    await db.asOwner()
    await db.sql`update invitations set expires_at = now() - interval '1 minute', mailed_at = now()`
    await db.as(ada)
    expect(statuses(await invite(db, ['late@x.example'], { role: 'admin' }))).toEqual(['invited'])
    expect(
      await db.sql`select sending, role, mailed_at, expires_at > now() as open from invitations`,
    ).toEqual([{ sending: 2, role: 'admin', mailed_at: null, open: true }])
  })

  test('is for admins, and a member who tries is remembered', async ({ db }) => {
    const ada = await db.person('ada')
    const abe = await db.colleague(ada, 'abe')
    await db.as(abe)
    expect(await invite(db, ['x@x.example'])).toMatchObject({ details: 'not_allowed' })
    expect(await db.sql`select * from invitations`).toEqual([])
    await db.asOwner()
    expect(
      await db.sql`select actor_id, action, outcome, code from audit_events where outcome = 'refused'`,
    ).toEqual([{ actor_id: abe.id, action: 'invitations.invite', outcome: 'refused', code: 'not_allowed' }])
  })

  test('refuses what is no list, a list too long, and a message that hides something', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    for (const entries of ['{}', '"a@b.example"', 'null', '[]', '5']) {
      const code = await refusal(db, () => db.sql`select invite_people(${entries}::jsonb)`)
      expect(code, entries).toBe('invitations_empty')
    }
    expect(await refusal(db, () => db.sql`select invite_people(null)`)).toBe('invitations_empty')
    const long = Array.from({ length: invitationLimits.lines + 1 }, (_, i) => `p${i}@x.example`)
    expect(await refusal(db, () => invite(db, long))).toBe('invitations_limit')
    for (const message of ['x'.repeat(invitationLimits.message + 1), 'Hello \u202E dlrow', 'a\u0007b']) {
      const code = await refusal(db, () => invite(db, ['a@x.example'], { message }))
      expect(code).toBe('message_invalid')
      expect(PersonalMessage.safeParse(message).success).toBe(false)
    }
    await invite(db, ['a@x.example'], { message: ' Two\r\nlines \n' })
    expect(await db.sql`select message from invitations`).toEqual([{ message: 'Two\nlines' }])
  })

  test('takes an address for one where the contract does', async ({ db }) => {
    for (const text of [
      'ada@ada.example',
      'a.b+c@x.co',
      'ada@ada',
      'a b@x.example',
      '"a"@x.example',
      'ada@-x.example',
      `${'a'.repeat(65)}@x.example`,
      `a@${'x.'.repeat(130)}example`,
      'ada@مصنع.example',
      '',
    ]) {
      const [row] = await db.sql<{ valid: boolean }>`select private.is_email(${text}) as valid`
      const contract = Email.safeParse(text)
      expect(row!.valid, text).toBe(contract.success && contract.data === text)
    }
  })
})

describe('how many a day', () => {
  test('a company reaches no more than its limit; what is over it is said line by line, then refused', async ({
    db,
  }) => {
    const ada = await db.person('ada')
    await db.sql`select private.count_rate('invitations.organization', ${ada.organization}, ${limits['invitations.organization'].max - 1}, 86400)`
    await db.as(ada)
    const answer = await invite(db, ['wrong', 'a@x.example', 'b@x.example'])
    expect([answer.invited, statuses(answer)]).toEqual([1, ['invalid', 'invited', 'limit']])
    await expect(invite(db, ['c@x.example'])).rejects.toMatchObject({ code: 'PGRST' })
  })

  test('a person has a limit of their own', async ({ db }) => {
    const ada = await db.person('ada')
    await db.sql`select private.count_rate('invitations.person', ${ada.id}, ${limits['invitations.person'].max}, 86400)`
    await db.as(ada)
    await expect(invite(db, ['c@x.example'])).rejects.toMatchObject({ code: 'PGRST' })
  })

  test('nobody’s mailbox is filled, from however many companies, and the count keeps no address', async ({
    db,
  }) => {
    const answers = []
    for (let i = 0; i <= limits['invitations.address'].max; i++) {
      await db.as(await db.person(`company${i}`))
      answers.push(...statuses(await invite(db, ['victim@x.example'])))
    }
    expect(answers.filter((status) => status === 'invited')).toHaveLength(limits['invitations.address'].max)
    expect(answers.at(-1)).toBe('limit')
    await db.asOwner()
    for (const { subject } of await db.sql`
      select subject from private.rate_limits where bucket = 'invitations.address'`)
      expect(subject).toMatch(/^[0-9a-f]{64}$/)
  })

  test('one invitation is sent again five times', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    await invite(db, ['a@x.example'])
    const [kept] = await db.sql<{ id: string }>`select id from invitations`
    for (let i = 0; i < limits['invitations.resend'].max; i++)
      await db.sql`select resend_invitation(${kept!.id})`
    await expect(db.sql`select resend_invitation(${kept!.id})`).rejects.toMatchObject({ code: 'PGRST' })
  })
})

describe('an admin', () => {
  test('sees the company’s invitations, newest first, a page at a time, and nobody else’s', async ({
    db,
  }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    await db.as(bob)
    await invite(db, ['theirs@x.example'])
    await db.as(ada)
    await invite(
      db,
      Array.from({ length: 5 }, (_, i) => `p${i}@x.example`),
    )
    await db.sql`select revoke_invitation(id) from invitations where email = 'p1@x.example'`
    type Page = { invitations: { email: string }[]; next: string | null; counts: object }
    const page = async (state: string | null, query: string | null, after: string | null) =>
      (
        await db.sql<{ page: Page }>`
          select list_invitations(${state}, ${query}, ${after}, 2) as page`
      )[0]!.page
    const seen: string[] = []
    let after: string | null = null
    do {
      const { invitations, next, counts }: Page = await page(null, null, after)
      seen.push(...invitations.map(({ email }) => email))
      expect(counts).toEqual({ open: 4, accepted: 0, expired: 0, revoked: 1 })
      after = next
    } while (after)
    expect(seen).toEqual(['p0', 'p1', 'p2', 'p3', 'p4'].map((name) => `${name}@x.example`))
    expect((await page('revoked', null, null)).invitations).toMatchObject([{ email: 'p1@x.example' }])
    expect((await page(null, 'P3@', null)).invitations).toMatchObject([{ email: 'p3@x.example' }])
    expect((await page(null, '%', null)).invitations).toEqual([])
    expect(await refusal(db, () => page(null, null, 'rubbish'))).toBe('cursor_invalid')
    expect(await refusal(db, () => page('lost', null, null))).toBe('invalid_input')
    expect(await db.sql`select distinct organization_id from invitations`).toEqual([
      { organization_id: ada.organization },
    ])
  })

  test('cannot touch another company’s, which is as if it were not there', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    await db.as(bob)
    await invite(db, ['theirs@x.example'])
    const [theirs] = await db.sql<{ id: string }>`select id from invitations`
    for (const id of [theirs!.id, crypto.randomUUID()]) {
      await db.as(ada)
      expect(await refusal(db, () => db.sql`select revoke_invitation(${id})`)).toBe('not_found')
      expect(await refusal(db, () => db.sql`select resend_invitation(${id})`)).toBe('not_found')
    }
    await db.asOwner()
    expect(await db.sql`select revoked_at, sending from invitations`).toEqual([
      { revoked_at: null, sending: 1 },
    ])
  })

  test('withdraws one, twice with the same answer, and cannot send it again', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    await invite(db, ['a@x.example'])
    const [kept] = await db.sql<{ id: string }>`select id from invitations`
    for (let i = 0; i < 2; i++) {
      expect(await db.sql`select revoke_invitation(${kept!.id}) ->> 'state' as state`).toEqual([
        { state: 'revoked' },
      ])
    }
    expect(await refusal(db, () => db.sql`select resend_invitation(${kept!.id})`)).toBe('invitation_revoked')
    expect(statuses(await invite(db, ['a@x.example']))).toEqual(['invited'])
    await db.asOwner()
    expect(await db.sql`select count(*)::int from audit_events where action = 'invitations.revoke'`).toEqual([
      { count: 1 },
    ])
  })

  test('has open pages look again, once for a whole list', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    await invite(db, ['a@x.example', 'b@x.example'])
    await db.asOwner()
    expect(
      await db.sql`select topic, private from realtime.messages where event = 'invitations_changed'`,
    ).toEqual([{ topic: `organization:${ada.organization}`, private: true }])
  })
})

describe('a new person who brings the token', () => {
  test('joins the company that invited them, as what it said, and founds nothing', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    await invite(db, ['bea@x.example'], { role: 'admin' })
    const token = await tokenFor(db, 'bea@x.example')
    const [bea] = await signUp(db, 'bea@x.example', {
      invitation_token: token,
      organization_name: 'Eve Holding',
      first_name_ar: 'بيا',
      last_name_ar: 'صالح',
    })
    await db.sql`update auth.users set email_confirmed_at = now() where id = ${bea!.id}`
    expect(
      await db.sql`
        select organization_id, role, status, first_name_ar from memberships join profiles on id = user_id
        where user_id = ${bea!.id}`,
    ).toEqual([{ organization_id: ada.organization, role: 'admin', status: 'active', first_name_ar: 'بيا' }])
    expect(await db.sql`select name from organizations`).toEqual([{ name: "ada's works" }])
    expect(await db.sql`select accepted_by from invitations where accepted_at is not null`).toEqual([
      { accepted_by: bea!.id },
    ])
    const [user] = await db.sql`select raw_user_meta_data::text as kept from auth.users where id = ${bea!.id}`
    expect(user.kept).not.toContain(token)
    expect(await db.sql`select actor_id from audit_events where action = 'invitations.accept'`).toEqual([
      { actor_id: bea!.id },
    ])
  })

  test('with any other address, a used, withdrawn, replaced, expired or made-up token is nobody', async ({
    db,
  }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    await invite(db, ['bea@x.example'])
    const token = await tokenFor(db, 'bea@x.example')
    const come = (email: string, invitation_token: unknown) =>
      refusal(db, () => signUp(db, email, { invitation_token }))
    expect(await come('eve@x.example', token)).toBe('invitation_for_another')
    for (const wrong of [`${token}x`, '', 'A'.repeat(43), 5, {}, 'x'.repeat(100_000)])
      expect(await come('bea@x.example', wrong)).toBe('invitation_unknown')

    const once = async (change: string, code: string) => {
      await db.sql`savepoint change`
      await db.client.query(change)
      expect(await come('bea@x.example', token)).toBe(code)
      await db.sql`rollback to change`
    }
    await once(`update invitations set expires_at = now() - interval '1 second'`, 'invitation_expired')
    await once('update invitations set revoked_at = now()', 'invitation_revoked')
    await once('update invitations set sending = 2', 'invitation_replaced')
    await once(`update organizations set status = 'suspended'`, 'organization_suspended')
    await signUp(db, 'bea@x.example', { invitation_token: token })
    expect(await come('bea@x.example', token)).toBe('invitation_used')
    expect(await db.sql`select count(*)::int from auth.users`).toEqual([{ count: 2 }])
  })

  test('cannot choose by metadata what the token alone decides', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    await invite(db, ['bea@x.example'])
    const [kept] = await db.sql<{ id: string }>`select id from invitations`
    await db.asOwner()
    const forged = {
      invitation_id: kept!.id,
      organization_id: ada.organization,
      role: 'admin',
      organization_name: 'Eve Holding',
    }
    const [eve] = await signUp(db, 'eve@eve.example', forged)
    expect(await db.sql`select organization_id, role from memberships where user_id = ${eve!.id}`).toEqual([
      { organization_id: expect.not.stringMatching(ada.organization), role: 'admin' },
    ])
    await db.sql`
      update auth.users set raw_user_meta_data = raw_user_meta_data || ${forged} where id = ${eve!.id}`
    const [user] = await db.sql`select raw_user_meta_data as kept from auth.users where id = ${eve!.id}`
    expect(Object.keys(user.kept)).not.toContain('invitation_id')
    expect(await db.sql`select accepted_at from invitations`).toEqual([{ accepted_at: null }])
  })

  test('is refused by Auth itself where the token comes by its own signup', async ({ db }) => {
    const [row] = await db.sql`
      select private.before_user_created(${{
        user: {
          email: 'bea@x.example',
          user_metadata: { ...names, organization_name: 'X', invitation_token: 'x' },
        },
      }}) as answer`
    expect(row.answer).toMatchObject({ error: { http_code: 422 } })
  })

  test.for([
    ['no last name', { last_name: ' ' }, 'last_name_invalid'],
    ['an Arabic name in Latin letters', { first_name_ar: 'Bea' }, 'arabic_name_invalid'],
    ['an Arabic name that is an object', { last_name_ar: { a: 1 } }, 'arabic_name_invalid'],
    ['no language', { locale: null }, 'locale_invalid'],
  ] as const)('%s: nothing is made, and the invitation stays open', async ([, change, code], { db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    await invite(db, ['bea@x.example'])
    const invitation_token = await tokenFor(db, 'bea@x.example')
    expect(await refusal(db, () => signUp(db, 'bea@x.example', { invitation_token, ...change }))).toBe(code)
    expect(await db.sql`select accepted_at from invitations`).toEqual([{ accepted_at: null }])
  })

  test('forgets their own signup that was never verified, without waiting', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    await invite(db, ['bea@bea.example'])
    const token = await tokenFor(db, 'bea@bea.example')
    await signUp(db, 'bea@bea.example', { organization_name: 'Too early' })
    const forget = async (proof: string) =>
      (await db.sql`select forget_unverified_signup('Bea@bea.example', ${proof}) as free`)[0].free
    expect(await forget('A'.repeat(43))).toBe(false)
    expect(await forget(token)).toBe(true)
  })
})

describe('somebody who has an account', () => {
  const accept = (db: Db, token: string | null) =>
    db.sql<{ answer: object }>`select accept_invitation(${token}) as answer`

  test('and belongs nowhere is let in as they are', async ({ db }) => {
    const [ada, gul] = [await db.person('ada'), await homeless(db, 'gul')]
    await db.as(ada)
    await invite(db, [gul.email], { role: 'admin' })
    const token = await tokenFor(db, gul.email)
    await db.as(gul)
    expect(await accept(db, token)).toEqual([
      { answer: { organization_id: ada.organization, role: 'admin' } },
    ])
    const [me] = await db.sql`select me() -> 'organization' ->> 'id' as organization`
    expect(me.organization).toBe(ada.organization)
    expect(await refusal(db, () => accept(db, token))).toBe('invitation_used')
  })

  test('of another company, of this one, or of another address is told so, and nothing moves', async ({
    db,
  }) => {
    const [ada, bob, gul] = [await db.person('ada'), await db.person('bob'), await homeless(db, 'gul')]
    await db.as(ada)
    await invite(db, [bob.email, 'abe@abe.example'])
    const token = await tokenFor(db, bob.email)
    const forAbe = await tokenFor(db, 'abe@abe.example')
    const abe = await db.colleague(ada, 'abe')
    await db.as(bob)
    expect(await refusal(db, () => accept(db, token))).toBe('belongs_to_another')
    await db.as(gul)
    expect(await refusal(db, () => accept(db, token))).toBe('invitation_for_another')
    await db.as(abe)
    expect(await refusal(db, () => accept(db, forAbe))).toBe('already_member')
    await db.asOwner()
    expect(await db.sql`select accepted_at from invitations`).toEqual([
      { accepted_at: null },
      { accepted_at: null },
    ])
  })

  test('and was deactivated does not come back in by an invitation', async ({ db }) => {
    const [ada, gul] = [await db.person('ada'), await homeless(db, 'gul')]
    await db.sql`update profiles set status = 'deactivated' where id = ${gul.id}`
    await db.as(ada)
    await invite(db, [gul.email])
    const token = await tokenFor(db, gul.email)
    await db.as(gul)
    expect(await refusal(db, () => accept(db, token))).toBe('not_active')
  })

  test('and guesses is remembered, then slowed down', async ({ db }) => {
    const gul = await homeless(db, 'gul')
    await db.as(gul)
    expect(await refusal(db, () => accept(db, null))).toBe('invitation_unknown')
    for (let i = 0; i < limits['invitations.accept'].max; i++)
      expect((await accept(db, 'A'.repeat(43)))[0]).toMatchObject({
        answer: { details: 'invitation_unknown' },
      })
    await expect(accept(db, 'A'.repeat(43))).rejects.toMatchObject({ code: 'PGRST' })
  })
})

describe('what the edge function is shown', () => {
  const read = async (db: Db, token: string | null, network = '203.0.113.7') =>
    (await db.sql`select read_invitation(${token}, ${network}) as answer`)[0].answer

  test('is what the holder of the token may know, and what stands in the way', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    await invite(db, [{ email: 'bea@x.example', name: 'Bea S' }], { message: 'Welcome' })
    const token = await tokenFor(db, 'bea@x.example')
    await db.asService()
    expect(await read(db, token)).toMatchObject({
      fault: null,
      email: 'bea@x.example',
      name: 'Bea S',
      role: 'member',
      message: 'Welcome',
      organization: "ada's works",
      inviter: { first_name: 'ada' },
      has_account: false,
    })
    await db.asOwner()
    await db.sql`update invitations set revoked_at = now()`
    expect(await read(db, token)).toMatchObject({ fault: 'invitation_revoked' })
  })

  test('ends for a network that guesses; an office that accepts together is not in its way', async ({
    db,
  }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    await invite(db, ['bea@x.example'])
    const token = await tokenFor(db, 'bea@x.example')
    for (let i = 0; i < 30; i++) expect(await read(db, token, 'office')).toMatchObject({ fault: null })
    for (let i = 0; i < limits['invitations.guess'].max; i++)
      expect(await read(db, null, 'eve')).toEqual({ fault: 'invitation_unknown' })
    await db.sql`savepoint before`
    await expect(read(db, token, 'eve')).rejects.toMatchObject({ code: 'PGRST' })
    await db.sql`rollback to before`
    expect(await read(db, token, 'office')).toMatchObject({ fault: null })
  })
})

describe('asking to join', () => {
  const ask = (db: Db, email: string) => db.sql`
    select request_to_join(${email}, 'Bea', 'Saleh', 'ar', 'أعمل في الصيانة')`
  const waiting = (db: Db) => db.sql<{ id: string; email: string }>`
    select id, email from join_requests where decided_at is null`

  test('reaches the admins of the address’s own company, once', async ({ db }) => {
    const ada = await db.person('ada')
    await db.asService()
    for (let i = 0; i < 2; i++) await ask(db, 'Bea@ada.example')
    await db.as(ada)
    expect(await waiting(db)).toMatchObject([{ email: 'bea@ada.example' }])
    const [row] = await db.sql`select list_join_requests() as page`
    expect(row.page).toMatchObject({
      requests: [{ email: 'bea@ada.example', first_name: 'Bea', message: 'أعمل في الصيانة' }],
      next: null,
      open: true,
    })
    await db.asOwner()
    expect(
      await db.sql`select count(*)::int from pgboss.job where name = 'invitations.send-join-request'`,
    ).toEqual([{ count: 1 }])
  })

  test('reaches nobody where there is nobody to ask, and nothing tells', async ({ db }) => {
    const [ada, sue] = [await db.person('ada'), await db.person('sue')]
    await db.person('pia', { verified: false })
    await db.sql`update organizations set status = 'suspended' where id = ${sue.organization}`
    await db.as(ada)
    await invite(db, ['invited@ada.example'])
    await db.asService()
    for (const email of [
      'bea@nowhere.example',
      'bea@gmail.com',
      'bea@pia.example',
      'bea@sue.example',
      'ada@ada.example',
      'invited@ada.example',
    ])
      expect(await ask(db, email), email).toEqual([{ request_to_join: '' }])
    await db.asOwner()
    expect(await waiting(db)).toEqual([])
  })

  test('ends where a company takes no requests, or had fifty today', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    await db.sql`select take_join_requests(false)`
    await db.asService()
    await ask(db, 'bea@ada.example')
    await db.as(ada)
    await db.sql`select take_join_requests(true)`
    await db.asOwner()
    await db.sql`select private.count_rate('invitations.requests', ${ada.organization}, 50, 86400)`
    await ask(db, 'bea@ada.example')
    expect(await waiting(db)).toEqual([])
    expect(
      await db.sql`select before, after from audit_events where action = 'invitations.take_requests' order by id`,
    ).toEqual([
      { before: { open: true }, after: { open: false } },
      { before: { open: false }, after: { open: true } },
    ])
  })

  test('approved, it becomes an invitation whose mail proves the address', async ({ db }) => {
    const ada = await db.person('ada')
    await ask(db, 'bea@ada.example')
    await db.as(ada)
    const [request] = await waiting(db)
    for (let i = 0; i < 2; i++) {
      expect(await db.sql`select decide_join_request(${request!.id}, 'approved', 'admin') as answer`).toEqual(
        [{ answer: { decision: 'approved' } }],
      )
    }
    expect(await waiting(db)).toEqual([])
    expect(await db.sql`select email, name, role, locale from invitations`).toEqual([
      { email: 'bea@ada.example', name: 'Bea Saleh', role: 'admin', locale: 'ar' },
    ])
    expect(await refusal(db, () => db.sql`select decide_join_request(${request!.id}, 'declined')`)).toBe(
      'already_decided',
    )
  })

  test('declined, it tells nobody, and may be asked again', async ({ db }) => {
    const ada = await db.person('ada')
    await ask(db, 'bea@ada.example')
    await db.as(ada)
    const [request] = await waiting(db)
    await db.sql`select decide_join_request(${request!.id}, 'declined')`
    await db.asOwner()
    expect(await db.sql`select * from invitations`).toEqual([])
    await ask(db, 'bea@ada.example')
    expect(await waiting(db)).toHaveLength(1)
  })

  test('is decided by the company’s own admins alone', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const abe = await db.colleague(ada, 'abe')
    await ask(db, 'bea@ada.example')
    const [request] = await waiting(db)
    const decide = () => db.sql`select decide_join_request(${request!.id}, 'approved')`
    await db.as(bob)
    expect(await refusal(db, decide)).toBe('not_found')
    await db.as(abe)
    expect(await refusal(db, decide)).toBe('not_allowed')
    expect(await db.sql`select * from join_requests`).toEqual([])
    expect(await refusal(db, () => db.sql`select take_join_requests(false)`)).toBe('not_allowed')
    await db.asOwner()
    expect(await waiting(db)).toHaveLength(1)
  })

  test('an admin who invites the address by themselves has answered', async ({ db }) => {
    const ada = await db.person('ada')
    await ask(db, 'bea@ada.example')
    await db.as(ada)
    await invite(db, ['bea@ada.example'])
    expect(await waiting(db)).toEqual([])
  })
})

test('a list of five hundred is invited in well under a second', async ({ db }) => {
  const ada = await db.person('ada')
  await db.as(ada)
  const answer = await invite(
    db,
    Array.from({ length: invitationLimits.lines }, (_, i) => ({ email: `p${i}@x.example`, name: `P ${i}` })),
  )
  expect(answer.invited).toBe(500)
})
