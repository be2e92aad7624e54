import type { Ground } from '../testing/ground.ts'
import type { Person } from './companies.ts'

/* Requests as somebody makes them who does not use the SDK. */

export type Request = { method?: string; path: string; headers?: Record<string, string>; body?: unknown }
export type Caller = Record<string, string>

/** What a page sends of who it is: the key alone, or with a session. */
export const callers = ({ keys }: Ground, eve: Person) => {
  const visitor = { apikey: keys.publishable }
  return { visitor, eve: { ...visitor, authorization: `Bearer ${eve.token}` } }
}

/** Sends JSON, or a text as it stands. */
export async function send({ urls }: Ground, caller: Caller, request: Request) {
  const { method = 'POST', path, headers, body } = request
  const answer = await fetch(urls.api + path, {
    method,
    redirect: 'manual',
    headers: { 'content-type': 'application/json', ...caller, ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  return { status: answer.status, text: await answer.text() }
}

/** The caller was told that it is the caller's fault. */
export const isRefused = (status: number) => status >= 400 && status < 500

/** Answered at all, and not as if we had failed. */
export const isAnswered = (status: number) => status >= 200 && status < 500

export const listed = (text: string): string[] => text.trim().split(/\s+/)
