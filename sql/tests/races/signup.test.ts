import { expect, test } from 'vitest'
import { racing } from './racing.ts'

const { owner, signUp } = racing()

test('two signups for one domain at the same moment: one is made, one is told, nothing is left half made', async () => {
  for (let round = 0; round < 60; round++) {
    const answers = await Promise.allSettled([
      signUp(`ada@race${round}.example`),
      signUp(`eve@RACE${round}.example`),
    ])
    const [made, refused] = [
      answers.filter(({ status }) => status === 'fulfilled'),
      answers.filter(({ status }) => status === 'rejected'),
    ]
    expect(made).toHaveLength(1)
    expect(refused).toMatchObject([{ reason: { code: 'PT409', detail: 'domain_taken' } }])
  }
  const rows = await owner(`
    select (select count(*) from auth.users)::int as users, (select count(*) from organizations)::int as organizations,
      (select count(*) from profiles)::int as profiles, (select count(*) from memberships)::int as memberships`)
  expect(rows).toEqual([{ users: 60, organizations: 60, profiles: 60, memberships: 60 }])
})
