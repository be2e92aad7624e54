import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { outcome, racing } from './racing.ts'

const { owner, signUp, as } = racing()

const rounds = 50

/** An open invitation of a company of its own, with a token to it. */
async function invited(email: string): Promise<{ ada: string; id: string; token: string }> {
  const ada = await signUp(`ada@${email.split('@')[1]}`)
  await as(ada, 'select invite_people($1) as answer', [JSON.stringify([{ email }])])
  const token = randomBytes(32).toString('base64url')
  const [{ id }] = await owner('select id from invitations where email = $1', [email])
  await owner(
    'insert into private.invitation_secrets (token_hash, invitation_id, sending) values ($1, $2, 1)',
    [createHash('sha256').update(token).digest(), id],
  )
  return { ada, id, token }
}

const takeUp = (email: string, token: string) =>
  outcome(signUp(email, { metadata: { invitation_token: token } }))

describe('at the same moment', () => {
  test('two who take up one token: one person is made, the other is told', async () => {
    for (let round = 0; round < rounds; round++) {
      const email = `bea@twice${round}.example`
      const { token } = await invited(email)
      const answers = await Promise.all([takeUp(email, token), takeUp(email, token)])
      expect(answers.toSorted(), `round ${round}`).toEqual(['done', 'invitation_used'])
      const [left] = await owner(
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
      const { ada, id, token } = await invited(email)
      const [came, withdrawn] = await Promise.all([
        takeUp(email, token),
        outcome(as(ada, 'select revoke_invitation($1) as answer', [id])),
      ])
      expect([
        ['done', 'invitation_used'],
        ['invitation_revoked', 'done'],
      ]).toContainEqual([came, withdrawn])
      const people = await owner('select from auth.users where email = $1', [email])
      expect(people).toHaveLength(came === 'done' ? 1 : 0)
    }
  })

  test('two admins who paste the same list: each address is invited once, and mailed once', async () => {
    for (let round = 0; round < rounds; round++) {
      const ada = await signUp(`ada@same${round}.example`)
      const list = JSON.stringify([1, 2, 3].map((i) => ({ email: `p${i}@list${round}.example` })))
      await Promise.all([1, 2].map(() => as(ada, 'select invite_people($1) as answer', [list])))
      const [count] = await owner(
        'select count(*)::int, max(sending) as sending from invitations where email like $1',
        [`%@list${round}.example`],
      )
      expect(count).toEqual({ count: 3, sending: 1 })
    }
  })
})
