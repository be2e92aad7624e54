import type { Incoming, Json, UserBroadcast } from './protocol.ts'

/*
 * The binary frames of version 2.0.0. A frame opens with its kind, the byte length of each header field and the
 * encoding of the payload; then follow the fields and, to the end of the frame, the payload.
 */
const userBroadcastPush = 3
const userBroadcast = 4
const encodings = ['binary', 'json'] as const

export class BadFrame extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'BadFrame'
  }
}

/** A client's broadcast: kind, join_ref, ref, topic, event, metadata, encoding. */
export function decodeUserPush(frame: Buffer): Incoming {
  if (frame[0] !== userBroadcastPush) throw new BadFrame(`unknown kind of binary frame: ${frame[0]}`)
  if (frame.length < 7) throw new BadFrame('a binary frame ends too early')
  const encoding = frame[6] === 0 ? 'binary' : 'json'
  let at = 7
  const field = (length: number | undefined) => {
    const end = at + (length ?? 0)
    if (end > frame.length) throw new BadFrame('a binary frame ends too early')
    const value = frame.toString('utf8', at, end)
    at = end
    return value
  }
  const [joinRef = '', ref = '', topic = '', event = ''] = [...frame.subarray(1, 5)].map(field)
  field(frame[5])
  const payload = frame.subarray(at)
  if (encoding === 'json') mustBeJson(payload)
  return {
    joinRef: joinRef || null,
    ref: ref || null,
    topic,
    event: 'broadcast',
    payload: {},
    broadcast: { event, encoding, payload },
    bytes: payload.length,
  }
}

/** It will be pasted unparsed into other people's messages. */
function mustBeJson(payload: Buffer): void {
  try {
    JSON.parse(payload.toString('utf8'))
  } catch {
    throw new BadFrame('the payload of a broadcast is not JSON')
  }
}

/** A broadcast for a client: kind, topic, event, metadata, encoding. Null where a field does not fit its byte. */
export function encodeUserBroadcast(topic: string, message: UserBroadcast): Buffer | null {
  const fields = [topic, message.event, metaText(message.meta)].map((field) => Buffer.from(field))
  if (fields.some((field) => field.length > 255)) return null
  const lengths = fields.map((field) => field.length)
  const head = Buffer.from([userBroadcast, ...lengths, encodings.indexOf(message.encoding)])
  return Buffer.concat([head, ...fields, message.payload])
}

const metaText = (meta: Json | undefined) => (meta ? JSON.stringify(meta) : '')
