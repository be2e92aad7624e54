import { expect, test } from 'vitest'
import { outcome, racing } from './racing.ts'

const { owner, signUp, companyOf, as } = racing()

const rounds = 50
const national = '7001272124'

const founder = (name: string) =>
  signUp(`${name}@${name}.example`, { metadata: { organization_name: 'Najd Castings' } })

test('two companies verified with one number at the same moment: one of them is', async () => {
  const companies = [await companyOf(await founder('ada')), await companyOf(await founder('bob'))]
  const settle = async (company: string): Promise<string> => {
    const rows = await owner(
      `select private.settle_registration($1, $2, 'verified', null, 'Najd Castings', $2) as state`,
      [company, national],
    )
    return rows[0].state
  }
  await owner('insert into registrations (organization_id, number) select unnest($1::uuid[]), $2', [
    companies,
    national,
  ])
  for (let round = 0; round < rounds; round += 1) {
    await owner(
      `update registrations set state = 'pending', reason = null, registry_name = null, national_number = null, checked_at = null`,
    )
    const states = await Promise.all(companies.map(settle))
    expect(states.toSorted()).toEqual(['rejected', 'verified'])
    const rows = await owner(
      'select count(verified_at)::int as badges from organizations where id = any ($1)',
      [companies],
    )
    expect(rows).toEqual([{ badges: 1 }])
  }
})

test('two admins who save the same revision at the same moment: one is told', async () => {
  const eve = await founder('eve')
  const save = (about: string, expected: number) =>
    outcome(as(eve, 'select update_organization($1, $2) as answer', [{ about }, expected]))
  for (let round = 1; round <= rounds; round += 1) {
    const answers = await Promise.all([save(`one ${round}`, round), save(`other ${round}`, round)])
    expect(answers.toSorted()).toEqual(['changed_meanwhile', 'done'])
  }
})
