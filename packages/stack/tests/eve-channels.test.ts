import { editTopic, joinTopic, openTopic, reply, type Supabase } from '@p2p/client'
import type { RealtimeChannel } from '@supabase/supabase-js'
import { SignJWT } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { document, founder, member, type Person, rowsOf, visitor } from './companies.ts'

/* Eve is hostile: what she hears and says on channels. */

let stack: TestStack
let ada: Person
let eve: Person
let shared: string
let secret: string
beforeAll(async () => {
  stack = await startTestStack()
  ada = await member(stack, founder('Ada'))
  eve = await member(stack, founder('Eve'))
  shared = await open('community')
  secret = await open('organization')
})
afterEach(() => Promise.all([ada, eve].map(({ supabase }) => supabase.removeAllChannels())))
afterAll(() => stack?.stop())

const open = (visibility: 'community' | 'organization') =>
  openTopic(ada.supabase, {
    category: 'energy',
    title: 'Our furnace',
    body: document('It draws too much.'),
    visibility,
  })

/** What the server says to who wants to join. */
const joining = (channel: RealtimeChannel) =>
  new Promise<string>((told) => {
    channel.subscribe((status, error) => told(error?.message ?? status))
  })
const join = async (supabase: Supabase, name: string, isPrivate = true) => {
  await supabase.realtime.setAuth()
  const channel = supabase.channel(name, { config: { private: isPrivate } })
  const said = await joining(channel)
  return { channel, said }
}

/** Where Ada's company hears of its own topic. */
const secretRoom = () => `topic:${secret}:${ada.me.organization.id}`

/** Ada has her topic open and keeps what she is told. */
async function adaListens(topic: string, organization: string | null = null) {
  const told = { posts: [] as object[], typing: [] as string[] }
  const onConnection = vi.fn()
  const room = joinTopic(ada.supabase, {
    topic,
    organization,
    me: ada.id,
    onConnection,
    onPost: (event) => void told.posts.push(event),
    onTyping: (who) => void told.typing.push(who),
  })
  await vi.waitFor(() => expect(onConnection).toHaveBeenCalledWith('joined'), 20_000)
  return { ...room, told }
}

describe('Eve listens', () => {
  test('to nothing but the forum, her own company, her own name, and topics she can read', async () => {
    const hers = [`organization:${eve.me.organization.id}`, `user:${eve.id}`]
    for (const name of ['forum', `topic:${shared}`, ...hers]) {
      expect(await join(eve.supabase, name), name).toMatchObject({ said: 'SUBSCRIBED' })
    }
    for (const name of [
      `topic:${secret}`,
      secretRoom(),
      `topic:${secret}:${eve.me.organization.id}`,
      `topic:${shared}:${eve.me.organization.id}`,
      `organization:${ada.me.organization.id}`,
      `user:${ada.id}`,
      `user:${eve.id} `,
      `user:${eve.id}%`,
      'user:',
      'user:%',
      `topic:${shared} `,
      `topic:${shared.toUpperCase()}`,
      `topic:${shared}'--`,
      `topic:%`,
      'topic:',
      'Forum',
      'organization:%',
      'conversation:1',
      '*',
      'realtime:forum',
      `topic:${crypto.randomUUID()}`,
    ]) {
      expect((await join(eve.supabase, name)).said, name).toMatch(/^Unauthorized/)
    }
  })

  test('to nothing at all before she signs in, or with a token that is not one', async () => {
    const forged = (claims: object, secretKey: string = stack.keys.jwtSecret, ends = '1h') =>
      new SignJWT({ sub: ada.id, ...claims })
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime(ends)
        .sign(new TextEncoder().encode(secretKey))
    const other = 'another secret that is long enough to be one'
    const unsigned = `${btoa('{"alg":"none"}')}.${btoa(`{"role":"service_role","exp":9999999999}`)}.`
    for (const [what, token] of Object.entries({
      'no token': undefined,
      'of another secret': await forged({ role: 'authenticated' }, other),
      'of service_role by another secret': await forged({ role: 'service_role' }, other),
      'of a role that is the database’s own': await forged({ role: 'supabase_admin' }),
      'run out': await forged({ role: 'authenticated' }, undefined, '-1m'),
      'not signed': unsigned,
      rubbish: 'rubbish',
    })) {
      const supabase = visitor(stack)
      for (const name of ['forum', `topic:${shared}`]) {
        const channel = supabase.channel(name, { config: { private: true } })
        if (token) await supabase.realtime.setAuth(token)
        expect(await joining(channel), what).not.toBe('SUBSCRIBED')
      }
      await supabase.removeAllChannels()
    }
  })

  test('on a public channel of the same name, to nothing that is said on the private one', async () => {
    const overheard: unknown[] = []
    await eve.supabase.realtime.setAuth()
    const open_ = eve.supabase.channel(secretRoom())
    for (const event of ['post_created', 'typing']) {
      open_.on('broadcast', { event }, (message) => void overheard.push(message))
    }
    open_.on('presence', { event: 'sync' }, () => overheard.push(...Object.keys(open_.presenceState())))
    await joining(open_)
    const room = await adaListens(secret, ada.me.organization.id)
    await open_.send({ type: 'broadcast', event: 'typing', payload: { user_id: eve.id } })

    room.typing()
    const { id } = await reply(ada.supabase, { topic: secret, body: document('Between us') })
    const mine = expect.objectContaining({ name: 'post_created', post_id: id })
    await expect.poll(() => room.told.posts).toEqual([mine])
    expect(overheard.filter((one) => one !== eve.id)).toEqual([])
    expect(room.told.typing).toEqual([])
    await room.leave()
  })
})

