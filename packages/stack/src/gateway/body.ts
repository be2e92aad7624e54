import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { isDeep } from '../depth.ts'
import { tooLarge } from './refusals.ts'

/** What comes after `readWhole` finds the body read; it is empty where none came. */
export type WithBody = { Variables: { body: Buffer<ArrayBuffer> } }

/** Refuses a body of more than so many bytes. One that does not say how long it is has to be read for that. */
export function measure(most: number): MiddlewareHandler {
  const readAndMeasure = bodyLimit({ maxSize: most, onError: () => tooLarge(most) })
  return async (c, next) => {
    const { headers } = c.req.raw
    if (headers.has('transfer-encoding')) return readAndMeasure(c, next)
    return Number(headers.get('content-length') ?? 0) > most ? tooLarge(most) : next()
  }
}

/** What reads a body further on does so by recursion, and would fall at a few thousand brackets. */
const deepest = 500

/**
 * Reads a body whole before anybody is asked, unless it is nested deeper than anybody means it to be: past the web's
 * streams, which take longer than all else that is done with it here.
 */
export const readWhole =
  (refuse: (request: Request) => Response): MiddlewareHandler<WithBody> =>
  async (c, next) => {
    const { raw } = c.req
    const hasBody = raw.headers.has('transfer-encoding') || raw.headers.has('content-length')
    const body = hasBody ? Buffer.from(await raw.arrayBuffer()) : Buffer.alloc(0)
    if (isDeep(body, deepest)) return refuse(raw)
    c.set('body', body)
    return next()
  }

/** The same request, whose body can be read once more. */
export const withBody = ({ url, method, headers }: Request, body: Buffer<ArrayBuffer>): Request =>
  new Request(url, { method, headers, body: body.length > 0 ? body : null })
