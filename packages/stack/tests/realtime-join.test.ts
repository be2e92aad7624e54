import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { Jwk } from '../src/keys.ts'
import {
  allow,
  client,
  createWorld,
  eventually,
  join,
  person,
  rawSocket,
  tokenOf,
  type World,
} from './realtime-world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.stop())

const isPrivate = { config: { private: true } }
const joinMessage = (topic: string, config: object, token?: string) => ({
  topic: `realtime:${topic}`,
  event: 'phx_join',
  payload: { config, ...(token ? { access_token: token } : {}) },
  ref: '1',
  join_ref: '1',
})

test.for(['1.0.0', '2.0.0'])('a visitor joins and leaves a public topic over version %s', async (vsn) => {
  const supabase = await client(world.url, undefined, { vsn })
  const channel = await join(supabase.channel('lobby'))
  expect(await channel.unsubscribe()).toBe('ok')
  expect(supabase.getChannels()).toEqual([])
})

test('a heartbeat is answered', async () => {
  const heartbeats: string[] = []
  const supabase = await client(world.url, undefined, {
    heartbeatCallback: (status: string) => heartbeats.push(status),
  })
  await join(supabase.channel('lobby'))
  await supabase.realtime.sendHeartbeat()
  await eventually(() => heartbeats).toEqual(['sent', 'ok'])
})

test('a person with the right joins a private topic', async () => {
  const ada = await person()
  await allow(world, ada, 'room:1')
  await join((await client(world.url, ada)).channel('room:1', isPrivate))
})

test('a person without the right is told so in the words of the hosted server', async () => {
  const channel = (await client(world.url, await person())).channel('room:1', isPrivate)
  await expect(join(channel)).rejects.toThrow(
    'Unauthorized: You do not have permissions to read from this Channel topic: room:1',
  )
})

test('the right to presence alone opens the channel, but only to whoever asks for presence', async () => {
  const ada = await person()
  await allow(world, ada, 'room:p', { extensions: ['presence'] })
  await expect(join((await client(world.url, ada)).channel('room:p', isPrivate))).rejects.toThrow(
    'Unauthorized',
  )
  const present = { config: { private: true, presence: { enabled: true } } }
  await join((await client(world.url, ada)).channel('room:p', present))
})

test('a visitor without a session is refused on a private topic', async () => {
  await expect(join((await client(world.url)).channel('room:1', isPrivate))).rejects.toThrow('Unauthorized')
})

test('a policy that fails is a refusal, not a crash', async () => {
  await world.db.query(`create table public.broken (topic text); grant select on public.broken to authenticated;
    create policy broken on realtime.messages for select to authenticated using (
      case when (select realtime.topic()) = 'room:broken' then 1 / (select count(*) from public.broken) = 1 end)`)
  const channel = (await client(world.url, await person())).channel('room:broken', isPrivate)
  await expect(join(channel)).rejects.toThrow('Unauthorized')
})

test('no role but those of the Data API can be taken, whatever a token says', async () => {
  for (const role of ['postgres', 'supabase_admin', 'none', 'nobody']) {
    const eve = await person(3600, { role })
    await expect(join((await client(world.url, eve)).channel('room:1', isPrivate))).rejects.toThrow(
      'Unauthorized',
    )
  }
})

test.for<[string, () => Promise<string>, RegExp]>([
  ['expired', () => tokenOf(crypto.randomUUID(), -5), /^InvalidJWTToken: Token has expired \d+ seconds ago$/],
  [
    'without a role',
    () => tokenOf(crypto.randomUUID(), 60, { role: undefined }),
    /^InvalidJWTToken: Fields `role`/,
  ],
  ['forged', async () => `${(await tokenOf('x')).slice(0, -9)}AAAAAAAAA`, /^JwtSignatureError: /],
  ['no token', async () => 'rubbish', /^MalformedJWT: The token provided is not a valid JWT$/],
  [
    'unsigned',
    async () => 'eyJhbGciOiJub25lIn0.eyJyb2xlIjoicG9zdGdyZXMiLCJleHAiOjk5OTk5OTk5OTl9.',
    /^(MalformedJWT|JwtS)/,
  ],
])('a token that is %s is refused', async ([, make, reason]) => {
  const { received, send } = await rawSocket(world.url)
  send(joinMessage('lobby', {}, await make()))
  await eventually(() => received).toMatchObject([
    {
      event: 'phx_reply',
      ref: '1',
      payload: { status: 'error', response: { reason: expect.stringMatching(reason) } },
    },
  ])
})

/** A token signed with a key pair, and the public half of the pair. */
async function signedByPair(kid: string, person: string) {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const token = await new SignJWT({ role: 'authenticated' })
    .setProtectedHeader({ alg: 'ES256', kid })
    .setSubject(person)
    .setExpirationTime('1h')
    .sign(privateKey)
  const key = Jwk.parse({ ...(await exportJWK(publicKey)), alg: 'ES256', kid })
  return { token, key }
}

