import { z } from 'zod'

/** Messages that came over HTTP. `id`, where the sender gives one, is told as `meta.id`. */
export type Message = {
  topic: string
  event: string
  payload: Record<string, unknown>
  private: boolean
  id: string | null
}
type Faults = { messages: string[] | Record<string, string[] | undefined>[] }

const isMissing = (input: unknown) => input === undefined || input === null || input === ''
const said = ({ input }: { input?: unknown }) => (isMissing(input) ? "can't be blank" : 'is invalid')
const Text = z.string({ error: said }).refine((text) => text.trim() !== '', "can't be blank")
const Flag = z.union([z.boolean(), z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] })], {
  error: 'is invalid',
})

const tooLarge = 'Payload size exceeds tenant limit'

/** Reads the body of `POST /api/broadcast`, or says what is wrong with it in the words of the hosted server. */
export function readBatch(body: unknown, payloadBytes: number): Message[] | Faults {
  const given = asList(typeof body === 'object' && body !== null ? Reflect.get(body, 'messages') : undefined)
  if (given === undefined || given?.length === 0) return { messages: ["can't be blank"] }
  if (!given?.every((message) => z.looseObject({}).safeParse(message).success)) {
    return { messages: ['is invalid'] }
  }
  const parse = messageOf(payloadBytes)
  const parsed = given.map((message) => parse.safeParse(message))
  const messages = parsed.flatMap(({ data }) => data ?? [])
  if (messages.length === given.length) return messages
  return { messages: parsed.map(({ error }) => (error ? z.flattenError(error).fieldErrors : {})) }
}

/** An object of messages by their place is a list too; null is none. */
function asList(messages: unknown): unknown[] | null | undefined {
  if (messages === undefined || Array.isArray(messages)) return messages
  return typeof messages === 'object' && messages !== null ? Object.values(messages) : null
}

const messageOf = (payloadBytes: number) =>
  z.object({
    topic: Text,
    event: Text,
    payload: z
      .record(z.string(), z.unknown(), { error: said })
      .refine((payload) => Buffer.byteLength(JSON.stringify(payload)) <= payloadBytes, tooLarge),
    private: Flag.nullish().transform((flag) => flag ?? false),
    id: z
      .string({ error: 'is invalid' })
      .nullish()
      .transform((id) => id || null),
  })
