import { signupLimits } from '@p2p/contracts'
import { type Db, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

const metadata = { first_name: 'Ada', last_name: 'Saleh', organization_name: 'Ada Castings', locale: 'ar' }

const signUp = (db: Db, email: string, more: object = {}) => db.sql<{ id: string }>`
  insert into auth.users (id, email, raw_user_meta_data)
  values (gen_random_uuid(), ${email}, ${{ ...metadata, ...more }}) returning id`

const verify = (db: Db, id: string) =>
  db.sql`update auth.users set email_confirmed_at = now() where id = ${id}`

describe('signing up', () => {
  test('makes a pending person, a pending organization and its admin', async ({ db }) => {
    const [ada] = await signUp(db, 'ada@ada.example')
    expect(
      await db.sql`
        select profiles.status as person, organizations.status as organization, role, domain, organizations.name, locale
        from profiles join memberships on user_id = profiles.id join organizations on organizations.id = organization_id
        where profiles.id = ${ada!.id}`,
    ).toEqual([
      {
        person: 'pending',
        organization: 'pending',
        role: 'admin',
        domain: 'ada.example',
        name: 'Ada Castings',
        locale: 'ar',
      },
    ])
  })

  test('a verified address makes both active and promises one welcome, with the id of the request', async ({
    db,
  }) => {
    const [ada] = await signUp(db, 'ada@ada.example', { request_id: 'req-12345678' })
    await verify(db, ada!.id)
    await verify(db, ada!.id)
    expect(
      await db.sql`
        select profiles.status as person, organizations.status as organization
        from profiles join memberships on user_id = profiles.id join organizations on organizations.id = organization_id`,
    ).toEqual([{ person: 'active', organization: 'active' }])
    expect(await db.sql`select name, data, retry_limit, dead_letter from pgboss.job`).toEqual([
      {
        name: 'identity.send-welcome-mail',
        data: { userId: ada!.id, requestId: 'req-12345678' },
        retry_limit: 8,
        dead_letter: 'identity.send-welcome-mail.dead',
      },
    ])
  })

  test('metadata gives no power: unknown keys are dropped, and roles come from nowhere', async ({ db }) => {
    const [ada] = await signUp(db, 'ada@ada.example', {
      role: 'service_role',
      platform_role: 'admin',
      status: 'active',
      organization_id: crypto.randomUUID(),
      bomb: 'x'.repeat(100_000),
    })
    const [user] = await db.sql`select raw_user_meta_data as kept from auth.users where id = ${ada!.id}`
    expect(user.kept).toEqual(metadata)
    expect(await db.sql`select status from profiles`).toEqual([{ status: 'pending' }])
    expect(await db.sql`select * from platform_roles`).toEqual([])
  })

  test.for([
    ['no first name', { first_name: null }, 'first_name_invalid'],
    ['a first name of spaces', { first_name: '   ' }, 'first_name_invalid'],
    ['a first name that is an object', { first_name: { a: 1 } }, 'first_name_invalid'],
    ['a last name of 81 characters', { last_name: 'x'.repeat(signupLimits.name + 1) }, 'last_name_invalid'],
    ['a name that turns the text around', { first_name: 'Ada\u202Egnp.exe' }, 'first_name_invalid'],
    [
      'an organization of 121 characters',
      { organization_name: 'x'.repeat(signupLimits.organizationName + 1) },
      'organization_name_invalid',
    ],
    ['a name that shows nothing', { first_name: '\u200B\u3164\u2800' }, 'first_name_invalid'],
    ['a language we do not speak', { locale: 'fr' }, 'locale_invalid'],
  ] as const)('%s', async ([, change, code], { db }) => {
    await expect(signUp(db, 'ada@ada.example', change)).rejects.toMatchObject({ code: 'PT422', detail: code })
  })

  test.for([
    'no-at-sign',
    'two@at@signs.example',
    'ada@',
    '@ada.example',
    'ada@localhost',
    'ada@مصنع.السعودية',
    'ada@a b.example',
    `ada@${'x'.repeat(200)}.example`,
    'ada@-bad.example',
    'ada@bad..example',
  ])('an address like %s is refused', async (email, { db }) => {
    await expect(signUp(db, email)).rejects.toMatchObject({ code: 'PT422', detail: 'email_invalid' })
  })

  test('a domain belongs to one organization, whatever its case', async ({ db }) => {
    await signUp(db, 'ada@ada.example')
    await db.sql`savepoint before`
    await expect(signUp(db, 'eve@ADA.example')).rejects.toMatchObject({
      code: 'PT409',
      detail: 'domain_taken',
    })
    await db.sql`rollback to before`
    expect(await db.sql`select name from organizations`).toEqual([{ name: 'Ada Castings' }])
  })

  test('people of public mail providers found organizations without a domain', async ({ db }) => {
    await signUp(db, 'ada@gmail.com')
    await signUp(db, 'bob@gmail.com')
    expect(await db.sql`select domain from organizations`).toEqual([{ domain: null }, { domain: null }])
  })

  test('a claim that was never verified gives way after an hour', async ({ db }) => {
    const [eve] = await signUp(db, 'eve@ada.example')
    await db.sql`update organizations set created_at = now() - interval '61 minutes'`
    await signUp(db, 'ada@ada.example')
    expect(await db.sql`select id from auth.users where id = ${eve!.id}`).toEqual([])
    expect(await db.sql`select count(*)::int from organizations`).toEqual([{ count: 1 }])
  })

  test('an account that goes before it was verified takes its claim with it', async ({ db }) => {
    await signUp(db, 'ada@ada.example')
    await db.sql`delete from auth.users`
    expect(await db.sql`select * from organizations`).toEqual([])
  })

  test('an active organization is dissolved when its last person goes, and stays', async ({ db }) => {
    const ada = await db.person('ada')
    await db.sql`delete from auth.users where id = ${ada.id}`
    expect(await db.sql`select status from organizations`).toEqual([{ status: 'dissolved' }])
  })

  test('the service is told what stands in the way, a stranger is not', async ({ db }) => {
    const fault = async (email: string) => {
      const [row] = await db.sql<{
        fault: string | null
      }>`select public.signup_fault(${email}, ${metadata}) as fault`
      return row?.fault
    }
    await signUp(db, 'ada@ada.example')
    const [gul] = await signUp(db, 'gul@gmail.com')
    await verify(db, gul!.id)
    await db.asService()
    expect(await fault('new@new.example')).toBe(null)
    expect(await fault('ADA@ada.example')).toBe('awaiting_verification')
    expect(await fault('eve@ada.example')).toBe('domain_taken')
    expect(await fault('gul@gmail.com')).toBe('account_exists')
    await db.as(null)
    await expect(fault('new@new.example')).rejects.toThrow('permission denied')
  })

  test('a signup that was never verified is forgotten when asked, but not within its first minute, whatever was mailed since', async ({
    db,
  }) => {
    const [ada] = await signUp(db, 'ada@ada.example')
    const gul = await db.person('gul')
    const forget = async (email: string) =>
      (await db.sql<{ free: boolean }>`select forget_unverified_signup(${email}) as free`)[0]?.free
    await db.sql`update auth.users set created_at = now() - interval '59 seconds' where id = ${ada!.id}`
    expect(await forget('ada@ada.example')).toBe(false)
    await db.sql`update auth.users set created_at = now() - interval '61 seconds', confirmation_sent_at = now()`
    expect(await forget(gul.email)).toBe(false)
    expect(await forget('ADA@ada.example')).toBe(true)
    expect(await db.sql`select email from auth.users`).toEqual([{ email: gul.email }])
    expect(await db.sql`select domain from organizations`).toEqual([{ domain: 'gul.example' }])
  })

  test('Auth is answered before it creates a person', async ({ db }) => {
    const ask = async (email: string, user_metadata: object) => {
      const [row] =
        await db.sql`select private.before_user_created(${{ user: { email, user_metadata } }}) as answer`
      return row.answer
    }
    expect(await ask('ada@ada.example', metadata)).toEqual({})
    expect(await ask('ada@ada.example', {})).toMatchObject({ error: { http_code: 422 } })
    await signUp(db, 'ada@ada.example')
    expect(await ask('eve@ada.example', metadata)).toMatchObject({ error: { http_code: 409 } })
  })
})

describe('belonging', () => {
  test('a person knows who they are', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    const [row] = await db.sql`select me()`
    expect(row.me).toMatchObject({
      id: ada.id,
      email: 'ada@ada.example',
      role: 'admin',
      platform_role: null,
      organization: { id: ada.organization, domain: 'ada.example', status: 'active' },
    })
  })

  test('a pending person is nobody to others, and reads nothing', async ({ db }) => {
    const ada = await db.person('ada')
    const pia = await db.person('pia', { verified: false })
    await db.as(ada)
    expect(await db.sql`select id from profiles`).toEqual([{ id: ada.id }])
    expect(await db.sql`select id from organizations`).toEqual([{ id: ada.organization }])
    await db.as(pia)
    expect(await db.sql`select id from profiles`).toEqual([{ id: pia.id }])
    expect(await db.sql`select id from organizations`).toEqual([])
  })

  test('a deactivated person and a suspended company lose sight at once', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    await db.sql`update profiles set status = 'deactivated' where id = ${ada.id}`
    await db.sql`update organizations set status = 'suspended' where id = ${bob.organization}`
    for (const person of [ada, bob]) {
      await db.as(person)
      expect(await db.sql`select id from organizations`).toEqual([])
      expect(await db.sql`select id from profiles`).toEqual([{ id: person.id }])
      expect(await db.sql`update profiles set first_name = 'X' returning id`).toEqual([])
    }
  })

  test('one edits one\u2019s own profile, and only what is one\u2019s own to say', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    await db.as(ada)
    expect(await db.sql`update profiles set job_title = 'Foundry manager' returning id`).toEqual([
      { id: ada.id },
    ])
    expect(await db.sql`update profiles set first_name = 'Eve' where id = ${bob.id} returning id`).toEqual([])
    await expect(db.sql`update profiles set status = 'active'`).rejects.toThrow('permission denied')
  })
})
