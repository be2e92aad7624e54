import type { RealtimeChannel, RealtimeClientOptions, SupabaseClient } from '@supabase/supabase-js'
import { expect, onTestFinished } from 'vitest'
import WebSocket from 'ws'
import { clientOf, fresh, sql, target } from './world.ts'

/** Nobody signed in, with a connection of its own that ends with the test. */
export function listener(realtime: RealtimeClientOptions = {}, key = target.publishableKey): SupabaseClient {
  const client = clientOf(key, { realtime })
  onTestFinished(() => leave(client))
  return client
}

export async function leave(client: SupabaseClient): Promise<void> {
  await client.removeAllChannels()
  await client.realtime.disconnect()
}

/** Joins; resolves when the server has agreed, rejects with its reason when it has not. */
export const joined = (channel: RealtimeChannel): Promise<RealtimeChannel> =>
  new Promise((agreed, refused) => {
    channel.subscribe((status, error) => {
      if (status === 'SUBSCRIBED') agreed(channel)
      else if (status !== 'CLOSED') refused(error ?? new Error(status))
    })
  })

/** An expectation that comes true before long. */
export const soon = <T>(look: () => T) => expect.poll(look, { interval: 20 })

type Rights = {
  command: 'select' | 'insert'
  extensions?: ('broadcast' | 'presence')[]
  role?: 'anon' | 'authenticated'
}

/** A private topic with these rights on it, given as a migration would and taken away at the end. Returns its name. */
export async function privateTopic(...rights: Rights[]): Promise<string> {
  const topic = fresh('room')
  for (const right of rights) await grant(topic, right)
  return topic
}

/** A right on a topic; resolves with the way to take it back. */
export async function grant(topic: string, right: Rights): Promise<() => Promise<void>> {
  const { command, extensions = ['broadcast', 'presence'], role = 'authenticated' } = right
  const name = fresh('conformance')
  const kinds = extensions.map((extension) => `'${extension}'`).join(', ')
  const rule = `((select realtime.topic()) = '${topic}' and extension in (${kinds}))`
  const check = command === 'select' ? 'using' : 'with check'
  await sql(`create policy ${name} on realtime.messages for ${command} to ${role} ${check} ${rule}`)
  const revoke = async () => void (await sql(`drop policy if exists ${name} on realtime.messages`))
  onTestFinished(revoke)
  return revoke
}

export type Wire = {
  ws: WebSocket
  /** What has come, parsed where it is text. */
  received: unknown[]
  closed: Promise<number>
  send: (message: unknown) => void
}

const address = (vsn: string, key: string) =>
  `${target.api.replace('http', 'ws')}/realtime/v1/websocket?apikey=${key}&vsn=${vsn}`

/** A bare socket, for what no client says by itself. Rejects where it is not opened. */
export async function wire(vsn = '2.0.0', key = target.publishableKey): Promise<Wire> {
  const ws = new WebSocket(address(vsn, key))
  const received: unknown[] = []
  ws.on('message', (data, isBinary) => {
    if (Buffer.isBuffer(data)) received.push(isBinary ? data : JSON.parse(data.toString()))
  })
  const closed = new Promise<number>((gone) => ws.once('close', gone))
  onTestFinished(() => ws.terminate())
  await new Promise((opened, failed) => ws.once('open', opened).once('error', failed))
  return { ws, received, closed, send: (message) => ws.send(JSON.stringify(message)) }
}

/** How a connection is refused: status and body. */
export function refusedConnection(vsn: string, key: string): Promise<[number | undefined, string]> {
  return new Promise((done, failed) => {
    const ws = new WebSocket(address(vsn, key))
    ws.once('open', () => failed(new Error('it was opened')))
    ws.once('error', () => {})
    ws.once('unexpected-response', (_request, response) => {
      let body = ''
      response.on('data', (text) => {
        body += text
      })
      response.on('end', () => done([response.statusCode, body]))
    })
  })
}

/** Posts to the REST side of Realtime. */
export const post = (
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
) =>
  fetch(`${target.api}/realtime/v1/api/broadcast${path}`, {
    method: 'POST',
    headers: { apikey: target.publishableKey, 'content-type': 'application/json', ...headers },
    body,
  })
