import { createHash, randomBytes } from 'node:crypto'
import { lawDatabase, type ScratchDatabase, withClient } from '@p2p/database/testing/database'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'

// Committed transactions on connections of their own: what a rolled-back test cannot show.
const rounds = 50
let database: ScratchDatabase
beforeAll(async () => {
  database = await lawDatabase(inject('adminUrl'))
})
afterAll(() => database.drop())

const names = { first_name: 'A', last_name: 'B', organization_name: 'C', locale: 'en' }
const signUp = (email: string, metadata: object = {}) =>
  withClient(database.url, async (client) => {
    const { rows } = await client.query(
      'insert into auth.users (id, email, raw_user_meta_data) values (gen_random_uuid(), $1, $2) returning id',
      [email, { ...names, ...metadata }],
    )
    return rows[0].id as string
  })

const all = (text: string, values: unknown[] = []) =>
  withClient(database.url, async (client) => (await client.query(text, values)).rows)

/** A verified admin with a session, as whom `as` then acts. */
async function admin(email: string): Promise<string> {
  const id = await signUp(email)
  await all('update auth.users set email_confirmed_at = now() where id = $1', [id])
  await all(`insert into auth.sessions (id, user_id, aal) values ($1, $1, 'aal1')`, [id])
  return id
}

const as = (person: string, statement: string, values: unknown[] = []) =>
  withClient(database.url, async (client) => {
    await client.query('begin')
    await client.query(`select set_config('request.jwt.claims', $1, true)`, [
      JSON.stringify({ sub: person, session_id: person, role: 'authenticated' }),
    ])
    await client.query('set local role authenticated')
    const { rows } = await client.query(statement, values)
    await client.query('commit')
    return rows[0]
  })

/** An open invitation of a company of its own, with a token to it. */
async function invited(email: string): Promise<{ owner: string; id: string; token: string }> {
  const owner = await admin(`owner@${email.split('@')[1]}`)
  await as(owner, 'select invite_people($1)', [JSON.stringify([{ email }])])
  const token = randomBytes(32).toString('base64url')
  const [{ id }] = await all('select id from invitations where email = $1', [email])
  await all(
    'insert into private.invitation_secrets (token_hash, invitation_id, sending) values ($1, $2, 1)',
    [createHash('sha256').update(token).digest(), id],
  )
  return { owner, id, token }
}

const outcome = async (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: Error & { detail?: string; constraint?: string }) =>
      error.constraint ?? error.detail ?? error.message,
  )

describe('at the same moment', () => {
  test('two who take up one token: one person is made, the other is told', async () => {
    for (let round = 0; round < rounds; round++) {
      const email = `bea@twice${round}.example`
      const { token } = await invited(email)
      const answers = await Promise.all(
        [email, email].map((address) => outcome(signUp(address, { invitation_token: token }))),
      )
      expect(answers.toSorted(), `round ${round}`).toEqual(['done', 'invitation_used'])
      const [left] = await all(
        `select count(*)::int as members,
           (select count(*)::int from invitations where email = $1 and accepted_at is not null) as accepted
         from auth.users join memberships on user_id = users.id where users.email = $1`,
        [email],
      )
      expect(left).toEqual({ members: 1, accepted: 1 })
    }
  })

  test('one takes it up while it is withdrawn: it is accepted or withdrawn, never both', async () => {
    for (let round = 0; round < rounds; round++) {
      const email = `bea@withdrawn${round}.example`
      const { owner, id, token } = await invited(email)
      const [came, withdrawn] = await Promise.all([
        outcome(signUp(email, { invitation_token: token })),
        outcome(as(owner, 'select revoke_invitation($1)', [id])),
      ])
      expect([
        ['done', 'invitation_used'],
        ['invitation_revoked', 'done'],
      ]).toContainEqual([came, withdrawn])
      const people = await all('select from auth.users where email = $1', [email])
      expect(people).toHaveLength(came === 'done' ? 1 : 0)
    }
  })

  test('two admins who paste the same list: each address is invited once, and mailed once', async () => {
    for (let round = 0; round < rounds; round++) {
      const owner = await admin(`ada@same${round}.example`)
      const list = JSON.stringify([1, 2, 3].map((i) => ({ email: `p${i}@list${round}.example` })))
      await Promise.all([1, 2].map(() => as(owner, 'select invite_people($1)', [list])))
      const [count] = await all(
        `select count(*)::int, max(sending) as sending from invitations where email like $1`,
        [`%@list${round}.example`],
      )
      expect(count).toEqual({ count: 3, sending: 1 })
    }
  })
})
