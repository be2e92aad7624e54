import { pictureLimits, UploadPlace } from '@p2p/contracts'
import { type Db, type Person, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

type Purpose = 'avatar' | 'logo'

const place = async (db: Db, person: Person, purpose: Purpose = 'avatar') => {
  await db.as(person)
  const [row] = await db.sql`select create_upload(${purpose}, 1000, 'image/png') as place`
  return UploadPlace.parse(row.place)
}

/** Puts an object into a bucket, as Storage tries it for whoever is there. */
const put = (db: Db, name: string, bucket = 'uploads') =>
  db.sql`insert into storage.objects (bucket_id, name, version) values (${bucket}, ${name}, '1')`

/** As Storage writes the row once it has the bytes: past the policies. */
async function arrive(db: Db, name: string) {
  await db.asService()
  await put(db, name)
}

async function tryTo(db: Db, work: () => Promise<unknown>): Promise<string | undefined> {
  await db.client.query('savepoint here')
  const code = await work().then(
    () => undefined,
    (error: { detail?: string; code: string }) =>
      error.code.startsWith('P') ? (error.detail ?? error.code) : error.code,
  )
  await db.client.query('rollback to here')
  return code
}

const settle = (db: Db, file: string) =>
  db.sql`select private.settle_file(${file}, ${'0'.repeat(64)},
    '[{"size": 64, "format": "avif", "bytes": 700}, {"size": 64, "format": "webp", "bytes": 300}]', 'hash') as stays`

/** Somebody's picture from place to bucket. */
async function show(db: Db, person: Person, purpose: Purpose = 'avatar') {
  const { id } = await place(db, person, purpose)
  await arrive(db, id)
  await db.asOwner()
  await settle(db, id)
  return id
}

const statusOf = async (db: Db, id: string) => {
  await db.asOwner()
  return (await db.sql`select status, reason from files where id = ${id}`)[0]
}

const promised = async (db: Db, name: string) => {
  await db.asOwner()
  return (
    await db.sql`select data - 'requestId' as data from pgboss.job where name = ${name} order by created_on`
  ).map(({ data }) => data)
}

const avatarOf = async (db: Db, person: Person) => {
  await db.asOwner()
  return (await db.sql`select avatar from profiles where id = ${person.id}`)[0].avatar
}

test.beforeEach(async ({ db }) => {
  await db.asOwner()
  await db.sql`insert into storage.buckets (id, name) values ('uploads', 'uploads'), ('avatars', 'avatars'), ('logos', 'logos')
    on conflict do nothing`
})

describe('a place', () => {
  test('takes one file, once, and promises its pictures in the same moment', async ({ db }) => {
    const ada = await db.person('ada')
    const { id, path, bucket } = await place(db, ada)
    expect([bucket, path]).toEqual(['uploads', id])
    expect(await tryTo(db, () => put(db, path))).toBeUndefined()
    await arrive(db, path)
    expect(await promised(db, 'media.make-renditions')).toEqual([{ fileId: id }])
    await db.as(ada)
    expect(await tryTo(db, () => put(db, path))).toBe('42501')
    // As Storage asks for an upload that may replace: whoever may not see it may not.
    const replace =
      () => db.sql`insert into storage.objects (bucket_id, name, version) values ('uploads', ${path}, '2')
      on conflict (name, bucket_id) do update set version = excluded.version returning *`
    expect(await tryTo(db, replace)).toBe('42501')
  })

  test('is for whoever was given it, in the one bucket, within the hour', async ({ db }) => {
    const [ada, eve] = [await db.person('ada'), await db.person('eve')]
    const { path } = await place(db, ada)
    for (const [who, name, bucket] of [
      [eve, path, 'uploads'],
      [null, path, 'uploads'],
      [ada, `${path}/more`, 'uploads'],
      [ada, crypto.randomUUID(), 'uploads'],
      [ada, path, 'avatars'],
      [ada, `${path}/64.webp`, 'avatars'],
      [ada, path, 'logos'],
    ] as const) {
      await db.as(who)
      expect([name, await tryTo(db, () => put(db, name, bucket))]).toEqual([name, '42501'])
    }
    await db.asOwner()
    await db.sql`update files set created_at = now() - interval '61 minutes'`
    await db.as(ada)
    expect(await tryTo(db, () => put(db, path))).toBe('42501')
  })

  test('is gone at once for somebody deactivated, moved or suspended meanwhile, whatever link they hold', async ({
    db,
  }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const abe = await db.colleague(ada, 'abe')
    const { path } = await place(db, abe)
    const changes = [
      `update profiles set status = 'deactivated' where id = '${abe.id}'`,
      `update memberships set organization_id = '${bob.organization}' where user_id = '${abe.id}'`,
      `delete from memberships where user_id = '${abe.id}'`,
      `update organizations set status = 'suspended' where id = '${ada.organization}'`,
      `delete from files`,
    ]
    for (const change of changes) {
      const tried = await tryTo(db, async () => {
        await db.asOwner()
        await db.client.query(change)
        await arrive(db, path)
      })
      expect([change, tried]).toEqual([change, '42501'])
    }
  })

  test('is refused to what is too large or no picture, as the form says', async ({ db }) => {
    await db.as(await db.person('ada'))
    const ask = (size: unknown, type: unknown, purpose: unknown = 'avatar') =>
      tryTo(db, () => db.client.query('select create_upload($1, $2, $3)', [purpose, size, type]))
    for (const type of pictureLimits.types) expect(await ask(pictureLimits.bytes, type)).toBeUndefined()
    expect(await ask(pictureLimits.bytes + 1, 'image/png')).toBe('file_too_large')
    expect(await ask(0, 'image/png')).toBe('file_too_large')
    expect(await ask(-1, 'image/png')).toBe('file_too_large')
    expect(await ask(100, 'image/svg+xml')).toBe('file_type_refused')
    expect(await ask(100, '')).toBe('file_type_refused')
    expect(await ask(100, 'image/png', 'everything')).toBe('22P02')
    expect(await ask(null, 'image/png')).toBe('invalid_input')
    expect(await ask(1, null)).toBe('invalid_input')
    expect(await ask(1, 'image/png', null)).toBe('invalid_input')
  })

  test('is given sixty times an hour', async ({ db }) => {
    await db.as(await db.person('ada'))
    await db.sql`select create_upload('avatar', 10, 'image/png') from generate_series(1, 60)`
    expect(await tryTo(db, () => db.sql`select create_upload('avatar', 10, 'image/png')`)).toBeDefined()
  })

  test('for a logo is an admin’s; others’ attempts are remembered', async ({ db }) => {
    const ada = await db.person('ada')
    const abe = await db.colleague(ada, 'abe')
    await db.as(abe)
    const [{ answer }] = await db.sql`select create_upload('logo', 10, 'image/png') as answer`
    expect(answer).toMatchObject({ details: 'not_allowed' })
    await place(db, ada, 'logo')
    await db.asOwner()
    expect(
      await db.sql`select actor_id, outcome, organization_id from audit_events
        where action = 'organizations.change_logo' order by id`,
    ).toEqual([
      { actor_id: abe.id, outcome: 'refused', organization_id: ada.organization },
      { actor_id: ada.id, outcome: 'done', organization_id: ada.organization },
    ])
    expect(await db.sql`select from files`).toHaveLength(1)
  })

  test('for a logo is gone for an admin who is one no more', async ({ db }) => {
    const ada = await db.person('ada')
    const abe = await db.colleague(ada, 'abe')
    await db.asOwner()
    await db.sql`update memberships set role = 'admin' where user_id = ${abe.id}`
    const { path } = await place(db, abe, 'logo')
    await db.asOwner()
    await db.sql`update memberships set role = 'member' where user_id = ${abe.id}`
    expect(await tryTo(db, () => arrive(db, path))).toBe('42501')
  })
})

describe('a file', () => {
  test('is seen by who sent it and nobody else, and changed by nobody', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const { id } = await place(db, ada)
    expect(await db.sql`select id from files`).toEqual([{ id }])
    for (const statement of [
      `update files set status = 'ready'`,
      `update files set owner_id = '${ada.id}'`,
      'delete from files',
      `insert into files (purpose, size, content_type) values ('avatar', 1, 'image/png')`,
      `select private.settle_file('${id}', '', '[]', '')`,
      `select private.reject_file('${id}', 'x')`,
      `select private.sweep_files()`,
    ])
      expect([statement, await tryTo(db, () => db.client.query(statement))]).toEqual([statement, '42501'])
    await db.as(bob)
    expect(await db.sql`select from files`).toEqual([])
  })

  test('that has become pictures is shown, counted, and its original goes', async ({ db }) => {
    const ada = await db.person('ada')
    const id = await show(db, ada)
    expect(await avatarOf(db, ada)).toEqual({ path: `avatars/${id}`, thumbhash: 'hash' })
    expect(await db.sql`select status, stored_bytes from files`).toEqual([
      { status: 'ready', stored_bytes: 1000 },
    ])
    expect(await promised(db, 'media.remove-objects')).toEqual([{ bucket: 'uploads', file: id }])
    expect(
      await db.sql`select topic, event, payload ->> 'file_id' as file from realtime.messages
      where event = 'file_settled'`,
    ).toEqual([{ topic: `user:${ada.id}`, event: 'file_settled', file: id }])
    expect((await settle(db, id))[0].stays).toBe(true)
    expect(await promised(db, 'media.remove-objects')).toHaveLength(1)
  })

  test('that was refused says why', async ({ db }) => {
    const ada = await db.person('ada')
    const { id } = await place(db, ada)
    await arrive(db, id)
    await db.asOwner()
    await db.sql`select private.reject_file(${id}, 'file_type_refused')`
    await db.sql`select private.reject_file(${id}, 'file_unreadable')`
    expect(await statusOf(db, id)).toEqual({ status: 'rejected', reason: 'file_type_refused' })
    expect((await settle(db, id))[0].stays).toBe(false)
    expect(await avatarOf(db, ada)).toBeNull()
  })
})

