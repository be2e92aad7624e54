import { type Db, type Person, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

type Session = { id: string; current: boolean; remembered: boolean; ends_at: string; ip: string | null }

const asked = async <T>(db: Db, person: Person, call: string): Promise<T> => {
  await db.as(person)
  await db.sql`select set_config('response.status', '', true)`
  return (await db.client.query(`select ${call} as answer`)).rows[0].answer
}

/** Another sign-in of the same person, on another device. */
async function elsewhere(db: Db, person: Person, more: { notAfter?: string; age?: string } = {}) {
  await db.asOwner()
  const [row] = await db.sql<{ id: string }>`
    insert into auth.sessions (id, user_id, aal, created_at, updated_at, user_agent, ip, not_after)
    values (gen_random_uuid(), ${person.id}, 'aal1', now() - coalesce(${more.age}, '0 s')::interval, now(),
      'Mozilla/5.0', '203.0.113.7', now() + ${more.notAfter}::interval)
    returning id`
  return { ...person, session: row!.id }
}

async function addFactor(db: Db, person: Person, status = 'verified') {
  await db.asOwner()
  await db.sql`
    insert into auth.mfa_factors (id, user_id, factor_type, status, created_at, updated_at)
    values (gen_random_uuid(), ${person.id}, 'totp', ${status}::auth.factor_status, now(), now())`
}

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { detail?: string; code: string }) => error.detail ?? error.code,
  )

const eventsFor = async (db: Db, person: Person) => {
  await db.asOwner()
  return db.sql`select event from realtime.messages where topic = ${`user:${person.id}`} and private`
}

describe('one’s sessions', () => {
  test('are listed, this one first, and nobody else’s', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const phone = await elsewhere(db, ada)
    await db.sql`update auth.sessions set not_after = null where id = ${phone.session}`
    const mine = await asked<Session[]>(db, ada, 'list_sessions()')
    expect(mine.map(({ id, current, remembered }) => ({ id, current, remembered }))).toEqual([
      { id: ada.session, current: true, remembered: false },
      { id: phone.session, current: false, remembered: true },
    ])
    expect(mine[1]).toMatchObject({ ip: '203.0.113.7', user_agent: 'Mozilla/5.0' })
    const ids = (await asked<Session[]>(db, bob, 'list_sessions()')).map(({ id }) => id)
    expect(ids).toEqual([bob.session])
  })

  test('whose time is up are not listed', async ({ db }) => {
    const ada = await db.person('ada')
    const old = await elsewhere(db, ada, { age: '31 days' })
    await db.sql`update auth.sessions set not_after = null where id = ${old.session}`
    await elsewhere(db, ada, { notAfter: '-1 second' })
    expect(await asked(db, ada, 'list_sessions()')).toHaveLength(1)
  })

  test('end one by one, at once, and the device’s token opens nothing', async ({ db }) => {
    const ada = await db.person('ada')
    const phone = await elsewhere(db, ada)
    expect(await asked(db, ada, `end_session('${phone.session}')`)).toEqual({ ended: 1 })
    expect(await eventsFor(db, ada)).toEqual([{ event: 'access_changed' }])
    expect(await asked(db, phone, 'me()')).toBeNull()
    await db.as(phone)
    expect(await db.sql`select from profiles where id <> ${ada.id}`).toEqual([])
    expect(await refusal(db.sql`select list_sessions()`)).toBe('session_ended')
  })

  test('of another person do not exist, and whoever tries is remembered', async ({ db }) => {
    const [ada, eve] = [await db.person('ada'), await db.person('eve')]
    for (const id of [ada.session, '00000000-0000-4000-8000-000000000000']) {
      expect(await asked(db, eve, `end_session('${id}')`)).toMatchObject({ details: 'not_found' })
    }
    expect(await asked(db, ada, 'list_sessions()')).toHaveLength(1)
    await db.asOwner()
    expect(await db.sql`select outcome, code from audit_events where actor_id = ${eve.id}`).toEqual([
      { outcome: 'refused', code: 'not_found' },
      { outcome: 'refused', code: 'not_found' },
    ])
  })

  test('all others end, or all of them', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    await elsewhere(db, ada)
    await elsewhere(db, ada)
    expect(await asked(db, ada, 'end_other_sessions()')).toEqual({ ended: 2 })
    expect(await asked(db, ada, 'end_other_sessions()')).toEqual({ ended: 0 })
    expect(await asked(db, ada, 'end_all_sessions()')).toEqual({ ended: 1 })
    expect(await asked(db, ada, 'me()')).toBeNull()
    expect(await asked(db, bob, 'list_sessions()')).toHaveLength(1)
    await db.asOwner()
    expect(await db.sql`select action from audit_events where actor_id = ${ada.id} order by id`).toEqual([
      { action: 'sessions.end_others' },
      { action: 'sessions.end_others' },
      { action: 'sessions.end_all' },
    ])
  })

  test('end after twelve hours, however they began, unless they are to be remembered', async ({ db }) => {
    const ada = await db.person('ada')
    const lasts = async () => {
      await db.asOwner()
      const [row] = await db.sql`
        select extract(epoch from not_after - created_at)::int / 3600 as hours from auth.sessions where id = ${ada.session}`
      return row.hours
    }
    expect(await lasts()).toBe(12)
    await db.asService()
    await db.sql`select begin_session(${ada.session}, 'Firefox', '203.0.113.7', false)`
    expect(await lasts()).toBe(12)
    expect((await asked<Session[]>(db, ada, 'list_sessions()'))[0]).toMatchObject({
      user_agent: 'Firefox',
      ip: '203.0.113.7',
      remembered: false,
    })
    await db.asService()
    await db.sql`select begin_session(${ada.session}, 'Firefox', 'not an address', true)`
    expect(await lasts()).toBeNull()
    expect((await asked<Session[]>(db, ada, 'list_sessions()'))[0]).toMatchObject({
      ip: '203.0.113.7',
      remembered: true,
    })
    await db.asService()
    const [none] = await db.sql`select begin_session(${ada.id}, 'Firefox', null, true) as found`
    expect(none.found).toBe(false)
    await db.asOwner()
    await db.sql`update auth.sessions set not_after = now() - interval '1 s' where id = ${ada.session}`
    expect(await asked(db, ada, 'me()')).toBeNull()
  })
})

