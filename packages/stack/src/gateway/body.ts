import type { MiddlewareHandler } from 'hono'
import { isDeep } from '../depth.ts'

/** What reads a body further on does so by recursion, and would fall at a few thousand brackets. */
const deepest = 500

/** Reads a body whole before anybody is asked, and hands it on, unless it is nested deeper than anybody means it to be. */
export const readWhole =
  (refuse: (request: Request) => Response): MiddlewareHandler =>
  async (c, next) => {
    const { raw } = c.req
    if (!raw.body) return next()
    const body = Buffer.from(await raw.arrayBuffer())
    if (isDeep(body, deepest)) return refuse(raw)
    c.req.raw = new Request(raw.url, { method: raw.method, headers: raw.headers, body })
    return next()
  }