describe('of two pictures of one person', () => {
  test('the newer is shown, whichever is done first, and the other goes with its objects', async ({ db }) => {
    const ada = await db.person('ada')
    const older = await place(db, ada)
    const newer = await place(db, ada)
    await db.asOwner()
    await db.sql`update files set created_at = now() - interval '1 minute' where id = ${older.id}`
    await arrive(db, older.id)
    await arrive(db, newer.id)
    await db.asOwner()
    await settle(db, newer.id)
    await settle(db, older.id)
    expect(await avatarOf(db, ada)).toMatchObject({ path: `avatars/${newer.id}` })
    expect(await db.sql`select id from files`).toEqual([{ id: newer.id }])
    expect(await promised(db, 'media.remove-objects')).toContainEqual({ bucket: 'avatars', file: older.id })
  })

  test('the one before goes when the next is there', async ({ db }) => {
    const ada = await db.person('ada')
    const bob = await db.person('bob')
    const his = await show(db, bob)
    const first = await show(db, ada)
    const second = await show(db, ada)
    expect(await avatarOf(db, ada)).toMatchObject({ path: `avatars/${second}` })
    expect(await promised(db, 'media.remove-objects')).toContainEqual({ bucket: 'avatars', file: first })
    expect(await avatarOf(db, bob)).toMatchObject({ path: `avatars/${his}` })
  })
})

