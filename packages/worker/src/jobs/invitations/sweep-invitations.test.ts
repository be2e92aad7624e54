import { expect } from 'vitest'
import { test, until } from '../../../testing/workshop.ts'

const queue = 'invitations.sweep-invitations'

test('addresses of invitations and questions that are long over go, those of others stay', async ({
  workshop,
}) => {
  const { db } = workshop
  const ada = await workshop.signUp('Ada', { organization: 'Najd Pumps' })
  await db.query(
    `insert into invitations (organization_id, email, role, locale, created_at, expires_at, revoked_at)
     select organization_id, email, 'member', 'en', now() - age, now() - age + '7 days', now() - revoked
     from memberships, (values
       ('long-expired@x.example', interval '100 days', null::interval),
       ('long-revoked@x.example', '100 days', '99 days'),
       ('expired@x.example', '30 days', null),
       ('open@x.example', '1 day', null)) as made (email, age, revoked)
     where user_id = $1`,
    [ada],
  )
  await db.query(
    `insert into join_requests (organization_id, email, first_name, last_name, locale, created_at, decision, decided_at)
     select organization_id, email, 'Bea', 'Tester', 'en', now() - age, decision::join_decision, now() - decided
     from memberships, (values
       ('long-declined@x.example', interval '100 days', 'declined', interval '95 days'),
       ('declined@x.example', '100 days', 'declined', '1 day'),
       ('waiting@x.example', '100 days', null, null)) as made (email, age, decision, decided)
     where user_id = $1`,
    [ada],
  )
  await db.query('select private.enqueue($1, $2)', [queue, {}])
  await workshop.start()
  await until(async () => expect(await workshop.jobs(queue)).toMatchObject([{ state: 'completed' }]))

  const { rows } = await db.query(
    'select email from invitations union all select email from join_requests order by email',
  )
  expect(rows.map(({ email }) => email)).toEqual([
    'declined@x.example',
    'expired@x.example',
    'open@x.example',
    'waiting@x.example',
  ])
})
