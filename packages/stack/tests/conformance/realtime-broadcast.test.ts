import { describe, expect, it, onTestFinished } from 'vitest'
import { grant, joined, leave, listener, post, privateTopic, soon, wire } from './channels.ts'
import { fresh, type Person, person, sql, target } from './world.ts'

type Heard = { type: string; event: string; payload: unknown; meta?: { id: string; replayed?: boolean } }
type Client = ReturnType<typeof listener>

/** Joins a topic and keeps every broadcast that comes. */
async function ear(client: Client, topic: string, config: object = {}) {
  const heard: Heard[] = []
  const channel = client.channel(topic, { config })
  channel.on('broadcast', { event: '*' }, (message) => heard.push(message as Heard))
  await joined(channel)
  return { channel, heard }
}

/** Somebody on a connection of their own, with the rights that are given to `authenticated`. */
async function signedIn(name: string): Promise<Person> {
  const someone = await person(name)
  onTestFinished(() => leave(someone.client))
  await someone.client.realtime.setAuth(someone.token)
  return someone
}

const say = (event: string, payload: object = {}) => ({ type: 'broadcast' as const, event, payload })
const joining = (topic: string, config: object = {}) => [
  '1',
  '1',
  `realtime:${topic}`,
  'phx_join',
  { config },
]

describe('channel.send', () => {
  it('reaches the others on the topic, over either version of the protocol', async () => {
    for (const [mine, theirs] of [
      ['1.0.0', '2.0.0'],
      ['2.0.0', '1.0.0'],
    ] as const) {
      const topic = fresh('room')
      const { heard } = await ear(listener({ vsn: theirs }), topic)
      const { channel } = await ear(listener({ vsn: mine }), topic)
      expect(await channel.send(say('said', { words: 'مرحبا', n: 1.5, deep: [{ a: null }] }))).toBe('ok')
      await soon(() => heard).toEqual([
        { type: 'broadcast', event: 'said', payload: { words: 'مرحبا', n: 1.5, deep: [{ a: null }] } },
      ])
    }
  })

  it('reaches oneself only where one asks for it', async () => {
    const topic = fresh('room')
    const one = await ear(listener(), topic, { broadcast: { self: true } })
    const other = await ear(listener(), topic)
    await other.channel.send(say('first'))
    await soon(() => one.heard).toHaveLength(1)
    await one.channel.send(say('second'))
    await soon(() => one.heard.map(({ event }) => event)).toEqual(['first', 'second'])
    await soon(() => other.heard.map(({ event }) => event)).toEqual(['second'])
  })

  it('is acknowledged where one asks for it', async () => {
    const topic = fresh('room')
    const { channel } = await ear(listener(), topic, { broadcast: { ack: true } })
    expect(await channel.send(say('said'))).toBe('ok')
    const { received, send } = await wire()
    send(joining(topic, { broadcast: { ack: true } }))
    send(['1', '2', `realtime:${topic}`, 'broadcast', say('said')])
    await soon(() => received).toContainEqual([
      '1',
      '2',
      `realtime:${topic}`,
      'phx_reply',
      { status: 'ok', response: {} },
    ])
  })

  it('is refused beyond three megabytes, and the channel goes on', async () => {
    const { channel } = await ear(listener(), fresh('room'), { broadcast: { ack: true } })
    expect(await channel.send(say('long', { words: 'x'.repeat(3_100_000) }))).toBe('error')
    expect(await channel.send(say('short'))).toBe('ok')
  })

  it('carries bytes as they are, to those whose version can', async () => {
    const topic = fresh('room')
    const newer = await ear(listener(), topic)
    const older = await ear(listener({ vsn: '1.0.0' }), topic)
    const { channel } = await ear(listener(), topic)
    await channel.send({ ...say('bytes'), payload: new Uint8Array([0, 255, 7]).buffer })
    await channel.send(say('after'))
    await soon(() => newer.heard).toHaveLength(2)
    expect(new Uint8Array(newer.heard[0]?.payload as ArrayBuffer)).toEqual(new Uint8Array([0, 255, 7]))
    await soon(() => older.heard.map(({ event }) => event)).toEqual(['after'])
  })

  it('stays within its topic, and a private topic is not its public namesake', async () => {
    const topic = await privateTopic({ command: 'select' }, { command: 'insert' })
    const [ada, bob] = [await signedIn('Ada'), await signedIn('Bob')]
    const hidden = await ear(bob.client, topic, { private: true })
    const open = await ear(listener(), topic)
    const elsewhere = await ear(listener(), fresh('room'))
    const { channel } = await ear(ada.client, topic, { private: true, broadcast: { ack: true } })
    expect(await channel.send(say('secret'))).toBe('ok')
    await soon(() => hidden.heard).toHaveLength(1)
    expect([...open.heard, ...elsewhere.heard]).toEqual([])
  })

  it('is dropped without a word on a private topic where one may only read', async () => {
    const topic = await privateTopic({ command: 'select' })
    const [ada, eve] = [await signedIn('Ada'), await signedIn('Eve')]
    const { heard } = await ear(ada.client, topic, { private: true })
    const { channel } = await ear(eve.client, topic, { private: true, broadcast: { ack: true } })
    expect(await channel.send(say('heard by nobody'), { timeout: 700 })).toBe('timed out')
    expect(heard).toEqual([])
    expect(channel.state).toBe('joined')
  })

  it('is judged by the rights of a renewed token', async () => {
    const topic = await privateTopic({ command: 'select' })
    const ada = await signedIn('Ada')
    const { channel } = await ear(ada.client, topic, { private: true, broadcast: { ack: true } })
    expect(await channel.send(say('too early'), { timeout: 500 })).toBe('timed out')
    await grant(topic, { command: 'insert' })
    const { data } = await ada.client.auth.refreshSession()
    await ada.client.realtime.setAuth(data.session?.access_token ?? null)
    expect(await channel.send(say('now'))).toBe('ok')
  })

  it('goes over HTTP as long as the channel is not joined', async () => {
    const topic = fresh('room')
    const { heard } = await ear(listener(), topic)
    expect(
      await listener({ logger: () => {} })
        .channel(topic)
        .send(say('early', { n: 1 })),
    ).toBe('ok')
    await soon(() => heard).toEqual([{ type: 'broadcast', event: 'early', payload: { n: 1 } }])
  })
})