test('a token signed with a key pair that is known by its id opens a private topic', async () => {
  const ada = await person()
  await allow(world, ada, 'room:pair')
  const { token, key } = await signedByPair('ours', ada.id)
  const server = await world.start({}, 0, { jwks: { keys: [key] } })
  onTestFinished(() => server.stop())
  const { received, send } = await rawSocket(`http://127.0.0.1:${server.port}`)
  send(joinMessage('room:pair', { private: true }, token))
  await eventually(() => received).toMatchObject([{ payload: { status: 'ok' } }])
})

test.for<[string, () => Promise<string>, string]>([
  ['forged', async () => `${(await tokenOf('x')).slice(0, -9)}AAAAAAAAA`, ':signature_error'],
  [
    'unsigned',
    async () => 'eyJhbGciOiJub25lIn0.eyJyb2xlIjoicG9zdGdyZXMiLCJleHAiOjk5OTk5OTk5OTl9.',
    ':error_generating_signer',
  ],
  [
    'signed with a key nobody knows',
    async () => (await signedByPair('theirs', 'x')).token,
    'Failed to generate JWT signer for key ID (kid) "theirs", check your JWT secret or JWKS configuration',
  ],
  ['no token', async () => '', 'The token provided is not a valid JWT'],
  [
    'without a role',
    () => tokenOf('x', 60, { role: undefined }),
    'Fields `role` and `exp` are required in JWT',
  ],
])('a new token that is %s ends the channel in the words of the hosted server', async ([, make, why]) => {
  const { received, send } = await rawSocket(world.url)
  send(joinMessage('lobby', {}))
  const access_token = await make()
  send({ topic: 'realtime:lobby', event: 'access_token', payload: { access_token }, ref: '2', join_ref: '1' })
  await eventually(() => received.slice(1)).toMatchObject([
    { event: 'system', payload: { extension: 'system', status: 'error', message: why, channel: 'lobby' } },
    { event: 'phx_close', ref: '1' },
  ])
})

test('a channel ends when its token runs out, and says why', async () => {
  const ada = await person(2)
  await allow(world, ada, 'room:1')
  const { received, send } = await rawSocket(world.url)
  send(joinMessage('room:1', { private: true }, ada.token))
  await eventually(() => received).toMatchObject([
    { event: 'phx_reply', payload: { status: 'ok', response: { postgres_changes: [] } } },
    {
      event: 'system',
      topic: 'realtime:room:1',
      payload: {
        extension: 'system',
        status: 'error',
        message: expect.stringMatching(/^Token has expired \d+ seconds ago$/),
        channel: 'room:1',
      },
    },
    { event: 'phx_close', ref: '1', payload: {} },
  ])
})

test('a renewed token keeps the channel open beyond the end of the first', async () => {
  const ada = await person(2)
  await allow(world, ada, 'room:1')
  const { received, send } = await rawSocket(world.url)
  send(joinMessage('room:1', { private: true }, ada.token))
  const access_token = await tokenOf(ada.id, 3)
  send({
    topic: 'realtime:room:1',
    event: 'access_token',
    payload: { access_token },
    ref: '2',
    join_ref: '1',
  })
  await eventually(() => received.at(-1)).toMatchObject({ event: 'phx_close' })
  expect(Date.now() / 1000).toBeGreaterThanOrEqual(JSON.parse(atob(access_token.split('.')[1]!)).exp)
})

test('a renewed token of a person who lost the right ends the channel', async () => {
  const ada = await person()
  await allow(world, ada, 'room:2')
  const supabase = await client(world.url, ada)
  const said: object[] = []
  const channel = supabase.channel('room:2', isPrivate).on('system', {}, (message) => said.push(message))
  await join(channel)
  await allow(world, ada, 'room:2', { read: false })
  await supabase.realtime.setAuth(await tokenOf(ada.id, 1800))
  ada.token = await tokenOf(ada.id, 1801)
  await supabase.realtime.setAuth()
  await eventually(() => said).toMatchObject([
    { message: 'You do not have permissions to read from this Channel topic: room:2', status: 'error' },
  ])
  await eventually(() => channel.state).toBe('closed')
})

test('somebody else’s token on an open channel changes who is asked about', async () => {
  const [ada, eve] = [await person(), await person()]
  await allow(world, ada, 'room:3')
  const { received, send } = await rawSocket(world.url)
  send(joinMessage('room:3', { private: true }, ada.token))
  const to = { topic: 'realtime:room:3', join_ref: '1' }
  send({ ...to, event: 'access_token', payload: { access_token: eve.token }, ref: '2' })
  await eventually(() => received.at(-1)).toMatchObject({ event: 'phx_close' })
})