describe('a second factor', () => {
  test('makes a password alone open nothing but the way to it', async ({ db }) => {
    const [ada] = [await db.person('ada'), await db.person('bob')]
    await addFactor(db, ada)
    expect(await asked(db, ada, 'me()')).toMatchObject({ second_factor: 'required' })
    await db.as(ada)
    expect(await db.sql`select from profiles where id <> ${ada.id}`).toEqual([])
    expect(await db.sql`select from organizations`).toEqual([])
    for (const call of ['list_sessions()', 'end_other_sessions()', 'list_topics()']) {
      await db.client.query('savepoint tried')
      expect(await refusal(db.client.query(`select ${call}`)), call).toBe('second_factor_required')
      await db.client.query('rollback to tried')
    }
    await db.secondFactor(ada)
    expect(await asked(db, ada, 'me()')).toMatchObject({ second_factor: 'confirmed' })
    expect(await asked(db, ada, 'list_sessions()')).toHaveLength(1)
  })

  test('that was never confirmed asks nobody for a code', async ({ db }) => {
    const ada = await db.person('ada')
    await addFactor(db, ada, 'unverified')
    expect(await asked(db, ada, 'me()')).toMatchObject({ second_factor: 'none' })
    await db.asOwner()
    await db.sql`delete from auth.mfa_factors where user_id = ${ada.id}`
    expect(await db.sql`select from audit_events where subject_id = ${ada.id}`).toEqual([])
  })

  test('that is lost is taken away by an admin, with every session, and stands in the log', async ({
    db,
  }) => {
    const ada = await db.person('ada')
    const abe = await db.colleague(ada, 'abe')
    await addFactor(db, abe)
    expect(await asked(db, ada, `reset_second_factor('${abe.id}')`)).toEqual({ removed: 1 })
    expect(await asked(db, abe, 'me()')).toBeNull()
    expect(await asked(db, ada, `reset_second_factor('${abe.id}')`)).toEqual({ removed: 0 })
    await db.asOwner()
    expect(
      await db.sql`select action, actor_id, organization_id from audit_events where subject_id = ${abe.id} order by id`,
    ).toEqual([
      { action: 'second_factor.reset', actor_id: ada.id, organization_id: ada.organization },
      { action: 'second_factor.remove', actor_id: ada.id, organization_id: ada.organization },
    ])
  })

  test('is not taken away by colleagues, strangers, or its owner without a code', async ({ db }) => {
    const [ada, eve] = [await db.person('ada'), await db.person('eve')]
    const abe = await db.colleague(ada, 'abe')
    await addFactor(db, ada)
    await db.secondFactor(ada)
    for (const [who, code] of [
      [abe, 'not_allowed'],
      [eve, 'not_found'],
      [ada, 'not_allowed'],
    ] as const) {
      expect(await asked(db, who, `reset_second_factor('${ada.id}')`)).toMatchObject({ details: code })
    }
    await db.asOwner()
    expect(await db.sql`select from auth.mfa_factors where user_id = ${ada.id}`).toHaveLength(1)
  })

  test('of a platform admin is taken away by another one alone', async ({ db }) => {
    const ada = await db.person('ada')
    const [pat, pam] = [await db.colleague(ada, 'pat'), await db.person('pam')]
    await addFactor(db, pat)
    await db.sql`insert into platform_roles (user_id, role) values (${pat.id}, 'admin'), (${pam.id}, 'admin')`
    expect(await asked(db, ada, `reset_second_factor('${pat.id}')`)).toMatchObject({ details: 'not_allowed' })
    await db.secondFactor(pam)
    expect(await asked(db, pam, `reset_second_factor('${pat.id}')`)).toEqual({ removed: 1 })
  })

  test('added and removed by its owner stands in the log as theirs', async ({ db }) => {
    const ada = await db.person('ada')
    await addFactor(db, ada, 'unverified')
    await db.sql`update auth.mfa_factors set status = 'verified' where user_id = ${ada.id}`
    await db.sql`delete from auth.mfa_factors where user_id = ${ada.id}`
    expect(await db.sql`select action, actor_id from audit_events order by id`).toEqual([
      { action: 'second_factor.add', actor_id: ada.id },
      { action: 'second_factor.remove', actor_id: ada.id },
    ])
  })
})

