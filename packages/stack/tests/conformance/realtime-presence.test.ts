import { describe, expect, it, onTestFinished } from 'vitest'
import { joined, leave, listener, privateTopic, soon, wire } from './channels.ts'
import { fresh, person } from './world.ts'

type Client = ReturnType<typeof listener>

/** Joins with a key of one's own and notes who comes and goes. */
async function guest(client: Client, topic: string, key: string, more: object = {}) {
  const told: string[] = []
  const channel = client.channel(topic, { config: { presence: { key }, ...more } })
  channel
    .on('presence', { event: 'sync' }, () => told.push('sync'))
    .on('presence', { event: 'join' }, ({ key: who }) => told.push(`join ${who}`))
    .on('presence', { event: 'leave' }, ({ key: who }) => told.push(`leave ${who}`))
  await joined(channel)
  return { channel, told, here: () => Object.keys(channel.presenceState()).sort() }
}

describe('channel.track', () => {
  it('shows one to everybody on the topic', async () => {
    const topic = fresh('room')
    const ada = await guest(listener(), topic, 'ada')
    const bob = await guest(listener({ vsn: '1.0.0' }), topic, 'bob')
    expect(await ada.channel.track({ mood: 'calm' })).toBe('ok')
    await soon(() => bob.channel.presenceState()).toEqual({
      ada: [{ mood: 'calm', presence_ref: expect.any(String) }],
    })
    await soon(ada.here).toEqual(['ada'])
  })

  it('replaces what one said before', async () => {
    const topic = fresh('room')
    const ada = await guest(listener(), topic, 'ada')
    const bob = await guest(listener(), topic, 'bob')
    await ada.channel.track({ n: 1 })
    await soon(bob.here).toEqual(['ada'])
    await ada.channel.track({ n: 2 })
    await soon(() => bob.channel.presenceState()).toMatchObject({ ada: [{ n: 2 }] })
    expect(bob.channel.presenceState().ada).toHaveLength(1)
  })

  it('takes an object and nothing else, and says so', async () => {
    const topic = `realtime:${fresh('room')}`
    const { received, send } = await wire()
    send(['1', '1', topic, 'phx_join', { config: {} }])
    send(['1', '2', topic, 'presence', { event: 'track', payload: [1] }])
    send(['1', '3', topic, 'presence', { event: 'dance' }])
    send(['1', '4', topic, 'presence', {}])
    await soon(() => received.slice(1)).toEqual([
      [
        '1',
        '2',
        topic,
        'phx_reply',
        { status: 'error', response: { reason: 'Presence track payload must be a map' } },
      ],
      ['1', '3', topic, 'phx_reply', { status: 'error', response: {} }],
      ['1', '4', topic, 'phx_reply', { status: 'ok', response: {} }],
    ])
  })

  it('needs rights of its own on a private topic', async () => {
    const topic = await privateTopic({ command: 'select' }, { command: 'insert', extensions: ['broadcast'] })
    const ada = await person('Ada')
    onTestFinished(() => leave(ada.client))
    await ada.client.realtime.setAuth(ada.token)
    const { channel } = await guest(ada.client, topic, 'ada', { private: true })
    expect(await channel.track({})).toBe('error')
  })

  it('ends the channel at the sixth change within thirty seconds', async () => {
    const { channel } = await guest(listener(), fresh('room'), 'ada')
    const said: unknown[] = []
    channel.on('system', {}, (message) => said.push(message))
    for (let n = 0; n < 5; n++) expect(await channel.track({ n })).toBe('ok')
    void channel.track({ n: 5 })
    await soon(() => said).toEqual([
      {
        extension: 'system',
        status: 'error',
        message: 'Client presence rate limit exceeded',
        channel: channel.subTopic,
      },
    ])
    await soon(() => channel.state).toBe('closed')
  })

  it('ends the channel where one says too much', async () => {
    const { channel } = await guest(listener(), fresh('room'), 'ada')
    const said: unknown[] = []
    channel.on('system', {}, (message) => said.push(message))
    void channel.track({ words: 'x'.repeat(3_100_000) })
    await soon(() => said).toMatchObject([{ status: 'error', message: 'Track message size exceeded' }])
    await soon(() => channel.state).toBe('closed')
  })
})

describe('channel.untrack', () => {
  it('hides one again', async () => {
    const topic = fresh('room')
    const ada = await guest(listener(), topic, 'ada')
    const bob = await guest(listener(), topic, 'bob')
    await ada.channel.track({})
    await soon(bob.here).toEqual(['ada'])
    expect(await ada.channel.untrack()).toBe('ok')
    await soon(bob.here).toEqual([])
  })
})

