import { expect, test } from 'vitest'
import { outcome, racing } from './racing.ts'

const { owner, signUp, companyOf, as } = racing()

const rounds = 50
const reason = 'They wanted to be the only one.'
/** Depending on how far the loser had come: the company or the account was lost between two looks, or the role. */
const refusals = ['not_allowed', 'not_active', 'session_ended', 'second_factor_required']

type Admin = { id: string; company: string }

/** Somebody with a company of their own who is a platform admin with a second factor. */
async function admin(): Promise<Admin> {
  const id = await signUp(`admin@${crypto.randomUUID()}.example`, { aal: 'aal2', role: 'admin' })
  return { id, company: await companyOf(id) }
}

const whoMayAct = `
  select count(*)::int as admins from platform_roles
  join memberships using (user_id)
  join profiles on profiles.id = user_id and profiles.status = 'active'
  join organizations on organizations.id = organization_id and organizations.status = 'active'
  where platform_roles.role = 'admin'`

type Act = (by: Admin, other: Admin) => Promise<string>
const revoke: Act = (by, { id }) => outcome(as(by.id, 'select revoke_platform_role($1) as answer', [id]))
const pause: Act = (by, { id }) =>
  outcome(as(by.id, 'select deactivate_person($1, $2) as answer', [id, reason]))
const suspend: Act = (by, { company }) =>
  outcome(as(by.id, 'select suspend_organization($1, $2) as answer', [company, reason]))

const ways: Record<string, [Act, Act]> = {
  'take each other’s role': [revoke, revoke],
  'pause each other': [pause, pause],
  'take the role of one and suspend the company of the other': [revoke, suspend],
}

for (const [name, [first, second]] of Object.entries(ways)) {
  test(`two platform admins who ${name} at the same moment: one stays, in ${rounds} rounds`, async () => {
    let [pat, pia] = [await admin(), await admin()]
    // Those of the rounds before must not be the ones who stay.
    await owner('delete from platform_roles where user_id not in ($1, $2)', [pat.id, pia.id])
    for (let round = 0; round < rounds; round++) {
      const [pats, pias] = await Promise.all([first(pat, pia), second(pia, pat)])
      expect([pats, pias], `round ${round}`).toContain('done')
      expect(refusals, `round ${round}`).toContain(pats === 'done' ? pias : pats)
      expect(await owner(whoMayAct)).toEqual([{ admins: 1 }])
      const another = await admin()
      await owner('delete from platform_roles where user_id = $1', [(pats === 'done' ? pia : pat).id])
      if (pats === 'done') pia = another
      else pat = another
    }
  })
}

test('a dead job that two admins send back at the same moment goes back once', async () => {
  const queue = 'identity.send-welcome-mail'
  const waiting = async (): Promise<number> => {
    const rows = await owner('select count(*)::int as jobs from pgboss.job where name = $1', [queue])
    return rows[0].jobs
  }
  const admins = [await admin(), await admin()]
  for (let round = 0; round < rounds; round++) {
    const [{ id }] = await owner(
      `insert into pgboss.job (name, data, source_name) values ($1, '{}', $2) returning id`,
      [`${queue}.dead`, queue],
    )
    const before = await waiting()
    await Promise.all(
      admins.map((by) => as(by.id, 'select replay_dead_jobs($1, $2) as answer', [queue, [id]])),
    )
    expect((await waiting()) - before).toBe(1)
  }
})