test('a key in the place of a token changes nothing', async () => {
  const ada = await person()
  await allow(world, ada, 'room:4')
  const { received, send } = await rawSocket(world.url)
  send(joinMessage('room:4', { private: true }, ada.token))
  const to = { topic: 'realtime:room:4', join_ref: '1' }
  send({ ...to, event: 'access_token', payload: { access_token: 'sb_secret_test' }, ref: '2' })
  send({ ...to, event: 'phx_leave', payload: {}, ref: '3' })
  await eventually(() => received).toMatchObject([
    { event: 'phx_reply', ref: '1', payload: { status: 'ok' } },
    { event: 'phx_reply', ref: '3', payload: { status: 'ok' } },
    { event: 'phx_close', ref: '1' },
  ])
})

test('without a renewal too, a person who lost the right is put out at the next round', async () => {
  const strict = await world.start({ recheckMs: 50 })
  try {
    const ada = await person()
    await allow(world, ada, 'room:5')
    const said: object[] = []
    const supabase = await client(`http://127.0.0.1:${strict.port}`, ada)
    const channel = supabase.channel('room:5', isPrivate).on('system', {}, (message) => said.push(message))
    await join(channel)
    await world.db.query('delete from public.rights where person = $1', [ada.id])
    await eventually(() => channel.state).toBe('closed')
    expect(said).toMatchObject([
      { message: 'You do not have permissions to read from this Channel topic: room:5' },
    ])
  } finally {
    await strict.stop()
  }
})

test('a second join of a topic takes the place of the first', async () => {
  const { received, send } = await rawSocket(world.url)
  send(joinMessage('lobby', {}))
  await eventually(() => received).toHaveLength(1)
  send({ ...joinMessage('lobby', {}), ref: '2', join_ref: '2' })
  await eventually(() => received).toMatchObject([
    { event: 'phx_reply', ref: '1' },
    { event: 'phx_reply', ref: '2', payload: { status: 'ok' } },
    { event: 'phx_close', ref: '1' },
  ])
})

test('a topic nobody can join is answered', async () => {
  const { received, send } = await rawSocket(world.url)
  send({ topic: 'phoenix', event: 'heartbeat', payload: {}, ref: '1' })
  send({ ...joinMessage('x', {}), topic: 'elsewhere', ref: '2' })
  send({ ...joinMessage('', {}), ref: '3', join_ref: '3' })
  send({ topic: 'realtime:x', event: 'broadcast', payload: {}, ref: '4' })
  send({ topic: 'realtime:x', event: 'phx_leave', payload: {}, ref: '5' })
  await eventually(() => received).toHaveLength(5)
  const byRef = Object.fromEntries(received.map((message) => [(message as { ref: string }).ref, message]))
  expect(byRef).toMatchObject({
    1: { topic: 'phoenix', payload: { status: 'ok', response: {} } },
    2: { payload: { status: 'error', response: { reason: 'unmatched topic' } } },
    3: { payload: { response: { reason: 'TopicNameRequired: You must provide a topic name' } } },
    4: { payload: { status: 'error', response: { reason: 'unmatched topic' } } },
    5: { payload: { status: 'ok', response: {} } },
  })
})

test('a topic may be as long as a binary frame can name, and no longer', async () => {
  const { received, send } = await rawSocket(world.url)
  send(joinMessage('x'.repeat(246), {}))
  await eventually(() => received).toHaveLength(1)
  send({ ...joinMessage('ص'.repeat(124), {}), ref: '2', join_ref: '2' })
  await eventually(() => received).toMatchObject([
    { ref: '1', payload: { status: 'ok' } },
    {
      ref: '2',
      payload: { response: { reason: 'TopicNameTooLong: You must provide a shorter topic name' } },
    },
  ])
})

test('a client may not join more channels than it is allowed', async () => {
  const { received, send } = await rawSocket(world.url)
  for (let i = 0; i <= 100; i++) send({ ...joinMessage(`t${i}`, {}), ref: String(i), join_ref: String(i) })
  await eventually(() => received).toHaveLength(101)
  const refused = received.filter((message) => JSON.stringify(message).includes('"error"'))
  expect(refused).toMatchObject([
    { payload: { response: { reason: 'ChannelRateLimitReached: Too many channels' } } },
  ])
})

test.for([
  ['no key', '', '1.0.0', 401],
  ['an unknown key', 'sb_publishable_other', '1.0.0', 401],
  ['an unknown secret key', 'sb_secret_other', '1.0.0', 401],
  ['rubbish as its key', 'rubbish', '1.0.0', 401],
  ['an unknown version', 'sb_publishable_test', '3.0.0', 403],
] as const)('a connection with %s is not opened', async ([, key, vsn, status]) => {
  await expect(rawSocket(world.url, vsn, key)).rejects.toThrow(`Unexpected server response: ${status}`)
})

test('a subscription to changes of tables is told that none will come', async () => {
  const said: object[] = []
  const channel = (await client(world.url))
    .channel('lobby')
    .on('postgres_changes', { event: '*', schema: 'public', table: 'rights' }, () => {})
    .on('system', {}, (message) => said.push(message))
  await join(channel)
  await eventually(() => said).toMatchObject([{ extension: 'postgres_changes', status: 'error' }])
})
