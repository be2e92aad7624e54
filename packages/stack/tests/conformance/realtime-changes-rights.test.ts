import { describe, expect, it } from 'vitest'
import { follow, heard, table, told } from './changes-world.ts'
import { type Person, person, sql, visitor } from './world.ts'

const owned = 'owner = (select auth.uid())'

/** A signed-in person's channel must speak with the person's token, which the client learns a moment later. */
async function signedIn(name: string): Promise<Person> {
  const somebody = await person(name)
  await somebody.client.realtime.setAuth()
  return somebody
}

describe('channel.on postgres_changes INSERT', () => {
  it('is told to those who may select the row', async () => {
    const name = await table({ policy: owned })
    const [ada, bob] = await Promise.all([signedIn('Ada'), signedIn('Bob')])
    const asked = { event: 'INSERT', schema: 'public', table: name } as const
    const [adas, bobs, nobodys] = await Promise.all([
      follow(ada.client, asked),
      follow(bob.client, asked),
      follow(visitor(), asked),
    ])
    await sql(`insert into public.${name} values (1, 'hers', '${ada.id}')`)
    await sql(`insert into public.${name} values (2, 'his', '${bob.id}')`)
    await sql(`insert into public.${name} values (3, 'hers', '${ada.id}'), (4, 'his', '${bob.id}')`)
    expect(told(await heard(adas, 2))).toEqual([1, 3])
    expect(told(await heard(bobs, 2))).toEqual([2, 4])
    expect(nobodys.events).toEqual([])
  })

  it('tells a role only the columns that it may select', async () => {
    const name = await table({ grants: 'select (id, title) on %s to anon' })
    const ada = await follow(visitor(), { event: '*', schema: 'public', table: name })
    await sql(`insert into public.${name} values (1, 'one', gen_random_uuid())`)
    const [event] = await heard(ada, 1)
    expect(event?.new).toEqual({ id: 1, title: 'one' })
  })

  it('tells a role that may not select the key no more than that something came', async () => {
    const name = await table({ grants: '' })
    const ada = await follow(visitor(), { event: '*', schema: 'public', table: name })
    await sql(`insert into public.${name} values (1, 'one')`)
    const [event] = await heard(ada, 1)
    expect(event).toMatchObject({ new: {}, old: {}, errors: ['Error 401: Unauthorized'] })
  })

  it('does not silence others when the policy fails for one of them', async () => {
    const name = await table({
      policy: `title = 'open' or (auth.jwt() ->> 'sub')::uuid = owner or 1 / (case when auth.uid() is null then 0 else 1 end) = 0`,
    })
    const ada = await signedIn('Ada')
    const [adas, nobodys] = await Promise.all(
      [ada.client, visitor()].map((client) => follow(client, { event: '*', schema: 'public', table: name })),
    )
    await sql(`insert into public.${name} values (1, 'hers', '${ada.id}')`)
    if (!adas || !nobodys) throw new Error('two were asked')
    expect(told(await heard(adas, 1))).toEqual([1])
    expect(nobodys.events).toEqual([])
  })
})

describe('channel.on postgres_changes UPDATE', () => {
  it('is judged by the row as it is now', async () => {
    const name = await table({ policy: owned })
    const [ada, bob] = await Promise.all([signedIn('Ada'), signedIn('Bob')])
    const asked = { event: 'UPDATE', schema: 'public', table: name } as const
    const [adas, bobs] = await Promise.all([follow(ada.client, asked), follow(bob.client, asked)])
    await sql(`insert into public.${name} values (1, 'hers', '${ada.id}')`)
    await sql(`update public.${name} set title = 'still hers'`)
    expect(told(await heard(adas, 1), 'title')).toEqual(['still hers'])
    await sql(`update public.${name} set owner = '${bob.id}', title = 'his'`)
    expect(told(await heard(bobs, 1), 'title')).toEqual(['his'])
    expect(adas.events).toHaveLength(1)
  })

  it('is judged by new rights at once when a policy changes', async () => {
    const name = await table({ policy: 'false' })
    const ada = await follow(visitor(), { event: '*', schema: 'public', table: name })
    await sql(`insert into public.${name} values (1, 'unseen')`)
    // The row is judged as the policies are when it is looked at: let it be looked at.
    const bob = await follow(visitor(), { event: 'DELETE', schema: 'public', table: name })
    await sql(`delete from public.${name}`)
    await heard(bob, 1)
    await sql(`alter policy seen on public.${name} using (true)`)
    await sql(`insert into public.${name} values (2, 'seen')`)
    await heard(ada, 2)
    expect(
      ada.events.map(({ eventType, new: now }) => [eventType, 'id' in now ? now.id : undefined]),
    ).toEqual([
      ['DELETE', undefined],
      ['INSERT', 2],
    ])
  })
})

describe('realtime.setAuth', () => {
  it('subscribes anew, as whoever the token names', async () => {
    const name = await table({ policy: owned })
    const [ada, bob] = await Promise.all([signedIn('Ada'), signedIn('Bob')])
    const follower = await follow(ada.client, { event: '*', schema: 'public', table: name })
    await sql(`insert into public.${name} values (1, 'hers', '${ada.id}')`)
    await heard(follower, 1)
    await ada.client.realtime.setAuth(bob.token)
    await expect.poll(() => follower.systems.length).toBe(2)
    expect(follower.systems[1]).toMatchObject({ status: 'ok', message: 'Subscribed to PostgreSQL' })
    await sql(`insert into public.${name} values (2, 'hers', '${ada.id}')`)
    await sql(`insert into public.${name} values (3, 'his', '${bob.id}')`)
    expect(told(await heard(follower, 2))).toEqual([1, 3])
  })
})

describe('channel.unsubscribe', () => {
  it('ends the subscription', async () => {
    const name = await table()
    const asked = { event: '*', schema: 'public', table: name } as const
    const [ada, bob] = [await follow(visitor(), asked), await follow(visitor(), asked)]
    await ada.channel.unsubscribe()
    await sql(`insert into public.${name} values (1)`)
    await heard(bob, 1)
    expect(ada.events).toEqual([])
    const listeners = () =>
      sql<{ count: number }>(
        `select count(*)::int from realtime.subscription where entity = 'public.${name}'::regclass`,
      )
    await expect.poll(async () => (await listeners())[0]?.count).toBe(1)
  })
})
