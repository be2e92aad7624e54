import { reasonLimits } from '@p2p/contracts'
import { type Db, type Person, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

const reason = 'They sold the same fake part twice.'

/** A platform admin with a second factor, who acts from now on. */
async function platformAdmin(db: Db, name = 'pat') {
  const admin = await db.person(name)
  await db.sql`insert into platform_roles (user_id, role) values (${admin.id}, 'admin')`
  await db.secondFactor(admin)
  await db.as(admin)
  return admin
}

/** What a call answers, or the detail of its refusal: raised, or answered and remembered. */
async function ask(db: Db, call: string, ...values: unknown[]) {
  await db.sql`savepoint ask`
  try {
    const { rows } = await db.client.query(`select ${call} as answer`, values)
    const { answer } = rows[0]
    return typeof answer?.code === 'string' && answer.code.startsWith('PT') ? answer.details : answer
  } catch (error) {
    await db.sql`rollback to ask`
    return (error as { detail?: string }).detail
  }
}

const mine = async (db: Db, who: Person) => {
  await db.as(who)
  return (await db.sql<{ mine: string | null }>`select private.my_organization() as mine`)[0]?.mine
}

const lines = async (db: Db, action: string) => {
  await db.asOwner()
  return db.sql`select actor_id, outcome, organization_id, subject_id, before, after, code from audit_events
    where action = ${action} order by id`
}

const notices = async (db: Db) => {
  await db.asOwner()
  return db.sql<{ kind: string; reason: string | null }>`
    select kind, reason from pgboss.job join private.decisions on decisions.id = (data ->> 'decisionId')::uuid
    where name = 'administration.send-notice' order by decided_at`
}

describe('a company that is suspended', () => {
  test('ends what its people may do at once; they are told why, and its admins get a mail', async ({
    db,
  }) => {
    const ada = await db.person('ada')
    const pat = await platformAdmin(db)
    const answer = await ask(db, 'suspend_organization($1, $2)', ada.organization, ` ${reason} `)
    expect(answer).toMatchObject({
      status: 'suspended',
      decisions: [{ kind: 'suspend_organization', reason, decided_by: { first_name: 'pat' } }],
    })
    expect(await mine(db, ada)).toBeNull()
    expect(await ask(db, 'why_paused()')).toMatchObject({ kind: 'suspend_organization', reason })
    expect(await notices(db)).toEqual([{ kind: 'suspend_organization', reason }])
    expect(await lines(db, 'organizations.suspend')).toMatchObject([
      {
        actor_id: pat.id,
        organization_id: ada.organization,
        before: { status: 'active' },
        after: { status: 'suspended' },
      },
    ])
  })

  test('comes back with everything, and the pause has no reason any more', async ({ db }) => {
    const ada = await db.person('ada')
    const pat = await platformAdmin(db)
    await ask(db, 'suspend_organization($1, $2)', ada.organization, reason)
    expect(
      await ask(db, 'reinstate_organization($1, $2)', ada.organization, 'They have paid.'),
    ).toMatchObject({
      status: 'active',
    })
    expect(await mine(db, ada)).toBe(ada.organization)
    expect(await ask(db, 'why_paused()')).toBeNull()
    await db.as(pat)
    const { decisions } = (await ask(db, 'admin_organization($1)', ada.organization)) as {
      decisions: object[]
    }
    expect(decisions).toMatchObject([{ kind: 'reinstate_organization' }, { kind: 'suspend_organization' }])
  })

  test('is suspended once, however often it is asked for', async ({ db }) => {
    const ada = await db.person('ada')
    await platformAdmin(db)
    await ask(db, 'suspend_organization($1, $2)', ada.organization, reason)
    await ask(db, 'suspend_organization($1, $2)', ada.organization, 'Another reason entirely.')
    expect(await notices(db)).toEqual([{ kind: 'suspend_organization', reason }])
    expect(await lines(db, 'organizations.suspend')).toHaveLength(1)
  })

  test('is another than one’s own, is there, and the reason says something', async ({ db }) => {
    const ada = await db.person('ada')
    const pia = await db.person('pia', { verified: false })
    const pat = await platformAdmin(db)
    expect(await ask(db, 'suspend_organization($1, $2)', pat.organization, reason)).toBe('own_organization')
    expect(await ask(db, 'suspend_organization($1, $2)', pia.organization, reason)).toBe('not_found')
    expect(await ask(db, 'suspend_organization($1, $2)', crypto.randomUUID(), reason)).toBe('not_found')
    expect(await ask(db, 'suspend_organization($1, $2)', null, reason)).toBe('not_found')
    const poor = [null, '', ' '.repeat(40), 'too short', 'x'.repeat(reasonLimits.max + 1), `${reason}\u202E`]
    for (const text of poor) {
      expect(await ask(db, 'suspend_organization($1, $2)', ada.organization, text)).toBe('reason_invalid')
    }
    const kept = await ask(db, 'suspend_organization($1, $2)', ada.organization, 'x'.repeat(reasonLimits.max))
    expect(kept).toMatchObject({ status: 'suspended' })
    expect('x'.repeat(reasonLimits.min)).toHaveLength(10)
  })
})

describe('whoever is no platform admin', () => {
  const acts = [
    'suspend_organization($1, $2)',
    'reinstate_organization($1, $2)',
    'deactivate_person($3, $2)',
    'reactivate_person($3, $2)',
    'end_person_sessions($3)',
    'resend_verification($3)',
    'remove_second_factor($3, $2)',
    'read_address($3)',
    `grant_platform_role($3, 'admin')`,
    'revoke_platform_role($3)',
    `replay_dead_jobs('identity.send-welcome-mail')`,
    `discard_dead_jobs('identity.send-welcome-mail', array[$3::uuid])`,
  ]
  for (const act of acts) {
    test(`${act}: is refused, and that is remembered`, async ({ db }) => {
      const ada = await db.person('ada')
      const pat = await db.person('pat')
      await db.sql`insert into platform_roles (user_id, role) values (${pat.id}, 'admin')`
      const values = [ada.organization, reason, ada.id]
      // Postgres wants each parameter named somewhere.
      const call = `${act.replace(/^/, '(select ')}) from (select $1::uuid, $2::text, $3::uuid) as all_of_them`
      const answerTo = async (who: Person) => {
        await db.as(who)
        const { rows } = await db.client.query(`select ${call.replace(') from', ') as answer from')}`, values)
        return rows[0].answer.details
      }
      expect(await answerTo(await db.person('eve'))).toBe('not_allowed')
      expect(await answerTo(pat)).toBe('second_factor_required')
      await db.asOwner()
      expect(
        await db.sql`select code, outcome from audit_events where outcome = 'refused' order by id`,
      ).toEqual([
        { code: 'not_allowed', outcome: 'refused' },
        { code: 'second_factor_required', outcome: 'refused' },
      ])
    })
  }
})

describe('a person', () => {
  test('is paused: signed out, told why at the next sign-in, and not woken by their own company', async ({
    db,
  }) => {
    const ada = await db.person('ada')
    const abe = await db.colleague(ada, 'abe')
    const pat = await platformAdmin(db)
    expect(await ask(db, 'deactivate_person($1, $2)', abe.id, reason)).toMatchObject({
      status: 'deactivated',
      sessions: 0,
    })
    await db.asOwner()
    await db.sql`insert into auth.sessions (id, user_id, aal) values (${abe.session}, ${abe.id}, 'aal1')`
    expect(await mine(db, abe)).toBeNull()
    expect(await ask(db, 'why_paused()')).toMatchObject({ kind: 'deactivate_person', reason })
    await db.as(ada)
    expect(await ask(db, 'reactivate_member($1)', abe.id)).toBe('shut_out')

    await db.as(pat)
    expect(await ask(db, 'reactivate_person($1, $2)', abe.id, 'It was a mistake.')).toMatchObject({
      status: 'active',
    })
    expect(await mine(db, abe)).toBe(ada.organization)
    expect((await notices(db)).map(({ kind }) => kind)).toEqual(['deactivate_person', 'reactivate_person'])
    expect(await lines(db, 'people.deactivate')).toHaveLength(1)
  })

  test('who is the only admin of others stays: the company would be nobody’s', async ({ db }) => {
    const ada = await db.person('ada')
    await db.colleague(ada, 'abe')
    await platformAdmin(db)
    expect(await ask(db, 'deactivate_person($1, $2)', ada.id, reason)).toBe('last_admin')
  })

  test('is found by a part of the name in either script, and by the whole address alone', async ({ db }) => {
    const ada = await db.person('ada')
    await db.sql`update profiles set first_name_ar = 'آدا', last_name_ar = 'لوفليس' where id = ${ada.id}`
    await platformAdmin(db)
    const found = async (query: string) => {
      const { people } = (await ask(db, 'admin_list_people($1)', query)) as { people: { id: string }[] }
      return people.map(({ id }) => id)
    }
    expect(await found('AD')).toEqual([ada.id])
    expect(await found('ادا')).toEqual([ada.id])
    expect(await found(' Ada@Ada.example ')).toEqual([ada.id])
    expect(await found('ada@ada')).toEqual([])
    expect(await found('@ada.example')).toEqual([])
    expect(await found('%')).toEqual([])
    expect(await found('_')).toEqual([])
  })

  test('shows their address only to whoever asks for it, and that is remembered', async ({ db }) => {
    const ada = await db.person('ada')
    const pat = await platformAdmin(db)
    const person = await ask(db, 'admin_person($1)', ada.id)
    expect(person).toMatchObject({ email_hint: 'a…@ada.example' })
    expect(JSON.stringify(person)).not.toContain('ada@ada.example')
    expect(await ask(db, 'read_address($1)', ada.id)).toEqual({ email: 'ada@ada.example' })
    expect(await lines(db, 'people.read_address')).toMatchObject([
      { actor_id: pat.id, organization_id: ada.organization, subject_id: ada.id },
    ])
  })

  test('is signed out everywhere, once', async ({ db }) => {
    const ada = await db.person('ada')
    const pat = await platformAdmin(db)
    expect(await ask(db, 'end_person_sessions($1)', ada.id)).toMatchObject({ sessions: 0 })
    expect(await ask(db, 'end_person_sessions($1)', ada.id)).toMatchObject({ sessions: 0 })
    expect(await lines(db, 'people.end_sessions')).toMatchObject([{ before: { sessions: 1 } }])
    expect(await mine(db, ada)).toBeNull()
    expect(await mine(db, pat)).toBe(pat.organization)
  })

  test('who lost their phone gets rid of the factor and of every session, and is told', async ({ db }) => {
    const ada = await db.person('ada')
    await db.sql`insert into auth.mfa_factors (id, user_id, friendly_name, factor_type, status, secret, created_at, updated_at)
      values (gen_random_uuid(), ${ada.id}, 'phone', 'totp', 'verified', 'x', now(), now())`
    await platformAdmin(db)
    expect(await ask(db, 'remove_second_factor($1, $2)', ada.id, 'Known by her voice.')).toMatchObject({
      second_factor: false,
      sessions: 0,
    })
    await ask(db, 'remove_second_factor($1, $2)', ada.id, 'Known by her voice.')
    expect(await notices(db)).toEqual([{ kind: 'remove_second_factor', reason: 'Known by her voice.' }])
    expect(await lines(db, 'second_factor.reset')).toHaveLength(1)
  })

  test('who never verified gets the mail again; who has is not written to', async ({ db }) => {
    const ada = await db.person('ada')
    const pia = await db.person('pia', { verified: false })
    await platformAdmin(db)
    expect(await ask(db, 'resend_verification($1)', pia.id)).toMatchObject({ status: 'pending' })
    expect(await ask(db, 'resend_verification($1)', ada.id)).toBe('already_verified')
    await db.asOwner()
    expect(
      await db.sql`select data ->> 'userId' as person from pgboss.job where name = 'administration.resend-verification'`,
    ).toEqual([{ person: pia.id }])
  })
})

describe('roles in the whole place', () => {
  test('are given, changed and taken, each once and with a line', async ({ db }) => {
    const ada = await db.person('ada')
    const pat = await platformAdmin(db)
    expect(await ask(db, `grant_platform_role($1, 'moderator')`, ada.id)).toMatchObject({
      platform_role: 'moderator',
    })
    await ask(db, `grant_platform_role($1, 'moderator')`, ada.id)
    expect(await ask(db, `grant_platform_role($1, 'admin')`, ada.id)).toMatchObject({
      platform_role: 'admin',
    })
    expect(await ask(db, 'list_platform_roles()')).toMatchObject([
      { id: pat.id },
      { id: ada.id, second_factor: false },
    ])
    expect(await ask(db, 'revoke_platform_role($1)', ada.id)).toMatchObject({ platform_role: null })
    await ask(db, 'revoke_platform_role($1)', ada.id)
    expect(await lines(db, 'platform_roles.grant')).toMatchObject([
      { before: { platform_role: null }, after: { platform_role: 'moderator' } },
      { before: { platform_role: 'moderator' }, after: { platform_role: 'admin' } },
    ])
    expect(await lines(db, 'platform_roles.revoke')).toHaveLength(1)
    expect((await notices(db)).map(({ kind }) => kind)).toEqual(['change_role', 'change_role', 'change_role'])
  })

  test('of an admin counts with a second factor only', async ({ db }) => {
    const ada = await db.person('ada')
    await platformAdmin(db)
    await ask(db, `grant_platform_role($1, 'admin')`, ada.id)
    await db.as(ada)
    expect(await ask(db, 'list_platform_roles()')).toBe('second_factor_required')
    await db.secondFactor(ada)
    await db.as(ada)
    expect(await ask(db, 'list_platform_roles()')).toHaveLength(2)
  })

  test('are never one’s own to change, and only for somebody who may act', async ({ db }) => {
    const pia = await db.person('pia', { verified: false })
    const pat = await platformAdmin(db)
    expect(await ask(db, 'revoke_platform_role($1)', pat.id)).toBe('own_account')
    expect(await ask(db, `grant_platform_role($1, 'moderator')`, pat.id)).toBe('own_account')
    expect(await ask(db, `grant_platform_role($1, 'moderator')`, pia.id)).toBe('person_not_active')
    expect(await ask(db, `grant_platform_role($1, 'moderator')`, crypto.randomUUID())).toBe('not_found')
    expect(await ask(db, 'grant_platform_role($1, null)', pat.id)).toBe('invalid_input')
  })

  test('the last admin who may act stays, by whatever way somebody wants them gone', async ({ db }) => {
    const pat = await platformAdmin(db)
    const deeds = [
      `delete from platform_roles where user_id = '${pat.id}'`,
      `update platform_roles set role = 'moderator' where user_id = '${pat.id}'`,
      `update profiles set status = 'deactivated' where id = '${pat.id}'`,
      `update organizations set status = 'suspended' where id = '${pat.organization}'`,
      `delete from auth.users where id = '${pat.id}'`,
    ]
    await db.asOwner()
    for (const deed of deeds) {
      await db.sql`savepoint s`
      await expect(db.client.query(deed), deed).rejects.toMatchObject({ detail: 'last_platform_admin' })
      await db.sql`rollback to s`
    }
    // With another one, who has not come in with a second factor yet but may, each of them goes.
    const ada = await db.person('ada')
    await db.sql`insert into platform_roles (user_id, role) values (${ada.id}, 'admin')`
    for (const deed of deeds) {
      await db.sql`savepoint s`
      expect((await db.client.query(deed)).rowCount, deed).toBe(1)
      await db.sql`rollback to s`
    }
  })
})

describe('jobs that failed for good', () => {
  const queue = 'identity.send-welcome-mail'

  const die = async (db: Db, count: number, data: object = {}) => {
    await db.asOwner()
    const rows = await db.sql<{ id: string }>`
      insert into pgboss.job (name, data, source_name, source_id, source_created_on, source_retry_count, source_output, created_on)
      select ${`${queue}.dead`}, ${{ userId: crypto.randomUUID(), requestId: null, ...data }}, ${queue}, gen_random_uuid(),
        now() - interval '1 hour', 8, '{"message": "The mail server did not take the mail."}', now() - i * interval '1 minute'
      from generate_series(1, ${count}) as i returning id`
    return rows.map(({ id }) => id)
  }

  test('are listed with their error and tries, and of their payload what is an id', async ({ db }) => {
    const pat = await platformAdmin(db)
    await die(db, 3, { email: 'ada@ada.example', note: 'a sentence of words' })
    await db.as(pat)
    const { jobs, next } = (await ask(db, 'list_dead_jobs($1, null, 2)', queue)) as {
      jobs: { id: string }[]
      next: string
    }
    expect(jobs).toMatchObject([{ error: 'The mail server did not take the mail.', tries: 9 }, {}])
    expect(JSON.stringify(jobs)).not.toMatch(/ada@|sentence/)
    const rest = (await ask(db, 'list_dead_jobs($1, $2, 2)', queue, next)) as { jobs: object[]; next: null }
    expect([rest.jobs.length, rest.next]).toEqual([1, null])
    const overview = (await ask(db, 'queue_overview()')) as { name: string; dead: number }[]
    expect(overview[0]).toMatchObject({ name: queue, dead: 3 })
    expect(overview.map(({ name }) => name).filter((name) => name.endsWith('.dead'))).toEqual([])
  })

  test('go back with the settings their queue has, once however often it is asked', async ({ db }) => {
    const pat = await platformAdmin(db)
    const [first] = await die(db, 3)
    const left = async () => {
      await db.asOwner()
      const [count] = await db.sql`
        select count(*) filter (where name = ${queue} and state = 'created' and created_on > now() - interval '1 second')::int as back,
          count(*) filter (where name = ${`${queue}.dead`})::int as dead
        from pgboss.job where name like ${`${queue}%`}`
      await db.as(pat)
      return count
    }
    await db.sql`delete from pgboss.job where name = ${queue}`
    await db.as(pat)
    expect(await ask(db, 'replay_dead_jobs($1, $2)', queue, [first])).toEqual({ jobs: 1 })
    expect(await ask(db, 'replay_dead_jobs($1, $2)', queue, [first])).toEqual({ jobs: 0 })
    expect(await left()).toEqual({ back: 1, dead: 2 })
    expect(await ask(db, 'replay_dead_jobs($1)', queue)).toEqual({ jobs: 2 })
    expect(await left()).toEqual({ back: 3, dead: 0 })
    await db.asOwner()
    const [job] =
      await db.sql`select dead_letter, retry_limit, retry_backoff from pgboss.job where name = ${queue} limit 1`
    expect(job).toEqual({ dead_letter: `${queue}.dead`, retry_limit: 8, retry_backoff: true })
    expect(await lines(db, 'jobs.replay')).toMatchObject([{ after: { jobs: 1 } }, { after: { jobs: 2 } }])
  })

  test('are given up only where they are named', async ({ db }) => {
    const pat = await platformAdmin(db)
    const ids = await die(db, 2)
    await db.as(pat)
    expect(await ask(db, 'discard_dead_jobs($1, null)', queue)).toEqual({ jobs: 0 })
    expect(await ask(db, 'discard_dead_jobs($1, $2)', queue, ids)).toEqual({ jobs: 2 })
    expect(await ask(db, 'discard_dead_jobs($1, $2)', queue, ids)).toEqual({ jobs: 0 })
    expect(await lines(db, 'jobs.discard')).toMatchObject([{ after: { jobs: 2 } }])
    await db.as(pat)
    expect(await ask(db, 'replay_dead_jobs($1)', 'no.such-queue')).toBe('not_found')
    expect(await ask(db, 'replay_dead_jobs($1)', 'identity.send-welcome-mail.dead')).toBe('not_found')
    expect(await ask(db, 'replay_dead_jobs(null)')).toBe('not_found')
  })
})

describe('the list of companies', () => {
  test('is found by name in either spelling or by domain, filtered, sorted and paged', async ({ db }) => {
    const names = ['ada', 'bob', 'carl', 'dora', 'eve']
    for (const name of names) await db.person(name)
    const pat = await platformAdmin(db)
    const list = (call: string, ...values: unknown[]) =>
      ask(db, `admin_list_organizations(${call})`, ...values) as Promise<{
        organizations: { id: string; name: string; people: number }[]
        next: string | null
      }>
    expect((await list('$1', 'ADA’'.slice(0, 3))).organizations).toMatchObject([
      { name: "ada's works", people: 1 },
    ])
    expect((await list('$1', 'bob.exam')).organizations).toMatchObject([{ name: "bob's works" }])
    expect((await list('$1', '%')).organizations).toEqual([])
    expect((await list(`status => 'suspended'`)).organizations).toEqual([])

    for (const sort of ['name', 'newest']) {
      const found: string[] = []
      let after: string | null = null
      do {
        const { organizations, next } = await list('sort => $1, after => $2, size => 2', sort, after)
        found.push(...organizations.map(({ name }) => name))
        after = next
      } while (after)
      const all = [...names, 'pat'].map((name) => `${name}'s works`)
      expect(sort === 'name' ? found : found.toSorted(), sort).toEqual(all)
    }
    expect(await list('sort => $1', 'rubbish')).toBe('invalid_input')
    expect(await list('after => $1', crypto.randomUUID())).toBe('cursor_invalid')
    expect(pat).toBeTruthy()
  })
})