describe('passwords', () => {
  const attempt = async (db: Db, person: Person, valid: boolean) => {
    const event = JSON.stringify({ user_id: person.id, valid })
    const { rows } = await db.client.query('select private.password_verification_attempt($1) as answer', [
      event,
    ])
    return rows[0].answer.decision as string
  }

  test('beyond thirty failures the right one is answered like a wrong one', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    for (let tries = 0; tries < 29; tries++) expect(await attempt(db, ada, false)).toBe('continue')
    expect(await attempt(db, ada, true)).toBe('continue')
    for (let tries = 0; tries < 30; tries++) await attempt(db, ada, false)
    expect(await attempt(db, ada, true)).toBe('reject')
    expect(await attempt(db, bob, true)).toBe('continue')
    await db.sql`update private.rate_limits set window_start = window_start - interval '15 minutes'`
    expect(await attempt(db, ada, true)).toBe('continue')
  })

  test('of an app are counted too, ten wrong ones in a quarter of an hour', async ({ db }) => {
    const ada = await db.person('ada')
    const code = async (valid: boolean) => {
      const event = JSON.stringify({ user_id: ada.id, factor_id: ada.id, valid })
      return (await db.client.query('select private.mfa_verification_attempt($1) as answer', [event])).rows[0]
        .answer
    }
    for (let tries = 0; tries < 9; tries++) expect(await code(false)).toEqual({ decision: 'continue' })
    expect(await code(true)).toEqual({ decision: 'continue' })
    for (let tries = 0; tries < 10; tries++) await code(false)
    expect(await code(true)).toMatchObject({
      error: { http_code: 429, message: expect.stringMatching(/in \d+ seconds/) },
    })
  })

  test('and addresses that change are remembered, without either', async ({ db }) => {
    const ada = await db.person('ada')
    await db.sql`update auth.users set encrypted_password = 'new', email = 'new@ada.example' where id = ${ada.id}`
    expect(await db.sql`select action, actor_id, before, after from audit_events order by id`).toEqual([
      { action: 'password.change', actor_id: ada.id, before: null, after: null },
      { action: 'email.change', actor_id: ada.id, before: null, after: null },
    ])
    expect(await eventsFor(db, ada)).toEqual([{ event: 'access_changed' }])
  })
})

