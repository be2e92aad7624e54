import { describe, expect, it, onTestFinished } from 'vitest'
import { grant, joined, leave, listener, privateTopic, soon, wire } from './channels.ts'
import { fresh, person, sql } from './world.ts'

const join = (topic: string, config: object = {}, more: object = {}) => [
  '1',
  '1',
  `realtime:${topic}`,
  'phx_join',
  { config, ...more },
]

describe('channel.subscribe SUBSCRIBED', () => {
  it('is told to whoever joins a public topic', async () => {
    const channel = listener().channel(fresh('room'))
    await expect(joined(channel)).resolves.toBe(channel)
  })

  it('is answered in the shape of each version of the protocol', async () => {
    const topic = `realtime:${fresh('room')}`
    const older = await wire('1.0.0')
    older.send({ topic, event: 'phx_join', payload: { config: {} }, ref: '1', join_ref: '1' })
    const payload = { status: 'ok', response: { postgres_changes: [] } }
    await soon(() => older.received).toEqual([{ topic, event: 'phx_reply', payload, ref: '1' }])
    const newer = await wire('2.0.0')
    newer.send(['9', '1', topic, 'phx_join', { config: {} }])
    await soon(() => newer.received).toEqual([['9', '1', topic, 'phx_reply', payload]])
  })

  it('is told on a private topic to whoever may read there', async () => {
    const ada = await person('Ada')
    onTestFinished(() => leave(ada.client))
    const topic = await privateTopic({ command: 'select' })
    await ada.client.realtime.setAuth(ada.token)
    await joined(ada.client.channel(topic, { config: { private: true } }))
  })

  it('ends an earlier join of the topic on the same connection', async () => {
    const topic = fresh('room')
    const { received, send } = await wire()
    send(join(topic))
    await soon(() => received).toHaveLength(1)
    send(['2', '2', `realtime:${topic}`, 'phx_join', { config: {} }])
    await soon(() => received).toHaveLength(3)
    expect(received.slice(1)).toEqual(
      expect.arrayContaining([
        ['2', '2', `realtime:${topic}`, 'phx_reply', { status: 'ok', response: { postgres_changes: [] } }],
        ['1', '1', `realtime:${topic}`, 'phx_close', {}],
      ]),
    )
  })

  it('heeds what is said in the name of an earlier join', async () => {
    const topic = `realtime:${fresh('room')}`
    const { received, send } = await wire()
    send(join(topic.slice('realtime:'.length), { broadcast: { ack: true, self: true } }))
    send(['old', '2', topic, 'broadcast', { type: 'broadcast', event: 'said', payload: {} }])
    send([null, '3', topic, 'broadcast', { type: 'broadcast', event: 'said', payload: {} }])
    await soon(() => received).toHaveLength(5)
    expect(received).toContainEqual(['1', '2', topic, 'phx_reply', { status: 'ok', response: {} }])
    expect(received).toContainEqual(['1', '3', topic, 'phx_reply', { status: 'ok', response: {} }])
  })

  it('takes what it does not understand in the wishes for left out', async () => {
    const topic = fresh('room')
    const { received, send } = await wire()
    send(join(topic, { private: 'maybe', broadcast: 7, presence: [], postgres_changes: null }))
    await soon(() => received).toMatchObject([['1', '1', `realtime:${topic}`, 'phx_reply', { status: 'ok' }]])
  })

  it('takes text for true and false', async () => {
    const topic = `realtime:${fresh('room')}`
    const { received, send } = await wire()
    send(join(topic.slice('realtime:'.length), { broadcast: { ack: 'TRUE', self: 'false' } }))
    send(['1', '2', topic, 'broadcast', { type: 'broadcast', event: 'said', payload: {} }])
    await soon(() => received).toHaveLength(2)
    expect(received[1]).toEqual(['1', '2', topic, 'phx_reply', { status: 'ok', response: {} }])
  })
})