test('what is kept counts to the company it was sent for, until it is gone', async ({ db }) => {
  const ada = await db.person('ada')
  const bob = await db.person('bob')
  const abe = await db.colleague(ada, 'abe')
  const storage = async ({ organization }: Person) => {
    await db.asOwner()
    const [row] = await db.sql`
      select jsonb_object_agg(key, value) filter (where key like 'storage.%') as kept
      from organization_statistics, jsonb_each(counts) where organization_id = ${organization}`
    return row.kept
  }
  await show(db, abe)
  await show(db, abe)
  await show(db, ada)
  expect(await storage(ada)).toEqual({ 'storage.avatar.bytes': 2000, 'storage.avatar.files': 2 })
  await db.sql`update memberships set organization_id = ${bob.organization} where user_id = ${abe.id}`
  expect(await storage(ada)).toEqual({ 'storage.avatar.bytes': 2000, 'storage.avatar.files': 2 })
  await db.as(abe)
  await db.sql`select remove_picture('avatar')`
  expect(await storage(ada)).toEqual({ 'storage.avatar.bytes': 1000, 'storage.avatar.files': 1 })
  expect(await storage(bob)).toBeNull()
})

describe('what is taken away', () => {
  test('is one’s own picture, with all that was sent for it', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const id = await show(db, ada)
    await show(db, bob)
    await place(db, ada)
    await db.as(ada)
    await db.sql`select remove_picture('avatar')`
    await db.sql`select remove_picture('avatar')`
    expect(await avatarOf(db, ada)).toBeNull()
    expect(await avatarOf(db, bob)).not.toBeNull()
    expect(await db.sql`select from files`).toHaveLength(1)
    expect(await promised(db, 'media.remove-objects')).toContainEqual({ bucket: 'avatars', file: id })
  })

  test('a file that is still at work when its picture is taken away shows nothing', async ({ db }) => {
    const ada = await db.person('ada')
    const { id } = await place(db, ada)
    await arrive(db, id)
    await db.as(ada)
    await db.sql`select remove_picture('avatar')`
    await db.asOwner()
    expect((await settle(db, id))[0].stays).toBe(false)
    expect(await avatarOf(db, ada)).toBeNull()
    expect(await promised(db, 'media.remove-objects')).toContainEqual({ bucket: 'uploads', file: id })
  })

  test('goes with the person; a logo stays with the company', async ({ db }) => {
    const ada = await db.person('ada')
    const mae = await db.colleague(ada, 'mae')
    const id = await show(db, ada)
    const logo = await show(db, ada, 'logo')
    await db.asOwner()
    await db.sql`update memberships set role = 'admin' where user_id = ${mae.id}`
    await db.sql`delete from auth.users where id = ${ada.id}`
    expect(await db.sql`select id, owner_id from files`).toEqual([{ id: logo, owner_id: null }])
    expect(await promised(db, 'media.remove-objects')).toContainEqual({ bucket: 'avatars', file: id })
  })
})

