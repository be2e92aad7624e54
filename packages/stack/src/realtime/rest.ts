import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import { isDeep } from '../depth.ts'
import { plainBroadcast, userBroadcast } from './deliveries.ts'
import { Fault } from './fault.ts'
import { topicKey } from './hub.ts'
import { isJson } from './protocol.ts'
import type { Services } from './services.ts'
import type { Identity } from './token.ts'

type Env = { Variables: { identity: Identity } }

/** Broadcasting over HTTP: several messages at once, or one that may be of bytes. */
export function broadcastApi(services: Services): Hono<Env> {
  const app = new Hono<Env>()
  const onError = (c: Context) => c.json({ message: 'Payload Too Large' }, 413)
  app.use(bodyLimit({ maxSize: 8_000_000, onError }))
  app.use(async (c, next) => {
    const bearer = /^bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    try {
      c.set('identity', await services.identify(bearer ?? c.req.header('apikey') ?? ''))
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      return c.json({ message: 'Unauthorized' }, 401)
    }
    return next()
  })
  app.post('/', (c) => sendSeveral(services, c))
  app.post('/:topic/events/:event', (c) => sendOne(services, c, c.req.param()))
  return app
}

const said = (input: unknown) => (input === undefined || input === null ? "can't be blank" : 'is invalid')
const Text = z
  .string({ error: ({ input }) => said(input) })
  .refine((text) => text.trim() !== '', "can't be blank")
const Message = z.object({
  topic: Text,
  event: Text,
  payload: z.record(z.string(), z.unknown(), { error: ({ input }) => said(input) }),
  private: z.boolean({ error: 'is invalid' }).default(false),
})

const tooLarge = 'Payload size exceeds tenant limit'

async function sendSeveral(services: Services, c: Context<Env>): Promise<Response> {
  const body = readJson(Buffer.from(await c.req.arrayBuffer()))
  if (body === undefined) return c.json({ message: 'Bad Request' }, 400)
  const messages = isJson(body) ? body.messages : undefined
  if (!Array.isArray(messages)) return c.json({ errors: { messages: [said(messages)] } }, 422)
  const fits = ({ payload }: z.infer<typeof Message>) =>
    JSON.stringify(payload).length <= services.limits.payloadBytes
  const parse = Message.refine(fits, { path: ['payload'], error: tooLarge })
  const parsed = messages.map((message) => parse.safeParse(message))
  if (parsed.some(({ success }) => !success)) {
    const errors = parsed.map(({ error }) => (error ? z.flattenError(error).fieldErrors : {}))
    return c.json({ errors: { messages: errors } }, 422)
  }
  const allowed = new Map<string, boolean>()
  for (const { topic, event, payload, private: isPrivate } of parsed.flatMap(({ data }) => data ?? [])) {
    // A private topic one may not write to is passed over without a word, as on hosted.
    if (isPrivate && !allowed.has(topic)) allowed.set(topic, await mayWriteOrNot(services, c, topic))
    if (isPrivate && !allowed.get(topic)) continue
    const key = topicKey(topic, isPrivate)
    services.hub.publish(key, plainBroadcast(key, { payload, event, type: 'broadcast' }))
  }
  return c.body(null, 202)
}

type Place = { topic: string; event: string }

async function sendOne(services: Services, c: Context<Env>, { topic, event }: Place): Promise<Response> {
  const type = (c.req.header('content-type') ?? 'application/json').split(';', 1)[0]?.trim().toLowerCase()
  if (type !== 'application/json' && type !== 'application/octet-stream') {
    return c.json({ error: 'Unsupported Media Type. Use application/json or application/octet-stream' }, 415)
  }
  const encoding = type === 'application/json' ? 'json' : 'binary'
  const payload = Buffer.from(await c.req.arrayBuffer())
  if (encoding === 'json' && readJson(payload) === undefined) return c.json({ message: 'Bad Request' }, 400)
  if (payload.length > services.limits.payloadBytes) return c.json({ errors: { payload: [tooLarge] } }, 422)
  const isPrivate = c.req.query('private') === 'true'
  try {
    if (isPrivate && !(await mayWrite(services, c, topic))) return c.json({ message: 'Unauthorized' }, 403)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return c.json({ message: error.code === 'RlsPolicyError' ? 'RLS policy error' : error.message }, 422)
  }
  const key = topicKey(topic, isPrivate)
  services.hub.publish(key, userBroadcast(key, { event, encoding, payload }))
  return c.body(null, 202)
}

async function mayWrite({ authorization }: Services, c: Context<Env>, topic: string): Promise<boolean> {
  const asker = { identity: c.get('identity'), topic, headers: c.req.header() }
  return (await authorization.mayWrite(asker, ['broadcast'])).broadcast === true
}

const mayWriteOrNot = (services: Services, c: Context<Env>, topic: string) =>
  mayWrite(services, c, topic).catch((error: unknown) => {
    services.log('error', 'a broadcast was not passed on', { topic, error: String(error) })
    return false
  })

function readJson(text: Buffer): unknown {
  if (isDeep(text)) return undefined
  try {
    return JSON.parse(text.toString())
  } catch {
    return undefined
  }
}