describe('channel.presenceState', () => {
  it('holds two entries for two windows of one person, and one when one is closed', async () => {
    const topic = fresh('room')
    const bob = await guest(listener(), topic, 'bob')
    const windows = [await guest(listener(), topic, 'ada'), await guest(listener(), topic, 'ada')]
    for (const [i, { channel }] of windows.entries()) await channel.track({ window: i })
    await soon(() => bob.channel.presenceState().ada).toHaveLength(2)
    await windows[0]?.channel.unsubscribe()
    await soon(() => bob.channel.presenceState()).toMatchObject({ ada: [{ window: 1 }] })
  })

  it('is empty where nobody is present', async () => {
    const { channel, told } = await guest(listener(), fresh('room'), 'ada')
    await soon(() => told).toEqual(['sync'])
    expect(channel.presenceState()).toEqual({})
  })

  it('stays empty for whoever may not see presences', async () => {
    const topic = await privateTopic({ command: 'select', extensions: ['broadcast'] }, { command: 'insert' })
    const ada = await person('Ada')
    onTestFinished(() => leave(ada.client))
    await ada.client.realtime.setAuth(ada.token)
    const { channel } = await guest(ada.client, topic, 'ada', { private: true })
    expect(await channel.track({ n: 1 })).toBe('ok')
    expect(await channel.send({ type: 'presence', event: 'untrack' })).toBe('ok')
    expect(channel.presenceState()).toEqual({})
  })
})

describe('channel.on presence sync', () => {
  it('gives a newcomer whoever is there', async () => {
    const topic = fresh('room')
    const ada = await guest(listener(), topic, 'ada')
    await ada.channel.track({ mood: 'calm' })
    await soon(ada.here).toEqual(['ada'])
    const bob = await guest(listener(), topic, 'bob')
    await soon(() => bob.told).toContain('sync')
    expect(bob.channel.presenceState()).toMatchObject({ ada: [{ mood: 'calm' }] })
  })

  it('comes as a state and then as differences, with a reference to each entry', async () => {
    const topic = `realtime:${fresh('room')}`
    const { received, send } = await wire()
    const ref = expect.stringMatching(/^[\w+/=-]{8,}$/)
    send(['1', '1', topic, 'phx_join', { config: { presence: { key: 'ada', enabled: true } } }])
    send(['1', '2', topic, 'presence', { type: 'presence', event: 'track', payload: { n: 1 } }])
    await soon(() => received).toHaveLength(4)
    expect(received[1]).toEqual(['1', null, topic, 'presence_state', {}])
    expect(received.slice(2)).toContainEqual([
      null,
      null,
      topic,
      'presence_diff',
      { joins: { ada: { metas: [{ n: 1, phx_ref: ref }] } }, leaves: {} },
    ])
    send(['1', '3', topic, 'presence', { type: 'presence', event: 'TRACK', payload: { n: 2 } }])
    await soon(() => received).toHaveLength(6)
    expect(received.slice(4)).toContainEqual([
      null,
      null,
      topic,
      'presence_diff',
      {
        joins: { ada: { metas: [{ n: 2, phx_ref: ref, phx_ref_prev: ref }] } },
        leaves: { ada: { metas: [{ n: 1, phx_ref: ref }] } },
      },
    ])
  })
})

describe('channel.on presence join', () => {
  it('tells who has come', async () => {
    const topic = fresh('room')
    const bob = await guest(listener(), topic, 'bob')
    const ada = await guest(listener(), topic, 'ada')
    await ada.channel.track({})
    await soon(() => bob.told).toContain('join ada')
  })

  it('gives whoever names no key one of their own', async () => {
    const topic = fresh('room')
    const bob = await guest(listener(), topic, 'bob')
    const ada = await guest(listener(), topic, '')
    await ada.channel.track({})
    await soon(bob.here).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)])
  })
})

describe('channel.on presence leave', () => {
  it('tells who has gone, also when their connection broke', async () => {
    const topic = fresh('room')
    const bob = await guest(listener(), topic, 'bob')
    const { ws, send } = await wire()
    send(['1', '1', `realtime:${topic}`, 'phx_join', { config: { presence: { key: 'ada' } } }])
    send(['1', '2', `realtime:${topic}`, 'presence', { event: 'track', payload: {} }])
    await soon(() => bob.told).toContain('join ada')
    ws.terminate()
    await soon(() => bob.told).toContain('leave ada')
    expect(bob.here()).toEqual([])
  })
})