describe('a company’s logo', () => {
  const logoOf = async (db: Db, { organization }: Person) => {
    await db.asOwner()
    return (await db.sql`select logo from organizations where id = ${organization}`)[0].logo
  }

  test('is shown, replaced and taken away by its admins', async ({ db }) => {
    const ada = await db.person('ada')
    const abe = await db.colleague(ada, 'abe')
    await show(db, ada, 'logo')
    const id = await show(db, ada, 'logo')
    expect(await logoOf(db, ada)).toEqual({ path: `logos/${id}`, thumbhash: 'hash' })
    expect(await db.sql`select from files`).toHaveLength(1)

    await db.as(abe)
    const [{ answer }] = await db.sql`select remove_picture('logo') as answer`
    expect(answer).toMatchObject({ details: 'not_allowed' })
    expect(await logoOf(db, ada)).not.toBeNull()
    await db.as(ada)
    await db.sql`select remove_picture('logo')`
    expect(await logoOf(db, ada)).toBeNull()
    expect(await db.sql`select from files`).toEqual([])
  })

  test('goes with the company', async ({ db }) => {
    const ada = await db.person('ada')
    const id = await show(db, ada, 'logo')
    await db.asOwner()
    await db.sql`delete from organizations where id = ${ada.organization}`
    expect(await db.sql`select from files`).toEqual([])
    expect(await promised(db, 'media.remove-objects')).toContainEqual({ bucket: 'logos', file: id })
  })
})

describe('the hourly round', () => {
  const sweep = async (db: Db) => {
    await db.asOwner()
    return (await db.sql`select private.sweep_files() as swept`)[0].swept
  }

  test('lets go what nobody will finish, and keeps the rest', async ({ db }) => {
    const ada = await db.person('ada')
    const bob = await db.person('bob')
    const shown = await show(db, bob)
    const [empty, stuck, read, fresh] = [
      await place(db, ada),
      await place(db, ada),
      await place(db, ada),
      await place(db, ada),
    ]
    await arrive(db, stuck.id)
    await db.asOwner()
    await db.sql`select private.reject_file(${read.id}, 'file_unreadable')`
    expect(await sweep(db)).toBe(0)
    await db.sql`update files set created_at = now() - interval '25 hours' where id in (${empty.id}, ${stuck.id})`
    await db.sql`update files set uploaded_at = now() - interval '25 hours' where id = ${stuck.id}`
    await db.sql`update files set settled_at = now() - interval '31 days' where id = ${read.id}`
    expect(await sweep(db)).toBe(3)
    expect(await statusOf(db, stuck.id)).toEqual({ status: 'rejected', reason: 'file_not_processed' })
    expect((await db.sql`select id from files order by id`).map(({ id }) => id)).toEqual(
      [stuck.id, fresh.id, shown].sort(),
    )
    expect(await promised(db, 'media.remove-objects')).toContainEqual({ bucket: 'uploads', file: stuck.id })
  })

  test('finds objects whose row is gone', async ({ db }) => {
    const shown = await show(db, await db.person('ada'))
    const gone = crypto.randomUUID()
    await db.asService()
    await db.sql`insert into storage.objects (bucket_id, name, created_at) values
      ('avatars', ${`${shown}/64.avif`}, now() - interval '2 days'),
      ('avatars', ${`${gone}/64.avif`}, now() - interval '2 days'),
      ('avatars', ${`${gone}/64.webp`}, now() - interval '2 days'),
      ('logos', ${`${crypto.randomUUID()}/64.webp`}, now())`
    const before = await promised(db, 'media.remove-objects')
    expect(await sweep(db)).toBe(1)
    const after = await promised(db, 'media.remove-objects')
    expect(after).toHaveLength(before.length + 1)
    expect(after).toContainEqual({ bucket: 'avatars', file: gone })
  })
})