describe('channel.httpSend', () => {
  it('reaches the topic', async () => {
    const topic = fresh('a room: with signs/of all kinds?')
    const { heard } = await ear(listener(), topic)
    const sent = await listener().channel(topic).httpSend('said', { n: 1 })
    expect(sent).toEqual({ success: true })
    await soon(() => heard).toEqual([{ type: 'broadcast', event: 'said', payload: { n: 1 } }])
  })

  it('carries bytes', async () => {
    const topic = fresh('room')
    const { heard } = await ear(listener(), topic)
    await listener()
      .channel(topic)
      .httpSend('bytes', new Uint8Array([1, 2, 3]))
    await soon(() => heard).toHaveLength(1)
    expect(new Uint8Array(heard[0]?.payload as ArrayBuffer)).toEqual(new Uint8Array([1, 2, 3]))
  })

  it('reaches a private topic from whoever may write there, and nobody else', async () => {
    const topic = await privateTopic({ command: 'select' }, { command: 'insert' })
    const ada = await signedIn('Ada')
    const { heard } = await ear(ada.client, topic, { private: true })
    const bob = await signedIn('Bob')
    const config = { private: true }
    await bob.client.channel(topic, { config }).httpSend('said', { n: 1 })
    await soon(() => heard).toHaveLength(1)
    await expect(listener().channel(topic, { config }).httpSend('said', {})).rejects.toThrow('Unauthorized')
    await listener({}, target.secretKey).channel(topic, { config }).httpSend('said', { n: 2 })
    await soon(() => heard.map(({ payload }) => payload)).toEqual([{ n: 1 }, { n: 2 }])
  })

  it('takes what is no object as a value with a name', async () => {
    const topic = fresh('room')
    const { heard } = await ear(listener(), topic)
    expect((await post(`/${topic}/events/list`, '[1,2]')).status).toBe(202)
    expect((await post(`/${topic}/events/nothing`, '')).status).toBe(202)
    await soon(() => heard).toEqual([
      { type: 'broadcast', event: 'list', payload: { _json: [1, 2] } },
      { type: 'broadcast', event: 'nothing', payload: {} },
    ])
  })

  it('is refused with the status that says why', async () => {
    const path = `/${fresh('room')}/events/said`
    const octets = { 'content-type': 'application/octet-stream' }
    expect((await post(path, '{}', { authorization: 'Bearer rubbish' })).status).toBe(401)
    expect((await post(path, '{')).status).toBe(400)
    const plain = await post(path, 'x', { 'content-type': 'text/plain' })
    expect([plain.status, await plain.json()]).toEqual([
      415,
      { error: 'Unsupported Media Type. Use application/json or application/octet-stream' },
    ])
    const long = await post(path, new Uint8Array(3_100_000), octets)
    expect([long.status, await long.json()]).toEqual([
      422,
      { errors: { payload: ['Payload size exceeds tenant limit'] } },
    ])
    const secret = await post(`${path}?private=true`, '{}')
    expect([secret.status, await secret.json()]).toEqual([403, { message: 'Unauthorized' }])
  })
})