test('a sign-in that succeeds frees its address and leaves the network its failures', async ({ db }) => {
  await db.asService()
  for (const subject of ['a', 'a', 'b'])
    await db.sql`select take_rate_limit('sign_in.address', ${subject}, 10, 900)`
  for (const _ of [1, 2]) await db.sql`select take_rate_limit('sign_in.network', 'n', 100, 900)`
  await db.sql`select forgive_sign_in('a', 'n')`
  await db.asOwner()
  const counts = () => db.sql`select bucket, subject, hits from private.rate_limits order by bucket, subject`
  expect(await counts()).toEqual([
    { bucket: 'sign_in.address', subject: 'b', hits: 1 },
    { bucket: 'sign_in.network', subject: 'n', hits: 1 },
  ])
  await db.sql`select forgive_sign_in('b', 'n')`
  expect(await counts()).toEqual([])
})

test('a wished address can be forgotten again, with its links', async ({ db }) => {
  const [ada, bob] = [await db.person('ada'), await db.person('bob')]
  for (const { id } of [ada, bob]) {
    await db.sql`update auth.users set email_change = 'new@x.example', email_change_token_new = ${id} where id = ${id}`
    await db.sql`
      insert into auth.one_time_tokens (id, user_id, token_type, token_hash, relates_to)
      values (gen_random_uuid(), ${id}, 'email_change_token_new', ${id}, 'new@x.example')`
  }
  await asked(db, ada, 'cancel_email_change()')
  await asked(db, ada, 'cancel_email_change()')
  await db.asOwner()
  expect(await db.sql`select user_id from auth.one_time_tokens`).toEqual([{ user_id: bob.id }])
  expect(await db.sql`select id, email_change from auth.users where email_change <> ''`).toEqual([
    { id: bob.id, email_change: 'new@x.example' },
  ])
  expect(await db.sql`select action from audit_events`).toEqual([{ action: 'email.cancel_change' }])
})

test('the mails of Auth follow the language of the profile', async ({ db }) => {
  const ada = await db.person('ada')
  await db.as(ada)
  await db.sql`update profiles set locale = 'ar' where id = ${ada.id}`
  await db.asOwner()
  const [{ locale }] =
    await db.sql`select raw_user_meta_data ->> 'locale' as locale from auth.users where id = ${ada.id}`
  expect(locale).toBe('ar')
})

describe('a person’s own channel', () => {
  const mayListen = async (db: Db, person: Person | null, topic: string) => {
    await db.asOwner()
    await db.sql`insert into realtime.messages (topic, extension, private) values (${topic}, 'broadcast', true)`
    await db.as(person)
    await db.sql`select set_config('realtime.topic', ${topic}, true)`
    return (await db.sql`select from realtime.messages`).length > 0
  }

  test('is heard by them alone, active or not, while the session lasts', async ({ db }) => {
    const [ada, eve] = [await db.person('ada'), await db.person('eve')]
    const channel = `user:${ada.id}`
    expect(await mayListen(db, ada, channel)).toBe(true)
    expect(await mayListen(db, eve, channel)).toBe(false)
    expect(await mayListen(db, ada, 'user:')).toBe(false)
    await db.asOwner()
    await db.sql`update profiles set status = 'deactivated' where id = ${ada.id}`
    expect(await mayListen(db, ada, channel)).toBe(true)
    await db.asOwner()
    await db.sql`select private.end_access(${ada.id})`
    expect(await mayListen(db, ada, channel)).toBe(false)
  })

  test('takes no words of anybody, not even theirs', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    await db.sql`select set_config('realtime.topic', ${`user:${ada.id}`}, true)`
    const said = db.sql`insert into realtime.messages (topic, extension, private) values (${`user:${ada.id}`}, 'broadcast', true)`
    expect(await refusal(said)).toBe('42501')
  })
})
