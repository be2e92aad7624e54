import { lawDatabase, type ScratchDatabase, withClient } from '@p2p/database/testing/database'
import type pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'

// Committed transactions on connections of their own: what a rolled-back test cannot show.
let database: ScratchDatabase
beforeAll(async () => {
  database = await lawDatabase(inject('adminUrl'))
})
afterAll(() => database.drop())

const rounds = 50
const reason = 'They wanted to be the only one.'
/** Depending on how far the loser had come: the company or the account was lost between two looks, or the role. */
const refusals = ['not_allowed', 'not_active', 'session_ended', 'second_factor_required']

type Admin = { id: string; organization: string }

/** Somebody with a company of their own who is a platform admin with a second factor. */
const admin = (client: pg.Client, name: string): Promise<Admin> =>
  client
    .query(
      `with person as (
         insert into auth.users (id, email, raw_user_meta_data)
         values (gen_random_uuid(), $1, '{"first_name": "A", "last_name": "B", "organization_name": "C", "locale": "en"}')
         returning id)
       select id from person`,
      [`${name}@${name}.example`],
    )
    .then(async ({ rows }) => {
      const { id } = rows[0]
      await client.query('update auth.users set email_confirmed_at = now() where id = $1', [id])
      await client.query(`insert into auth.sessions (id, user_id, aal) values ($1, $1, 'aal2')`, [id])
      await client.query(`insert into platform_roles (user_id, role) values ($1, 'admin')`, [id])
      const place = await client.query('select organization_id from memberships where user_id = $1', [id])
      return { id, organization: place.rows[0].organization_id }
    })

/** The detail of a refusal, raised or answered; null where it was done. */
const act = (who: Admin, call: string, values: unknown[]) =>
  withClient(database.url, async (client) => {
    await client.query('begin')
    await client.query(`select set_config('request.jwt.claims', $1, true)`, [
      JSON.stringify({ sub: who.id, session_id: who.id, role: 'authenticated' }),
    ])
    await client.query('set local role authenticated')
    try {
      const { rows } = await client.query(`select ${call} as answer`, values)
      await client.query('commit')
      return (rows[0].answer.details as string | undefined) ?? null
    } catch (error) {
      await client.query('rollback')
      return (error as { detail?: string; code: string }).detail ?? (error as { code: string }).code
    }
  })

const whoMayAct = `
  select count(*)::int as admins from platform_roles
  join memberships using (user_id)
  join profiles on profiles.id = user_id and profiles.status = 'active'
  join organizations on organizations.id = organization_id and organizations.status = 'active'
  where platform_roles.role = 'admin'`

const ways: Record<string, [(other: Admin) => [string, unknown[]], (other: Admin) => [string, unknown[]]]> = {
  'take each other’s role': [
    ({ id }) => ['revoke_platform_role($1)', [id]],
    ({ id }) => ['revoke_platform_role($1)', [id]],
  ],
  'pause each other': [
    ({ id }) => ['deactivate_person($1, $2)', [id, reason]],
    ({ id }) => ['deactivate_person($1, $2)', [id, reason]],
  ],
  'take the role of one and suspend the company of the other': [
    ({ id }) => ['revoke_platform_role($1)', [id]],
    ({ organization }) => ['suspend_organization($1, $2)', [organization, reason]],
  ],
}

for (const [name, [first, second]] of Object.entries(ways)) {
  test(`two platform admins who ${name} at the same moment: one stays, in ${rounds} rounds`, async () => {
    await withClient(database.url, async (client) => {
      let [pat, pia] = [
        await admin(client, `pat-${crypto.randomUUID()}`),
        await admin(client, `pia-${crypto.randomUUID()}`),
      ]
      // Those of the rounds before must not be the ones who stay.
      await client.query(`delete from platform_roles where user_id not in ($1, $2)`, [pat.id, pia.id])
      for (let round = 0; round < rounds; round++) {
        const answers = await Promise.all([act(pat, ...first(pia)), act(pia, ...second(pat))])
        expect(
          answers.filter((answer) => answer === null),
          `round ${round}: ${answers.join()}`,
        ).toHaveLength(1)
        expect(refusals).toContain(answers.find((answer) => answer !== null))
        expect((await client.query(whoMayAct)).rows).toEqual([{ admins: 1 }])
        const loser = answers[0] === null ? pia : pat
        const another = await admin(client, `new-${crypto.randomUUID()}`)
        await client.query('delete from platform_roles where user_id = $1', [loser.id])
        if (loser === pia) pia = another
        else pat = another
      }
    })
  }, 60_000)
}

test('a dead job that two admins send back at the same moment goes back once', async () => {
  const queue = 'identity.send-welcome-mail'
  await withClient(database.url, async (client) => {
    const [pat, pia] = [await admin(client, 'pat-jobs'), await admin(client, 'pia-jobs')]
    for (let round = 0; round < rounds; round++) {
      const { rows } = await client.query(
        `insert into pgboss.job (name, data, source_name) values ($1, '{}', $2) returning id`,
        [`${queue}.dead`, queue],
      )
      const before = (
        await client.query('select count(*)::int as n from pgboss.job where name = $1', [queue])
      ).rows[0].n
      await Promise.all([pat, pia].map((who) => act(who, 'replay_dead_jobs($1, $2)', [queue, [rows[0].id]])))
      const after = (await client.query('select count(*)::int as n from pgboss.job where name = $1', [queue]))
        .rows[0].n
      expect(after - before).toBe(1)
    }
  })
}, 60_000)
