import { Colleague, MemberList } from '@p2p/contracts'
import { type Db, type Person, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

type Denial = { code: string; details: string }

/** What an act answered: its value, or the word of a refusal that is remembered. */
async function act(db: Db, call: string): Promise<unknown> {
  const { rows } = await db.client.query<{ answer: Denial | null }>(`select ${call} as answer`)
  const [{ status } = { status: '' }] = await db.sql<{ status: string | null }>`
    select current_setting('response.status', true) as status`
  await db.sql`select set_config('response.status', '', true)`
  return status ? `${status} ${rows[0]?.answer?.details}` : rows[0]?.answer
}

/** The same for refusals that are raised. */
async function refusal(db: Db, call: string): Promise<string> {
  await db.sql`savepoint before`
  try {
    await db.client.query(`select ${call}`)
    return 'none'
  } catch (error) {
    await db.sql`rollback to before`
    const { code, detail } = error as { code: string; detail: string }
    return `${code} ${detail}`
  }
}

const list = async (db: Db, args = '') => {
  const { rows } = await db.client.query<{ list: unknown }>(`select list_members(${args}) as list`)
  return MemberList.parse(rows[0]?.list)
}
const names = async (db: Db, args = '') => (await list(db, args)).members.map(({ first_name }) => first_name)

const placeOf = async (db: Db, { id }: Person) => {
  await db.asOwner()
  const [row] = await db.sql<{ role: string | null; status: string; organization_id: string | null }>`
    select role, status, organization_id from profiles left join memberships on user_id = id where id = ${id}`
  return row
}

const logged = async (db: Db, action: string) => {
  await db.asOwner()
  return db.sql`
    select actor_id, organization_id, outcome, subject_id, before, after, code from audit_events
    where action = ${action} order by id`
}

async function company(db: Db) {
  const ada = await db.person('ada')
  return { ada, abe: await db.colleague(ada, 'abe'), amy: await db.colleague(ada, 'amy') }
}

describe('the list of members', () => {
  test('is of one\u2019s own company alone', async ({ db }) => {
    const { ada } = await company(db)
    const bob = await db.person('bob')
    await db.as(ada)
    expect(await names(db)).toEqual(['abe', 'ada', 'amy'])
    await db.as(bob)
    expect(await names(db)).toEqual(['bob'])
  })

  test('shows addresses, status and last seen to admins and to nobody else', async ({ db }) => {
    const { ada, abe } = await company(db)
    await db.as(abe)
    await db.sql`select seen()`
    const forMember = await list(db)
    expect(forMember.members).toHaveLength(3)
    for (const member of forMember.members) {
      expect(member).toMatchObject({ email: null, status: null, last_seen_at: null })
    }
    await db.as(ada)
    const [first] = (await list(db)).members
    expect(first).toMatchObject({ id: abe.id, email: abe.email, status: 'active', role: 'member' })
    expect(Date.parse(first?.last_seen_at ?? '')).not.toBeNaN()
  })

  test('hides who is deactivated from members, who may not ask for them nor for when others were here', async ({
    db,
  }) => {
    const { ada, abe, amy } = await company(db)
    await db.as(ada)
    await act(db, `deactivate_member('${amy.id}')`)
    expect(await names(db, `status => 'deactivated'`)).toEqual(['amy'])
    expect(await names(db, `status => 'active'`)).toEqual(['abe', 'ada'])
    await db.as(abe)
    expect(await names(db)).toEqual(['abe', 'ada'])
    expect(await names(db, `query => 'amy'`)).toEqual([])
    expect(await refusal(db, `list_members(status => 'deactivated')`)).toBe('PT403 not_allowed')
    expect(await refusal(db, `list_members(sort => 'last_seen')`)).toBe('PT403 not_allowed')
  })

  test('is found by parts of a name in both scripts, by a mistyped one, and by admins by address', async ({
    db,
  }) => {
    const { ada, abe, amy } = await company(db)
    await db.sql`
      update profiles set first_name = 'Ahmed', last_name = 'Al-Harbi', first_name_ar = 'أحمد', last_name_ar = 'الحَرْبي'
      where id = ${abe.id}`
    await db.as(ada)
    for (const query of [
      'ahm',
      'harbi AHMED',
      'احمد',
      'الحربى',
      'حرب',
      'Ahmad',
      'Ahmd',
      'abe@',
      'ABE@abe.example',
    ]) {
      expect(
        (await list(db, `query => '${query}'`)).members.map(({ id }) => id),
        query,
      ).toEqual([abe.id])
    }
    expect(await names(db, `query => '%'`)).toEqual([])
    expect(await names(db, `query => '  '`)).toHaveLength(3)
    await db.as(amy)
    expect(await names(db, `query => 'abe@'`)).toEqual([])
  })

  test('stands in the order of the reader\u2019s script', async ({ db }) => {
    const { ada, abe, amy } = await company(db)
    const arabic: [Person, string][] = [
      [ada, 'زينب'],
      [abe, 'آمنة'],
      [amy, 'جابر'],
    ]
    for (const [{ id }, name] of arabic) {
      await db.sql`update profiles set first_name_ar = ${name}, last_name_ar = 'الحربي' where id = ${id}`
    }
    await db.as(ada)
    expect(await names(db)).toEqual(['abe', 'ada', 'amy'])
    await db.sql`update profiles set locale = 'ar' where id = ${ada.id}`
    expect(await names(db)).toEqual(['abe', 'amy', 'ada'])
    expect(await names(db, `reader => 'en'`)).toEqual(['abe', 'ada', 'amy'])
  })

  test('admins first, those who joined last first, those who were here last first', async ({ db }) => {
    const { ada, abe } = await company(db)
    await db.sql`update memberships set created_at = now() - interval '1 day' where user_id = ${abe.id}`
    await db.sql`update memberships set created_at = now() - interval '9 days' where user_id = ${ada.id}`
    await db.sql`update private.roster set last_seen_at = now() - interval '3 hours' where user_id = ${abe.id}`
    await db.as(ada)
    await db.sql`select seen()`
    expect(await names(db, `sort => 'role'`)).toEqual(['ada', 'abe', 'amy'])
    expect(await names(db, `sort => 'joined'`)).toEqual(['amy', 'abe', 'ada'])
    expect(await names(db, `sort => 'last_seen'`)).toEqual(['ada', 'abe', 'amy'])
    expect(await names(db, `role => 'member'`)).toEqual(['abe', 'amy'])
  })

  test('is paged without gap or repetition in every order, while people come and go', async ({ db }) => {
    const { ada, amy } = await company(db)
    for (const name of ['aya', 'aziz', 'badr', 'dina', 'eyad']) await db.colleague(ada, name)
    await db.as(ada)
    for (const sort of ['name', 'role', 'joined', 'last_seen']) {
      const whole = await names(db, `sort => '${sort}', size => 100`)
      const paged: string[] = []
      let after: string | null = null
      do {
        const page: MemberList = await list(
          db,
          `sort => '${sort}', size => 3${after ? `, after => '${after}'` : ''}`,
        )
        paged.push(...page.members.map(({ first_name }) => first_name))
        after = page.next
      } while (after)
      expect(paged, sort).toEqual(whole)
    }
    // The member a page ended with is gone by the time the next one is asked for.
    const first = await list(db, `size => 3`)
    expect(first.members.at(-1)?.id).toBe(amy.id)
    await act(db, `remove_member('${amy.id}')`)
    expect(await names(db, `size => 3, after => '${first.next}'`)).toEqual(['aya', 'aziz', 'badr'])
  })

  test.for([
    'x',
    'name',
    `name.ff.${crypto.randomUUID()}`,
    `joined_at.616263.${crypto.randomUUID()}`,
    `role_name.61.${crypto.randomUUID()}`,
    `name.${'61'.repeat(2001)}.${crypto.randomUUID()}`,
    "name'; drop table topics; --",
  ])('a cursor like %.60s is refused', async (cursor, { db }) => {
    await db.as(await db.person('ada'))
    const given = db.client.escapeLiteral(cursor)
    for (const sort of ['name', 'joined']) {
      expect(await refusal(db, `list_members(sort => '${sort}', after => ${given})`), sort).toBe(
        'PT422 cursor_invalid',
      )
    }
  })
})

describe('an admin of a company', () => {
  test('makes a member admin and an admin member, once however often it is asked', async ({ db }) => {
    const { ada, abe } = await company(db)
    await db.as(ada)
    for (const _ of [1, 2]) {
      const made = Colleague.parse(await act(db, `change_member_role('${abe.id}', 'admin')`))
      expect(made.role).toBe('admin')
    }
    await db.as(abe)
    expect(await act(db, `change_member_role('${ada.id}', 'member')`)).toMatchObject({ role: 'member' })
    expect(await placeOf(db, ada)).toMatchObject({ role: 'member' })
    expect(await logged(db, 'members.change_role')).toEqual([
      expect.objectContaining({
        actor_id: ada.id,
        subject_id: abe.id,
        before: { role: 'member' },
        after: { role: 'admin' },
      }),
      expect.objectContaining({ actor_id: abe.id, subject_id: ada.id, after: { role: 'member' } }),
    ])
  })

  test('deactivates somebody, who reads and writes nothing from that moment, and lets them in again', async ({
    db,
  }) => {
    const { ada, abe } = await company(db)
    await db.as(ada)
    await act(db, `deactivate_member('${abe.id}')`)
    expect(await act(db, `deactivate_member('${abe.id}')`)).toMatchObject({ status: 'deactivated' })
    await db.asOwner()
    expect(await db.sql`select id from auth.sessions where user_id = ${abe.id}`).toEqual([])
    expect(await logged(db, 'members.deactivate')).toHaveLength(1)

    // A session of before, had it been kept, would open nothing either.
    await db.sql`insert into auth.sessions (id, user_id, aal) values (${abe.session}, ${abe.id}, 'aal1')`
    await db.as(abe)
    expect(await db.sql`select id from organizations`).toEqual([])
    expect(await refusal(db, 'list_members()')).toBe('PT403 not_active')
    await db.as(ada)
    expect(await act(db, `reactivate_member('${abe.id}')`)).toMatchObject({ status: 'active' })
    await db.as(abe)
    expect(await names(db)).toContain('abe')
  })

  test('reactivating does not verify an address', async ({ db }) => {
    const { ada, abe } = await company(db)
    await db.sql`update auth.users set email_confirmed_at = null where id = ${abe.id}`
    await db.as(ada)
    await act(db, `deactivate_member('${abe.id}')`)
    expect(await act(db, `reactivate_member('${abe.id}')`)).toMatchObject({ status: 'pending' })
  })

  test('can\u2019t take back what the platform decided, not by removing either', async ({ db }) => {
    const { ada, abe } = await company(db)
    await db.sql`update profiles set status = 'deactivated' where id = ${abe.id}`
    await db.sql`insert into private.shut_out (user_id) values (${abe.id})`
    await db.as(ada)
    expect(await act(db, `reactivate_member('${abe.id}')`)).toBe('409 shut_out')
    await act(db, `remove_member('${abe.id}')`)
    expect(await placeOf(db, abe)).toEqual({ role: null, status: 'deactivated', organization_id: null })
  })

  test('removes somebody, who keeps what they wrote and belongs to nobody', async ({ db }) => {
    const { ada, abe } = await company(db)
    await db.as(abe)
    await db.sql`select open_topic('quality', 'Mine to keep', '{"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Hi"}]}]}')`
    await db.as(ada)
    await act(db, `deactivate_member('${abe.id}')`)
    expect(await act(db, `remove_member('${abe.id}')`)).toBe(null)
    expect(await act(db, `remove_member('${abe.id}')`)).toBe('404 not_found')
    // The company's deactivation was the company's: another one may take them in.
    expect(await placeOf(db, abe)).toEqual({ role: null, status: 'active', organization_id: null })
    expect(await db.sql`select author_id, organization_id from topics`).toEqual([
      { author_id: abe.id, organization_id: ada.organization },
    ])
    expect(await logged(db, 'members.remove')).toMatchObject([
      { before: { role: 'member', status: 'deactivated' } },
      { outcome: 'refused', code: 'not_found' },
    ])
  })

  test('hands over to somebody active, and is a member from then on', async ({ db }) => {
    const { ada, abe, amy } = await company(db)
    await db.as(ada)
    await act(db, `deactivate_member('${amy.id}')`)
    expect(await refusal(db, `hand_over('${amy.id}')`)).toBe('PT409 member_not_active')
    expect(await act(db, `hand_over('${abe.id}')`)).toMatchObject({ id: abe.id, role: 'admin' })
    expect(await act(db, `hand_over('${abe.id}')`)).toBe('403 not_allowed')
    expect(await placeOf(db, ada)).toMatchObject({ role: 'member' })
  })

  test('does nothing of it to themselves', async ({ db }) => {
    const { ada, abe } = await company(db)
    await db.as(ada)
    await act(db, `change_member_role('${abe.id}', 'admin')`)
    for (const verb of ['deactivate_member', 'remove_member', 'hand_over']) {
      expect(await refusal(db, `${verb}('${ada.id}')`), verb).toBe('PT409 not_yourself')
    }
  })

  test('is as good as a stranger to the people of another company, and both refusals are remembered', async ({
    db,
  }) => {
    const { ada } = await company(db)
    const bob = await db.person('bob')
    await db.as(ada)
    for (const id of [bob.id, crypto.randomUUID()]) {
      expect(await act(db, `change_member_role('${id}', 'member')`)).toBe('404 not_found')
      expect(await act(db, `deactivate_member('${id}')`)).toBe('404 not_found')
      expect(await act(db, `reactivate_member('${id}')`)).toBe('404 not_found')
      expect(await act(db, `remove_member('${id}')`)).toBe('404 not_found')
      expect(await act(db, `hand_over('${id}')`)).toBe('404 not_found')
    }
    expect(await placeOf(db, bob)).toMatchObject({ role: 'admin', status: 'active' })
    expect(await logged(db, 'members.change_role')).toMatchObject([
      { organization_id: ada.organization, outcome: 'refused', code: 'not_found', subject_id: bob.id },
      { outcome: 'refused', code: 'not_found' },
    ])
  })

  test('is not whoever is a member, and trying is remembered', async ({ db }) => {
    const { abe, amy } = await company(db)
    await db.as(abe)
    expect(await act(db, `change_member_role('${abe.id}', 'admin')`)).toBe('403 not_allowed')
    expect(await act(db, `remove_member('${amy.id}')`)).toBe('403 not_allowed')
    expect(await logged(db, 'members.remove')).toMatchObject([{ outcome: 'refused', code: 'not_allowed' }])
  })
})

describe('the last admin', () => {
  test('can\u2019t leave or be demoted, alone or not; a member leaves freely', async ({ db }) => {
    const { ada, abe } = await company(db)
    const bob = await db.person('bob')
    for (const last of [ada, bob]) {
      await db.as(last)
      expect(await act(db, 'leave_organization()')).toBe('409 last_admin')
      expect(await act(db, `change_member_role('${last.id}', 'member')`)).toBe('409 last_admin')
    }
    await db.as(abe)
    expect(await act(db, 'leave_organization()')).toBe(null)
    expect(await placeOf(db, abe)).toEqual({ role: null, status: 'active', organization_id: null })
    await db.as(abe)
    expect(await refusal(db, 'leave_organization()')).toBe('PT403 not_active')
  })

  test('a deactivated admin does not count as one', async ({ db }) => {
    const { ada, abe } = await company(db)
    await db.as(ada)
    await act(db, `change_member_role('${abe.id}', 'admin')`)
    await act(db, `deactivate_member('${abe.id}')`)
    expect(await act(db, 'leave_organization()')).toBe('409 last_admin')
  })

  test('is kept by the tables themselves, whoever writes them', async ({ db }) => {
    const { ada } = await company(db)
    const attempts = [
      `update memberships set role = 'member' where user_id = '${ada.id}'`,
      `update profiles set status = 'deactivated' where id = '${ada.id}'`,
      `delete from memberships where user_id = '${ada.id}'`,
      `delete from auth.users where id = '${ada.id}'`,
    ]
    for (const statement of attempts) {
      await db.sql`savepoint before`
      await expect(db.client.query(statement), statement).rejects.toMatchObject({ detail: 'last_admin' })
      await db.sql`rollback to before`
    }
  })

  test('who goes for good is followed by the active member of longest standing', async ({ db }) => {
    const { ada, abe, amy } = await company(db)
    await db.sql`update memberships set created_at = now() - interval '2 days' where user_id = ${amy.id}`
    await db.sql`update memberships set created_at = now() - interval '9 days' where user_id = ${abe.id}`
    await db.sql`update profiles set status = 'deactivated' where id = ${abe.id}`
    expect(
      await db.sql`select private.is_last_admin(${ada.id}) as it, private.is_last_admin(${amy.id}) as other`,
    ).toEqual([{ it: true, other: false }])
    await db.sql`select private.release_member(${ada.id})`
    expect(await placeOf(db, ada)).toMatchObject({ role: null })
    expect(await placeOf(db, amy)).toMatchObject({ role: 'admin' })
    await db.sql`delete from auth.users where id = ${ada.id}`
    expect(await logged(db, 'members.succeed')).toMatchObject([{ subject_id: amy.id }])
  })

  test('a company is deleted with all its people, and one whose last person goes is dissolved', async ({
    db,
  }) => {
    const { ada, abe } = await company(db)
    await db.sql`delete from organizations where id = ${ada.organization}`
    expect(await placeOf(db, abe)).toMatchObject({ role: null })

    const bob = await db.person('bob')
    await db.sql`delete from auth.users where id = ${bob.id}`
    expect(await db.sql`select status, domain from organizations`).toEqual([
      { status: 'dissolved', domain: null },
    ])
    // Its domain is free for the company to begin again.
    expect((await db.person('bob')).organization).not.toBe(bob.organization)
  })

  test('a suspended company keeps its domain when its last person goes', async ({ db }) => {
    const bob = await db.person('bob')
    await db.sql`update organizations set status = 'suspended' where id = ${bob.organization}`
    await db.sql`delete from auth.users where id = ${bob.id}`
    expect(await db.sql`select status, domain from organizations`).toEqual([
      { status: 'suspended', domain: 'bob.example' },
    ])
  })
})

describe('being here', () => {
  test('is known to the hour, to this company alone', async ({ db }) => {
    const { abe } = await company(db)
    const bob = await db.person('bob')
    const lastSeen = async () => {
      await db.asOwner()
      const [row] = await db.sql<{ at: Date | number }>`
        select last_seen_at as at from private.roster where user_id = ${abe.id}`
      return row?.at
    }
    await db.as(abe)
    await db.sql`select seen()`
    const first = await lastSeen()
    await db.sql`update private.roster set last_seen_at = last_seen_at - interval '50 minutes' where user_id = ${abe.id}`
    const before = await lastSeen()
    await db.as(abe)
    await db.sql`select seen()`
    expect(await lastSeen()).toEqual(before)
    await db.sql`update private.roster set last_seen_at = last_seen_at - interval '10 minutes' where user_id = ${abe.id}`
    await db.as(abe)
    await db.sql`select seen()`
    expect(await lastSeen()).toEqual(first)

    await db.sql`update memberships set organization_id = ${bob.organization} where user_id = ${abe.id}`
    expect(await lastSeen()).toBe(Number.NEGATIVE_INFINITY)
  })
})

describe('open pages of a company', () => {
  const told = async (db: Db, since: Date) => {
    await db.asOwner()
    return db.sql`
      select topic, payload - 'id' as payload from realtime.messages
      where event = 'members_changed' and inserted_at >= ${since} order by inserted_at, id`
  }

  test('are told when a member came, changed or went, and not when one was merely here', async ({ db }) => {
    const { ada, abe } = await company(db)
    await db.sql`delete from realtime.messages`
    await db.as(abe)
    await db.sql`select seen()`
    expect(await told(db, new Date(0))).toEqual([])
    await db.as(ada)
    await act(db, `change_member_role('${abe.id}', 'admin')`)
    await act(db, `remove_member('${abe.id}')`)
    const heard = await told(db, new Date(0))
    expect(heard).toHaveLength(2)
    for (const event of heard) {
      expect(event).toEqual({
        topic: `organization:${ada.organization}`,
        payload: { user_id: abe.id },
      })
    }
  })
})