test('Eve, who had a topic open when it became Ada’s company’s own, hears no more of it', async () => {
  const topic = await open('community')
  const heard: string[] = []
  await eve.supabase.realtime.setAuth()
  const channel = eve.supabase.channel(`topic:${topic}`, {
    config: { private: true, presence: { key: eve.id } },
  })
  for (const event of ['post_created', 'typing', 'topic_changed']) {
    channel.on('broadcast', { event }, () => void heard.push(event))
  }
  channel.on('presence', { event: 'join' }, ({ key }) => void heard.push(key))
  expect(await joining(channel)).toBe('SUBSCRIBED')
  await editTopic(ada.supabase, { topic, visibility: 'organization' })
  await expect.poll(() => heard).toEqual(['topic_changed'])

  const room = await adaListens(topic, ada.me.organization.id)
  const { id } = await reply(ada.supabase, { topic, body: document('Between us') })
  await expect.poll(() => room.told.posts).toContainEqual(expect.objectContaining({ post_id: id }))
  room.typing()
  // What is said on her own channel comes after all that: so nothing was on its way.
  const { channel: forum } = await join(eve.supabase, 'forum')
  const lists: string[] = []
  forum.on('broadcast', { event: 'topic_opened' }, ({ payload }) => void lists.push(payload.topic_id))
  const last = await open('community')
  await expect.poll(() => lists).toContain(last)
  expect(heard).toEqual(['topic_changed'])
  await room.leave()
})

describe('who may not act any more', () => {
  const states = {
    'is deactivated': [
      `update public.profiles set status = 'deactivated' where id = $1`,
      `update public.profiles set status = 'active' where id = $1`,
    ],
    'is of a suspended company': [
      `update public.organizations set status = 'suspended' where id = (select organization_id from public.memberships where user_id = $1)`,
      `update public.organizations set status = 'active' where id = (select organization_id from public.memberships where user_id = $1)`,
    ],
  }
  for (const [who, [begin = '', end = '']] of Object.entries(states)) {
    test(`because she ${who}, joins nothing but her own channel`, async () => {
      const dee = await member(stack, founder('Dee'))
      await rowsOf(stack, begin, [dee.id])
      for (const name of ['forum', `topic:${shared}`, `organization:${dee.me.organization.id}`])
        expect((await join(dee.supabase, name)).said, name).toMatch(/^Unauthorized/)
      expect((await join(dee.supabase, `user:${dee.id}`)).said).toBe('SUBSCRIBED')
      await dee.supabase.removeAllChannels()
      await rowsOf(stack, end, [dee.id])
      expect((await join(dee.supabase, 'forum')).said).toBe('SUBSCRIBED')
      await dee.supabase.removeAllChannels()
    })
  }
})

describe('Eve speaks', () => {
  test('where she can read a topic: a word of hers is a hint, which Ada’s page checks, or nothing', async () => {
    const room = await adaListens(shared)
    const { channel } = await join(eve.supabase, `topic:${shared}`)
    const say = (event: string, payload: object) => channel.send({ type: 'broadcast', event, payload })
    await say('post_created', { post_id: '<script>', parent_id: null, author_id: ada.id })
    await say('post_created', { body: 'You have been hacked', author_id: ada.id })
    await say('post_deleted', {})
    await say('typing', { user_id: 'not an id' })
    await say('typing', { user_id: ada.id })
    const made = { post_id: crypto.randomUUID(), parent_id: null, author_id: ada.id }
    await say('post_created', { ...made, body: 'You have been hacked' })
    await say('typing', { user_id: eve.id })
    await expect.poll(() => room.told.typing).toEqual([eve.id])
    // All that comes through is the name of a row; nobody can read a row that is not there.
    expect(room.told.posts).toEqual([{ name: 'post_created', ...made }])
    expect((await ada.supabase.from('posts').select().eq('id', made.post_id)).data).toEqual([])
    await room.leave()
  })

  test('nowhere else: not in the forum, not for a company, not in a topic she cannot read', async () => {
    const told: unknown[] = []
    await ada.supabase.realtime.setAuth()
    const adas = ['forum', `organization:${ada.me.organization.id}`, secretRoom(), `user:${ada.id}`]
    for (const name of adas) {
      const channel = ada.supabase.channel(name, { config: { private: true } })
      for (const event of [
        'topic_opened',
        'post_created',
        'topic_changed',
        'access_changed',
        'members_changed',
      ]) {
        channel.on('broadcast', { event }, ({ payload }) => void told.push(payload.topic_id ?? payload))
      }
      expect(await joining(channel)).toBe('SUBSCRIBED')
    }
    const lie = { event: 'topic_opened', payload: { topic_id: crypto.randomUUID() } }
    const { channel } = await join(eve.supabase, 'forum')
    await channel.send({ type: 'broadcast', ...lie })
    for (const token of [eve.token, stack.keys.publishable]) {
      const headers = { apikey: stack.keys.publishable, authorization: `Bearer ${token}` }
      const messages = adas.map((topic) => ({ topic, private: true, ...lie }))
      const broadcast = `${stack.urls.api}/realtime/v1/api/broadcast`
      await fetch(broadcast, { method: 'POST', headers, body: JSON.stringify({ messages }) })
    }
    // What the database says comes after it, and alone.
    const topic = await open('community')
    await expect.poll(() => told).toContain(topic)
    expect(told).not.toContainEqual(lie.payload.topic_id)
    expect(new Set(told)).toEqual(new Set([topic]))
  })
})