describe('channel.subscribe CHANNEL_ERROR', () => {
  const refusal = 'Unauthorized: You do not have permissions to read from this Channel topic:'

  it('says that one may not read a private topic', async () => {
    const ada = await person('Ada')
    onTestFinished(() => leave(ada.client))
    const topic = fresh('room')
    await ada.client.realtime.setAuth(ada.token)
    const channel = ada.client.channel(topic, { config: { private: true } })
    await expect(joined(channel)).rejects.toThrow(`${refusal} ${topic}`)
  })

  it('says so to whoever is not signed in', async () => {
    const topic = await privateTopic({ command: 'select' })
    const channel = listener().channel(topic, { config: { private: true } })
    await expect(joined(channel)).rejects.toThrow(`${refusal} ${topic}`)
  })

  it('says so where one may only write', async () => {
    const ada = await person('Ada')
    onTestFinished(() => leave(ada.client))
    const topic = await privateTopic({ command: 'insert' })
    await ada.client.realtime.setAuth(ada.token)
    const channel = ada.client.channel(topic, { config: { private: true } })
    await expect(joined(channel)).rejects.toThrow(`${refusal} ${topic}`)
  })

  it('names what is wrong with a token', async () => {
    const ada = await person('Ada')
    const refused = async (token: string) => {
      const { received, send } = await wire()
      send(join(fresh('room'), {}, { access_token: token }))
      await soon(() => received).toHaveLength(1)
      return received[0]
    }
    const [header, claims, signature = ''] = ada.token.split('.')
    const forged = [header, claims, signature.split('').reverse().join('')].join('.')
    expect(await refused('rubbish')).toMatchObject({
      4: { status: 'error', response: { reason: 'MalformedJWT: The token provided is not a valid JWT' } },
    })
    expect(await refused('')).toMatchObject({
      4: { status: 'error', response: { reason: 'MalformedJWT: The token provided is not a valid JWT' } },
    })
    expect(await refused(forged)).toMatchObject({
      4: { status: 'error', response: { reason: 'JwtSignatureError: Failed to validate JWT signature' } },
    })
  })

  it('asks for the name of a topic', async () => {
    const { received, send } = await wire()
    send(join(''))
    await soon(() => received).toEqual([
      [
        '1',
        '1',
        'realtime:',
        'phx_reply',
        { status: 'error', response: { reason: 'TopicNameRequired: You must provide a topic name' } },
      ],
    ])
  })

  it('says that it knows no topic outside of realtime:', async () => {
    const { received, send } = await wire()
    send(['1', '1', 'elsewhere', 'phx_join', {}])
    send(['1', '2', `realtime:${fresh('room')}`, 'broadcast', {}])
    await soon(() => received).toMatchObject([
      [null, '1', 'elsewhere', 'phx_reply', { status: 'error', response: { reason: 'unmatched topic' } }],
      [null, '2', {}, 'phx_reply', { status: 'error', response: { reason: 'unmatched topic' } }],
    ])
  })

  it('refuses a replay on a public topic, and one asked for wrongly', async () => {
    const ada = await person('Ada')
    const topic = await privateTopic({ command: 'select' })
    const reasonOf = async (config: object) => {
      const { received, send } = await wire()
      send(join(topic, config, { access_token: ada.token }))
      await soon(() => received).toHaveLength(1)
      return received[0]
    }
    const reason = (text: string) => ({ 4: { response: { reason: `UnableToReplayMessages: ${text}` } } })
    const replay = { since: Date.now() }
    expect(await reasonOf({ broadcast: { replay } })).toMatchObject(
      reason('Replay is not allowed for public channels'),
    )
    for (const wrong of [{}, { since: 'x' }, { since: 1, limit: 'x' }]) {
      expect(await reasonOf({ private: true, broadcast: { replay: wrong } })).toMatchObject(
        reason('Replay params are not valid'),
      )
    }
  })

  it('takes a policy that fails for one that refuses', async () => {
    const ada = await person('Ada')
    onTestFinished(() => leave(ada.client))
    const topic = fresh('room')
    const policy = fresh('conformance')
    await sql(`create policy ${policy} on realtime.messages for select to authenticated
      using (case when (select realtime.topic()) = '${topic}' then 1 / length('') = 1 else false end)`)
    onTestFinished(async () => void (await sql(`drop policy ${policy} on realtime.messages`)))
    await ada.client.realtime.setAuth(ada.token)
    const channel = ada.client.channel(topic, { config: { private: true } })
    await expect(joined(channel)).rejects.toThrow(`${refusal} ${topic}`)
  })
})

