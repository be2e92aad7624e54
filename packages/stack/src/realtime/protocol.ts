import { isDeep } from '../depth.ts'
import { BadFrame, decodeUserPush, encodeUserBroadcast } from './frames.ts'

/** Versions of the Phoenix channel protocol: 1.0.0 sends JSON objects, 2.0.0 JSON arrays and binary frames. */
export type Version = '1.0.0' | '2.0.0'

/** Of whatever a client names as its version; undefined where it is neither of the two. */
export function versionOf(text: string): Version | undefined {
  if (/^1\.0\.\d+$/.test(text)) return '1.0.0'
  if (/^2\.0\.\d+$/.test(text)) return '2.0.0'
  return undefined
}

export type Ref = string | number | null
export type Json = Record<string, unknown>

/** One WebSocket message, ready to be sent to any number of sockets. */
export type Frame = { data: Buffer; binary: boolean }

/** A broadcast whose payload is kept as the bytes it came in: never parsed here, so never altered. */
export type UserBroadcast = { event: string; encoding: 'json' | 'binary'; payload: Buffer; meta?: Json }

type Address = { topic: string; ref: Ref; joinRef: Ref }
/** `bytes`: the size of what a client said, as it counts against the limit. */
export type Incoming = Address & { event: string; payload: Json; broadcast?: UserBroadcast; bytes: number }

/** Reads what a client sent; throws BadFrame for whatever is not of the protocol. */
export function decode(version: Version, data: Buffer, binary: boolean): Incoming {
  if (binary) {
    if (version === '1.0.0') throw new BadFrame('version 1.0.0 has no binary frames')
    return decodeUserPush(data)
  }
  if (isDeep(data)) throw new BadFrame('nested too deeply')
  let parsed: unknown
  try {
    parsed = JSON.parse(data.toString('utf8'))
  } catch {
    throw new BadFrame('not JSON')
  }
  const [joinRef, ref, topic, event, payload] = version === '1.0.0' ? fields(parsed) : elements(parsed)
  if (typeof topic !== 'string' || typeof event !== 'string')
    throw new BadFrame('topic and event must be text')
  const said = isJson(payload) ? payload : {}
  return { joinRef: asRef(joinRef), ref: asRef(ref), topic, event, payload: said, bytes: data.length }
}

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function fields(parsed: unknown): unknown[] {
  if (!isJson(parsed)) throw new BadFrame('expected a JSON object')
  for (const name of ['topic', 'event', 'payload', 'ref']) {
    if (!Object.hasOwn(parsed, name)) throw new BadFrame(`missing key "${name}"`)
  }
  return [parsed.join_ref, parsed.ref, parsed.topic, parsed.event, parsed.payload]
}

function elements(parsed: unknown): unknown[] {
  if (!Array.isArray(parsed) || parsed.length < 5) throw new BadFrame('expected a JSON array of five')
  return parsed
}

function asRef(value: unknown): Ref {
  if (value === undefined || value === null) return null
  if (typeof value === 'string' || typeof value === 'number') return value
  throw new BadFrame('a ref must be text')
}

const text = (json: string): Frame => ({ data: Buffer.from(json), binary: false })

/** A message of the server's own. Without a `joinRef` it is for every member of the topic. */
export function encodeMessage(version: Version, to: Address, event: string, payload: unknown): Frame {
  const { topic, ref, joinRef } = to
  return text(
    version === '1.0.0'
      ? JSON.stringify({ topic, event, payload, ref })
      : JSON.stringify([joinRef, ref, topic, event, payload]),
  )
}

export function encodeReply(version: Version, to: Address, status: 'ok' | 'error', response: unknown): Frame {
  return encodeMessage(version, to, 'phx_reply', { status, response })
}

/** Null where this version cannot carry it: 1.0.0 has no way to write bytes. */
export function encodeBroadcast(version: Version, topic: string, message: UserBroadcast): Frame | null {
  if (version === '2.0.0') {
    const data = encodeUserBroadcast(topic, message)
    if (data) return { data, binary: true }
  }
  if (message.encoding === 'binary') return null
  const meta = message.meta ? `,"meta":${JSON.stringify(message.meta)}` : ''
  const payload = `{"event":${JSON.stringify(message.event)},"payload":${message.payload.toString()},"type":"broadcast"${meta}}`
  const to = JSON.stringify(topic)
  return text(
    version === '1.0.0'
      ? `{"topic":${to},"event":"broadcast","payload":${payload},"ref":null}`
      : `[null,null,${to},"broadcast",${payload}]`,
  )
}
