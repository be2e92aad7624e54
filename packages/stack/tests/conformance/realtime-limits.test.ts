import { describe, expect, it } from 'vitest'
import { joined, listener, post, soon, wire } from './channels.ts'
import { fresh } from './world.ts'

describe('channel.subscribe CHANNEL_ERROR', () => {
  it('says that a connection has all the channels it may have', async () => {
    const client = listener()
    await Promise.all(Array.from({ length: 100 }, () => joined(client.channel(fresh('room')))))
    await expect(joined(client.channel(fresh('room')))).rejects.toThrow(
      'ChannelRateLimitReached: Too many channels',
    )
    const [one] = client.getChannels()
    await one?.unsubscribe()
    await joined(client.channel(fresh('room')))
  })
})

describe('channel.send', () => {
  it('closes a connection that says more than five megabytes at once', async () => {
    const { ws, closed } = await wire()
    ws.send('x'.repeat(5_100_000))
    expect(await closed).toBe(1009)
  })

  it('leaves what is not of the protocol without an answer, and the connection open', async () => {
    const topic = `realtime:${fresh('room')}`
    const { ws, received, send } = await wire()
    for (const rubbish of ['{', '', 'null', '{}', '[1,2]', Buffer.from([9, 9]), Buffer.alloc(0)]) {
      ws.send(rubbish)
    }
    send(['1', '1', topic, 'phx_join', { config: {} }])
    await soon(() => received).toMatchObject([['1', '1', topic, 'phx_reply', { status: 'ok' }]])
  })

  it('says over HTTP how much of the messages per second is left', async () => {
    const messages = [{ topic: fresh('room'), event: 'said', payload: {} }]
    const { headers } = await post('', JSON.stringify({ messages }))
    const limit = Number(headers.get('x-rate-limit'))
    expect(limit).toBeGreaterThan(0)
    expect(Number(headers.get('x-rate-limit-remaining'))).toBe(limit - Number(headers.get('x-rate-rolling')))
  })

  it('refuses over HTTP more messages at once than a second may have', async () => {
    const message = { topic: fresh('room'), event: 'said', payload: {} }
    const { headers } = await post('', JSON.stringify({ messages: [message] }))
    const messages = Array.from({ length: Number(headers.get('x-rate-limit')) + 1 }, () => message)
    const response = await post('', JSON.stringify({ messages }))
    expect([response.status, await response.json()]).toEqual([
      429,
      { message: 'Too many messages to broadcast, please reduce the batch size' },
    ])
  })
})