describe('channel.subscribe TIMED_OUT', () => {
  it('is told where the server has not answered in time', async () => {
    const { client, token } = await person('Ada')
    onTestFinished(() => leave(client))
    const topic = fresh('room')
    const name = fresh('conformance')
    // Whoever asks to read it waits for a second.
    const slow = `(select realtime.topic()) = '${topic}' and (select pg_sleep(1)) is not null`
    await sql(`create policy ${name} on realtime.messages for select to authenticated using (${slow})`)
    onTestFinished(async () => void (await sql(`drop policy ${name} on realtime.messages`)))
    await client.realtime.setAuth(token)
    const told: string[] = []
    const channel = client.channel(topic, { config: { private: true } })
    channel.subscribe((status) => told.push(status), 300)
    await soon(() => told).toContain('TIMED_OUT')
  })
})

describe('channel.subscribe CLOSED', () => {
  it('differs: is told at once when the session of the token ends, where hosted waits for the token to run out', async () => {
    const ada = await person('Ada')
    const topic = await privateTopic({ command: 'select' })
    await ada.client.realtime.setAuth(ada.token)
    const channel = await joined(ada.client.channel(topic, { config: { private: true } }))
    await ada.client.auth.signOut({ scope: 'global' })
    await soon(() => channel.state).toBe('closed')
  })

  it('is told when one leaves', async () => {
    const told: string[] = []
    const channel = listener().channel(fresh('room'))
    channel.subscribe((status) => told.push(status))
    await soon(() => told).toEqual(['SUBSCRIBED'])
    await channel.unsubscribe()
    await soon(() => told).toEqual(['SUBSCRIBED', 'CLOSED'])
  })

  it('is told when a new token may no longer read, and why', async () => {
    const ada = await person('Ada')
    onTestFinished(() => leave(ada.client))
    const topic = fresh('room')
    const revoke = await grant(topic, { command: 'select' })
    await ada.client.realtime.setAuth(ada.token)
    const told: string[] = []
    const said: unknown[] = []
    const channel = ada.client.channel(topic, { config: { private: true } })
    channel.on('system', {}, (message) => said.push(message))
    channel.subscribe((status) => told.push(status))
    await soon(() => told).toEqual(['SUBSCRIBED'])
    await revoke()
    const { data } = await ada.client.auth.refreshSession()
    await ada.client.realtime.setAuth(data.session?.access_token ?? null)
    await soon(() => told).toEqual(['SUBSCRIBED', 'CLOSED'])
    expect(said).toEqual([
      {
        extension: 'system',
        status: 'error',
        message: `You do not have permissions to read from this Channel topic: ${topic}`,
        channel: topic,
      },
    ])
  })
})

describe('channel.unsubscribe', () => {
  it('is answered, and the channel is closed', async () => {
    const channel = await joined(listener().channel(fresh('room')))
    expect(await channel.unsubscribe()).toBe('ok')
    expect(channel.state).toBe('closed')
  })

  it('is answered with a reply and an end that bears the ref of the join', async () => {
    const topic = `realtime:${fresh('room')}`
    const { received, send } = await wire()
    send(join(topic.slice('realtime:'.length)))
    send(['1', '2', topic, 'phx_leave', {}])
    await soon(() => received).toHaveLength(3)
    expect(received.slice(1)).toEqual([
      ['1', '2', topic, 'phx_reply', { status: 'ok', response: {} }],
      ['1', '1', topic, 'phx_close', {}],
    ])
  })

  it('is answered too where the topic was not joined', async () => {
    const { received, send } = await wire()
    send(['1', '2', 'realtime:never', 'phx_leave', {}])
    await soon(() => received).toEqual([
      ['1', '2', 'realtime:never', 'phx_reply', { status: 'ok', response: {} }],
    ])
  })
})

describe('channel.on system', () => {
  it('tells that messages from the database arrive, to whoever asked for it', async () => {
    const topic = fresh('room')
    const said: unknown[] = []
    const channel = listener().channel(topic, { config: { broadcast: { replication_ready: true } } })
    channel.on('system', {}, (message) => said.push(message))
    await joined(channel)
    await soon(() => said).toEqual([
      {
        extension: 'system',
        status: 'ok',
        message: 'Replication connection established',
        channel: topic,
      },
    ])
  })

  it('says nothing of an event that nobody knows, and keeps the channel', async () => {
    const topic = `realtime:${fresh('room')}`
    const { received, send } = await wire()
    send(join(topic.slice('realtime:'.length)))
    send(['1', '2', topic, 'made_up', {}])
    send(['1', '3', topic, 'access_token', { access_token: null }])
    send(['1', '4', topic, 'phx_leave', {}])
    await soon(() => received).toHaveLength(3)
    expect(received.map((message) => Reflect.get(Object(message), 1))).toEqual(['1', '4', '1'])
  })
})
