import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { isDeep } from '../depth.ts'
import { readBatch } from './batch.ts'
import { plainBroadcast, userBroadcast } from './deliveries.ts'
import { Fault } from './fault.ts'
import { topicKey } from './hub.ts'
import type { Means } from './means.ts'
import { isJson } from './protocol.ts'
import type { Identity } from './token.ts'

type Env = { Variables: { identity: Identity } }

/** Broadcasting over HTTP: several messages at once, or one that may be of bytes. */
export function broadcastApi(means: Means): Hono<Env> {
  const app = new Hono<Env>()
  const onError = (c: Context) => c.json('Request Entity Too Large', 413)
  app.use(async (c, next) => {
    const bearer = /^bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    try {
      c.set('identity', await means.identify(bearer ?? c.req.header('apikey') ?? ''))
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      return c.json({ message: 'Unauthorized' }, 401)
    }
    return next()
  })
  app.use(bodyLimit({ maxSize: 8_000_000, onError }))
  app.post('/', (c) => sendSeveral(means, c))
  app.post('/:topic/events/:event', (c) => sendOne(means, c, c.req.param()))
  return app
}

async function sendSeveral(means: Means, c: Context<Env>): Promise<Response> {
  const body = readJson(typeOf(c) === 'application/json' ? Buffer.from(await c.req.arrayBuffer()) : nothing)
  if (body === undefined) return c.json('Bad Request', 400)
  const messages = readBatch(body, means.limits.payloadBytes)
  if (!Array.isArray(messages)) return c.json({ errors: messages }, 422)
  const { events } = means.traffic
  if (messages.length + events.average > means.limits.eventsPerSecond) {
    return c.json({ message: 'Too many messages to broadcast, please reduce the batch size' }, 429)
  }
  const allowed = new Map<string, boolean>()
  for (const { topic, event, payload, private: isPrivate, id } of messages) {
    // A private topic one may not write to is passed over without a word, as on hosted.
    if (isPrivate && !allowed.has(topic)) allowed.set(topic, await mayWriteOrNot(means, c, topic))
    if (isPrivate && !allowed.get(topic)) continue
    events.add()
    const key = topicKey(topic, isPrivate)
    const news = { payload, event, type: 'broadcast', ...(id && { meta: { id } }) }
    means.hub.publish(key, plainBroadcast(key, news))
  }
  return c.body(null, 202)
}

type Place = { topic: string; event: string }

async function sendOne(means: Means, c: Context<Env>, { topic, event }: Place): Promise<Response> {
  const type = typeOf(c)
  if (type !== undefined && type !== 'application/json' && type !== 'application/octet-stream') {
    return c.json({ error: 'Unsupported Media Type. Use application/json or application/octet-stream' }, 415)
  }
  const encoding = type === 'application/octet-stream' ? 'binary' : 'json'
  const body = type ? Buffer.from(await c.req.arrayBuffer()) : nothing
  const payload = encoding === 'binary' ? body : readPayload(body)
  if (!payload) return c.json('Bad Request', 400)
  if (payload.length > means.limits.payloadBytes) {
    return c.json({ errors: { payload: ['Payload size exceeds tenant limit'] } }, 422)
  }
  const isPrivate = c.req.query('private') === 'true'
  try {
    if (isPrivate && !(await mayWrite(means, c, topic))) return c.json({ message: 'Unauthorized' }, 403)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return c.json({ message: unasked[error.code] ?? error.message }, 422)
  }
  means.traffic.events.add()
  const key = topicKey(topic, isPrivate)
  means.hub.publish(key, userBroadcast(key, { event, encoding, payload }))
  return c.body(null, 202)
}

/** Why the policies could not be asked, in the words of this route. */
const unasked: Record<string, string> = {
  RlsPolicyError: 'RLS policy error',
  QueryCanceled: 'Query canceled',
  UnableToConnectToProject: 'Tenant database unavailable',
}

async function mayWrite({ authorization }: Means, c: Context<Env>, topic: string): Promise<boolean> {
  const asker = { identity: c.get('identity'), topic, headers: c.req.header() }
  return (await authorization.mayWrite(asker, ['broadcast'])).broadcast === true
}

const mayWriteOrNot = (means: Means, c: Context<Env>, topic: string) =>
  mayWrite(means, c, topic).catch((error: unknown) => {
    means.log('error', 'a broadcast was not passed on', { topic, error: String(error) })
    return false
  })

const typeOf = (c: Context) => c.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase()

/** A body that says nothing is read as an empty object. */
const nothing = Buffer.from('{}')

/** As it came, if it is an object; hosted wraps what is none. Undefined where it is not JSON. */
function readPayload(body: Buffer): Buffer | undefined {
  const json = readJson(body)
  if (json === undefined) return undefined
  if (body.length === 0) return nothing
  return isJson(json) ? body : Buffer.from(JSON.stringify({ _json: json }))
}

function readJson(text: Buffer): unknown {
  if (text.length === 0) return {}
  if (isDeep(text)) return undefined
  try {
    return JSON.parse(text.toString())
  } catch {
    return undefined
  }
}
