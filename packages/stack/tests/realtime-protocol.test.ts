import { RealtimeClient } from '@supabase/supabase-js'
import { expect, test } from 'vitest'
import { BadFrame } from '../src/realtime/frames.ts'
import { decode, encodeBroadcast, encodeMessage, encodeReply, type Frame } from '../src/realtime/protocol.ts'

// The library's own serializer: what it writes must be read here, and the reverse.
const { serializer } = new RealtimeClient('ws://127.0.0.1', { params: { apikey: 'none' } })
type Message = Parameters<typeof serializer.encode>[0]
const written = (message: Message): Buffer =>
  serializer.encode(message, (frame) => Buffer.from(frame as string))
const read = ({ data, binary }: Frame): unknown =>
  serializer.decode(binary ? bytes(data) : String(data), (message: unknown) => message)
const bytes = (data: Buffer) => new Uint8Array(data).buffer

const push = { join_ref: '1', ref: '7', topic: 'realtime:غرفة', event: 'broadcast' }

test('a join in version 1.0.0 is an object, in 2.0.0 an array', () => {
  const join = { topic: 'realtime:a', event: 'phx_join', payload: { config: {} }, ref: '1', join_ref: '1' }
  const expected = { topic: 'realtime:a', event: 'phx_join', payload: { config: {} }, ref: '1', joinRef: '1' }
  expect(decode('1.0.0', Buffer.from(JSON.stringify(join)), false)).toMatchObject(expected)
  expect(decode('2.0.0', written(join), false)).toMatchObject(expected)
})

test('a broadcast the library writes as bytes is read as it was meant', () => {
  const frame = written({ ...push, payload: { event: 'typing', payload: { by: 'آدا', n: 1 } } })
  const message = decode('2.0.0', frame, true)
  expect(message).toMatchObject({ joinRef: '1', ref: '7', topic: 'realtime:غرفة', event: 'broadcast' })
  expect(message.broadcast?.event).toBe('typing')
  expect(JSON.parse(String(message.broadcast?.payload))).toEqual({ by: 'آدا', n: 1 })
})

test('bytes in a broadcast stay bytes', () => {
  const payload = new Uint8Array([0, 255, 1, 254]).buffer
  const { broadcast } = decode('2.0.0', written({ ...push, payload: { event: 'raw', payload } }), true)
  expect(broadcast).toMatchObject({ encoding: 'binary', payload: Buffer.from(payload) })
  expect(read(encodeBroadcast('2.0.0', 'realtime:a', broadcast!)!)).toMatchObject({
    topic: 'realtime:a',
    payload: { type: 'broadcast', event: 'raw', payload },
  })
  expect(encodeBroadcast('1.0.0', 'realtime:a', broadcast!)).toBeNull()
})

test('a broadcast goes out to each version as its library expects it', () => {
  const message = { event: 'said', encoding: 'json', payload: Buffer.from('{"n":9007199254740993}') } as const
  const meta = { id: 'b5d1' }
  const expected = { type: 'broadcast', event: 'said', meta }
  expect(read(encodeBroadcast('2.0.0', 'realtime:a', { ...message, meta })!)).toMatchObject({
    payload: expected,
  })
  const text = String(encodeBroadcast('1.0.0', 'realtime:a', { ...message, meta })!.data)
  expect(JSON.parse(text)).toMatchObject({
    topic: 'realtime:a',
    event: 'broadcast',
    ref: null,
    payload: expected,
  })
  // Passed on without being parsed, so that no number is rounded on the way.
  expect(text).toContain('9007199254740993')
})

test('a broadcast whose names are too long for the binary frame goes out as text', () => {
  const message = { event: 'e'.repeat(256), encoding: 'json', payload: Buffer.from('{}') } as const
  const frame = encodeBroadcast('2.0.0', 'realtime:a', message)!
  expect(frame.binary).toBe(false)
  expect(read(frame)).toMatchObject({ event: 'broadcast', payload: { event: message.event, payload: {} } })
})

test('replies and pushes have the shapes of the hosted server', () => {
  const to = { topic: 'realtime:a', ref: '2', joinRef: '1' }
  const reply = (version: '1.0.0' | '2.0.0') => JSON.parse(String(encodeReply(version, to, 'ok', {}).data))
  expect(reply('1.0.0')).toEqual({
    topic: 'realtime:a',
    event: 'phx_reply',
    payload: { status: 'ok', response: {} },
    ref: '2',
  })
  expect(reply('2.0.0')).toEqual(['1', '2', 'realtime:a', 'phx_reply', { status: 'ok', response: {} }])
  const pushed = encodeMessage('2.0.0', { ...to, ref: null }, 'presence_state', {})
  expect(JSON.parse(String(pushed.data))).toEqual(['1', null, 'realtime:a', 'presence_state', {}])
})

test.for([
  ['no JSON', '1.0.0', Buffer.from('{'), false],
  ['an array in version 1.0.0', '1.0.0', Buffer.from('[1,2,3,4,5]'), false],
  ['an object in version 2.0.0', '2.0.0', Buffer.from('{}'), false],
  [
    'what is nested too deeply',
    '2.0.0',
    Buffer.from(`[null,null,"a","b",${'['.repeat(5000)}${']'.repeat(5000)}]`),
    false,
  ],
  ['a short array', '2.0.0', Buffer.from('[null,null,"a"]'), false],
  ['a topic that is no text', '2.0.0', Buffer.from('[null,null,{},"phx_join",{}]'), false],
  ['a ref that is no text', '2.0.0', Buffer.from('[{},null,"a","phx_join",{}]'), false],
  ['bytes in version 1.0.0', '1.0.0', Buffer.from([3, 0, 0, 0, 0, 0, 1]), true],
  ['an empty binary frame', '2.0.0', Buffer.alloc(0), true],
  ['an unknown kind', '2.0.0', Buffer.from([9, 0, 0, 0, 0, 0, 1]), true],
  ['lengths beyond the end', '2.0.0', Buffer.from([3, 255, 255, 255, 255, 255, 1, 65]), true],
  ['an unknown encoding', '2.0.0', Buffer.from([3, 0, 0, 0, 0, 0, 7]), true],
  ['a payload that claims to be JSON', '2.0.0', Buffer.from([3, 0, 0, 0, 0, 0, 1, 123]), true],
] as const)('%s is refused', ([, version, data, binary]) => {
  expect(() => decode(version, data, binary)).toThrow(BadFrame)
})

test('brackets within text are no nesting', () => {
  const payload = { text: '[{"'.repeat(500), list: [[[1]]] }
  const message = { topic: 'realtime:a', event: 'broadcast', payload, ref: null }
  expect(decode('1.0.0', Buffer.from(JSON.stringify(message)), false).payload).toEqual(payload)
})