describe('channel.on broadcast', () => {
  it('hears the events of its name, and with * every event', async () => {
    const topic = fresh('room')
    const client = listener()
    const [named, all]: [unknown[], string[]] = [[], []]
    const channel = client
      .channel(topic)
      .on('broadcast', { event: 'said' }, ({ payload }) => named.push(payload))
      .on('broadcast', { event: '*' }, ({ event }) => all.push(event))
    await joined(channel)
    const { channel: other } = await ear(listener(), topic)
    for (const event of ['said', 'done']) await other.send(say(event, { event }))
    await soon(() => all).toEqual(['said', 'done'])
    expect(named).toEqual([{ event: 'said' }])
  })

  it('is sent in the shape of each version', async () => {
    const topic = fresh('room')
    const [older, newer] = [await wire('1.0.0'), await wire()]
    const to = `realtime:${topic}`
    older.send({ topic: to, event: 'phx_join', payload: { config: {} }, ref: '1', join_ref: '1' })
    newer.send(joining(topic))
    await soon(() => [older.received.length, newer.received.length]).toEqual([1, 1])
    await post('', JSON.stringify({ messages: [{ topic, event: 'said', payload: { n: 1 } }] }))
    const payload = { type: 'broadcast', event: 'said', payload: { n: 1 } }
    await soon(() => older.received[1]).toEqual({ topic: to, event: 'broadcast', payload, ref: null })
    await soon(() => newer.received[1]).toEqual([null, null, to, 'broadcast', payload])
    await post(`/${topic}/events/said`, '{"n":2}')
    const frame = Buffer.concat([Buffer.from([4, to.length, 4, 0, 1]), Buffer.from(`${to}said{"n":2}`)])
    await soon(() => newer.received[2]).toEqual(frame)
  })

  it('hears several messages of one request, each on its topic', async () => {
    const topics = [fresh('room'), fresh('room')]
    const ears = [await ear(listener(), topics[0] ?? ''), await ear(listener(), topics[1] ?? '')]
    const messages = [
      { topic: topics[0], event: 'one', payload: {} },
      { topic: topics[1], event: 'two', payload: {} },
      { topic: topics[0], event: 'three', payload: {}, private: false },
      { topic: topics[0], event: 'hidden', payload: {}, private: true },
    ]
    const response = await post('', JSON.stringify({ messages }))
    expect([response.status, await response.text()]).toEqual([202, ''])
    await soon(() => ears.map(({ heard }) => heard.map(({ event }) => event))).toEqual([
      ['one', 'three'],
      ['two'],
    ])
  })

  it('is told of a request that says it wrongly, message by message', async () => {
    const answer = async (body: unknown) => {
      const response = await post('', JSON.stringify(body))
      return [response.status, await response.json()]
    }
    const blank = ["can't be blank"]
    expect(await answer({})).toEqual([422, { errors: { messages: blank } }])
    expect(await answer({ messages: [] })).toEqual([422, { errors: { messages: blank } }])
    expect(await answer({ messages: 'x' })).toEqual([422, { errors: { messages: ['is invalid'] } }])
    expect(
      await answer({ messages: [{ topic: 't' }, { payload: {} }, { topic: 't', event: 'e', payload: {} }] }),
    ).toEqual([
      422,
      { errors: { messages: [{ payload: blank, event: blank }, { topic: blank, event: blank }, {}] } },
    ])
    expect(await answer({ messages: [{ topic: 7, event: 'e', payload: [] }] })).toEqual([
      422,
      { errors: { messages: [{ topic: ['is invalid'], payload: ['is invalid'] }] } },
    ])
  })

  it('hears what the database sends, once it is committed', async () => {
    const topic = fresh('room')
    const [heard, said]: [Heard[], unknown[]] = [[], []]
    const channel = listener()
      .channel(topic, { config: { broadcast: { replication_ready: true } } })
      .on('broadcast', { event: '*' }, (message) => heard.push(message as Heard))
      .on('system', {}, (message) => said.push(message))
    await joined(channel)
    await soon(() => said).toHaveLength(1)
    await sql(`begin; select realtime.send('{"n":0}', 'undone', '${topic}', false); rollback;
      begin; select realtime.send('{"n":1}', 'done', '${topic}', false); commit`)
    await soon(() => heard).toMatchObject([
      { type: 'broadcast', event: 'done', meta: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) } },
    ])
    expect(heard[0]?.payload).toMatchObject({ n: 1 })
  })

  it('hears bytes from the database', async () => {
    const topic = fresh('room')
    const { heard } = await ear(listener(), topic)
    await sql(`select realtime.send_binary('\\x00ff'::bytea, 'bytes', '${topic}', false)`)
    await soon(() => heard).toHaveLength(1)
    expect(new Uint8Array(heard[0]?.payload as ArrayBuffer)).toEqual(new Uint8Array([0, 255]))
  })

  it('hears the changes that a trigger broadcasts', async () => {
    const [topic, table] = [await privateTopic({ command: 'select' }), fresh('things')]
    const ada = await signedIn('Ada')
    onTestFinished(async () => void (await sql(`drop table ${table}; drop function ${table}_tell()`)))
    await sql(`create table ${table} (id int primary key, name text);
      create function ${table}_tell() returns trigger security definer language plpgsql as $$ begin
        perform realtime.broadcast_changes('${topic}', tg_op, tg_op, tg_table_name, tg_table_schema, new, old);
        return null; end $$;
      create trigger tell after insert or update or delete on ${table}
        for each row execute function ${table}_tell()`)
    const { heard } = await ear(ada.client, topic, { private: true })
    await sql(`insert into ${table} values (1, 'a'); update ${table} set name = 'b'; delete from ${table}`)
    await soon(() => heard).toMatchObject([
      {
        event: 'INSERT',
        payload: {
          operation: 'INSERT',
          table,
          schema: 'public',
          record: { id: 1, name: 'a' },
          old_record: null,
        },
      },
      { event: 'UPDATE', payload: { operation: 'UPDATE', record: { name: 'b' }, old_record: { name: 'a' } } },
      { event: 'DELETE', payload: { operation: 'DELETE', record: null, old_record: { id: 1, name: 'b' } } },
    ])
  })

  it('is told again what was said on a private topic, oldest first, and nothing twice', async () => {
    const topic = await privateTopic({ command: 'select' })
    const ada = await signedIn('Ada')
    const since = Date.now() - 5_000
    for (const n of [1, 2, 3]) {
      await sql(`select realtime.send(jsonb_build_object('n', ${n}), 'said', '${topic}', true)`)
    }
    const { heard } = await ear(ada.client, topic, {
      private: true,
      broadcast: { replay: { since, limit: 2 } },
    })
    await soon(() => heard).toMatchObject([
      { event: 'said', payload: { n: 2 }, meta: { replayed: true } },
      { event: 'said', payload: { n: 3 }, meta: { replayed: true } },
    ])
    await sql(`select realtime.send('{"n":4}', 'said', '${topic}', true)`)
    await soon(() => heard).toHaveLength(3)
    expect(heard[2]?.meta?.replayed).toBeUndefined()
    expect(heard[2]?.payload).toMatchObject({ n: 4 })
  })
})
