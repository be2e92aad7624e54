import { describe, expect, it, onTestFinished } from 'vitest'
import { joined, leave, listener, refusedConnection, soon, wire } from './channels.ts'
import { fresh, person, target } from './world.ts'

describe('realtime.connect', () => {
  it('opens a connection with a key, in either version of the protocol', async () => {
    for (const vsn of ['1.0.0', '2.0.0']) {
      const { realtime } = listener({ vsn })
      realtime.connect()
      await soon(() => realtime.connectionState()).toBe('open')
    }
  })

  it('is not answered without a key', async () => {
    expect(await refusedConnection('2.0.0', 'x').then(([status]) => status)).toBe(401)
  })

  it('is not answered in a version that nobody knows', async () => {
    expect(await refusedConnection('3.0.0', target.publishableKey)).toEqual([403, ''])
  })

  it('comes back by itself, with its channels, after the connection broke', async () => {
    const client = listener({ reconnectAfterMs: () => 50 })
    const channel = client.channel(fresh('room'), { config: { broadcast: { self: true, ack: true } } })
    const heard: unknown[] = []
    channel.on('broadcast', { event: 'said' }, ({ payload }) => heard.push(payload))
    await joined(channel)
    await client.realtime.disconnect(4000, 'tried out')
    client.realtime.connect()
    await soon(() => channel.state).toBe('joined')
    await soon(() => client.realtime.isConnected()).toBe(true)
    expect(await channel.send({ type: 'broadcast', event: 'said', payload: { n: 1 } })).toBe('ok')
    await soon(() => heard).toEqual([{ n: 1 }])
  })
})

describe('realtime.disconnect', () => {
  it('closes the connection', async () => {
    const { realtime } = listener()
    realtime.connect()
    await soon(() => realtime.isConnected()).toBe(true)
    expect(await realtime.disconnect()).toBe('ok')
    expect(realtime.isConnected()).toBe(false)
  })
})

describe('realtime.connectionState', () => {
  it('is open while connected and closed before and after', async () => {
    const { realtime } = listener()
    expect(realtime.connectionState()).toBe('closed')
    realtime.connect()
    await soon(() => realtime.connectionState()).toBe('open')
    await realtime.disconnect()
    await soon(() => realtime.connectionState()).toBe('closed')
  })
})

describe('realtime.isConnecting', () => {
  it('is true from the call until the connection is open', async () => {
    const { realtime } = listener()
    realtime.connect()
    expect(realtime.isConnecting()).toBe(true)
    await soon(() => realtime.isConnecting()).toBe(false)
  })
})

describe('realtime.isConnected', () => {
  it('is true once a channel has been joined', async () => {
    const client = listener()
    expect(client.realtime.isConnected()).toBe(false)
    await joined(client.channel(fresh('room')))
    expect(client.realtime.isConnected()).toBe(true)
  })
})

describe('realtime.isDisconnecting', () => {
  it('is true until the server has said goodbye too', async () => {
    const { realtime } = listener()
    realtime.connect()
    await soon(() => realtime.isConnected()).toBe(true)
    const gone = realtime.disconnect()
    expect(realtime.isDisconnecting()).toBe(true)
    await gone
    expect(realtime.isDisconnecting()).toBe(false)
  })
})

describe('realtime.sendHeartbeat', () => {
  it('is answered', async () => {
    const told: string[] = []
    const { realtime } = listener({ heartbeatCallback: (status) => told.push(status) })
    realtime.connect()
    await soon(() => realtime.isConnected()).toBe(true)
    await realtime.sendHeartbeat()
    await soon(() => told).toContain('ok')
  })

  it('is answered in the shape of each version', async () => {
    const older = await wire('1.0.0')
    older.send({ topic: 'phoenix', event: 'heartbeat', payload: {}, ref: '7', join_ref: '1' })
    await soon(() => older.received).toEqual([
      { topic: 'phoenix', event: 'phx_reply', payload: { status: 'ok', response: {} }, ref: '7' },
    ])
    const newer = await wire('2.0.0')
    newer.send(['1', '7', 'phoenix', 'heartbeat', {}])
    await soon(() => newer.received).toEqual([
      [null, '7', 'phoenix', 'phx_reply', { status: 'ok', response: {} }],
    ])
  })
})

describe('realtime.onHeartbeat', () => {
  it('tells of each heartbeat and its answer', async () => {
    const told: string[] = []
    const { realtime } = listener({ heartbeatIntervalMs: 200 })
    realtime.onHeartbeat((status) => told.push(status))
    realtime.connect()
    await soon(() => told).toContain('sent')
    await soon(() => told).toContain('ok')
  })
})

describe('realtime.channel', () => {
  it('names a topic, and gives the same channel for the same topic', () => {
    const { realtime } = listener()
    const name = fresh('room')
    const channel = realtime.channel(name)
    expect(channel.topic).toBe(`realtime:${name}`)
    expect(realtime.channel(name)).toBe(channel)
  })
})

describe('realtime.getChannels', () => {
  it('lists the channels that have not been left', async () => {
    const { realtime } = listener()
    const [one, two] = [realtime.channel(fresh('room')), realtime.channel(fresh('room'))]
    await Promise.all([joined(one), joined(two)])
    expect(realtime.getChannels()).toEqual([one, two])
    await realtime.removeChannel(one)
    expect(realtime.getChannels()).toEqual([two])
  })
})

describe('realtime.removeChannel', () => {
  it('leaves the topic', async () => {
    const { realtime } = listener()
    const channel = realtime.channel(fresh('room'))
    await joined(channel)
    expect(await realtime.removeChannel(channel)).toBe('ok')
    expect(channel.state).toBe('closed')
  })
})

describe('realtime.removeAllChannels', () => {
  it('leaves all topics and closes the connection', async () => {
    const { realtime } = listener()
    await Promise.all([joined(realtime.channel(fresh('room'))), joined(realtime.channel(fresh('room')))])
    expect(await realtime.removeAllChannels()).toEqual(['ok', 'ok'])
    expect(realtime.getChannels()).toEqual([])
    await soon(() => realtime.isConnected()).toBe(false)
  })
})

describe('realtime.setAuth', () => {
  it('gives open channels the new token at once', async () => {
    const ada = await person('Ada')
    onTestFinished(() => leave(ada.client))
    const channel = ada.client.channel(fresh('room'))
    const said: unknown[] = []
    channel.on('system', {}, (message) => said.push(message))
    await joined(channel)
    await ada.client.realtime.setAuth(`${ada.token}x`)
    await soon(() => said).toMatchObject([
      { extension: 'system', status: 'error', channel: channel.subTopic },
    ])
    await soon(() => channel.state).toBe('closed')
  })

  it('changes nothing where it is told a key', async () => {
    const client = listener()
    const channel = client.channel(fresh('room'), { config: { broadcast: { ack: true } } })
    await joined(channel)
    await client.realtime.setAuth('sb_publishable_of_somebody_else')
    expect(await channel.send({ type: 'broadcast', event: 'said', payload: {} })).toBe('ok')
  })
})
