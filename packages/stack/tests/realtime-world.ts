import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { SignJWT } from 'jose'
import pg from 'pg'
import { expect, inject, onTestFinished, vi } from 'vitest'
import WebSocket from 'ws'
import type { Jwks } from '../src/keys.ts'
import { prepare } from '../src/prepare.ts'
import type { Limits } from '../src/realtime/limits.ts'
import { type Realtime, startRealtime } from '../src/realtime/server.ts'

const jwtSecret = 'a-secret-for-tests-that-is-long-enough-for-hs256'
const keys = { publishable: 'sb_publishable_test', secret: 'sb_secret_test' }

export type Person = { id: string; token: string }
export type World = {
  realtime: Realtime
  url: string
  databaseUrl: string
  /** As `postgres`, who writes migrations. */
  db: pg.Pool
  /** As the superuser. */
  admin: pg.Pool
  lines: string[]
  start(
    limits?: Partial<Limits>,
    port?: number,
    more?: { privateOnly?: boolean; jwks?: Jwks },
  ): Promise<Realtime>
  stop(): Promise<void>
}

/*
 * Who may do what on which private topic is a table, so that a test can give and take it. The policies are written by
 * `postgres`, as a migration would.
 */
const law = `
  create table public.rights (
    topic text, person uuid, extension text, may_read boolean, may_write boolean,
    primary key (topic, person, extension)
  );
  grant select on public.rights to authenticated;
  create policy select_of_right on realtime.messages for select to authenticated using (exists (
    select from public.rights r where r.topic = (select realtime.topic()) and r.person = (select auth.uid())
      and r.extension = messages.extension and r.may_read));
  create policy insert_of_right on realtime.messages for insert to authenticated with check (exists (
    select from public.rights r where r.topic = (select realtime.topic()) and r.person = (select auth.uid())
      and r.extension = messages.extension and r.may_write))`

const at = (adminUrl: string, database: string, user: string) => {
  const url = new URL(adminUrl)
  url.pathname = `/${database}`
  url.username = user
  return url.href
}

/** A database of its own and a server on it. */
export async function createWorld(limits?: Partial<Limits>): Promise<World> {
  const name = `realtime_${crypto.randomUUID().replaceAll('-', '')}`
  const cluster = new pg.Client(inject('adminUrl'))
  await cluster.connect()
  await cluster.query(`create database ${name} owner postgres`)
  const adminUrl = at(inject('adminUrl'), name, 'supabase_admin')
  await prepare(adminUrl)
  const db = new pg.Pool({ connectionString: at(adminUrl, name, 'postgres'), max: 4 })
  const admin = new pg.Pool({ connectionString: adminUrl, max: 2 })
  for (const pool of [db, admin]) pool.on('error', () => {})
  await db.query(law)

  const lines: string[] = []
  const log = (level: string, message: string, fields?: object) =>
    void lines.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`)
  const start: World['start'] = (stricter, port = 0, more = {}) => {
    const options = { port, databaseUrl: adminUrl, jwtSecret, keys, log, ...more }
    return startRealtime({ ...options, limits: { ...limits, ...stricter } })
  }
  const realtime = await start()
  const url = `http://127.0.0.1:${realtime.port}`
  return {
    realtime,
    url,
    databaseUrl: adminUrl,
    db,
    admin,
    lines,
    start,
    async stop() {
      await realtime.stop()
      await Promise.all([db.end(), admin.end()])
      // The other end of the stream needs a moment to notice that nobody reads it any more.
      await vi.waitFor(() => cluster.query(`drop database ${name} with (force)`), { timeout: 20_000 })
      await cluster.end()
    },
  }
}

export async function person(seconds = 3600, claims: Record<string, unknown> = {}): Promise<Person> {
  const id = crypto.randomUUID()
  return { id, token: await tokenOf(id, seconds, claims) }
}

export const tokenOf = (id: string, seconds = 3600, claims: Record<string, unknown> = {}) =>
  new SignJWT({ role: 'authenticated', ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(id)
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(new TextEncoder().encode(jwtSecret))

type Right = { read?: boolean; write?: boolean; extensions?: ('broadcast' | 'presence')[] }

/** Sets what a person may do on a topic: by default, everything. */
export async function allow(world: World, who: Person, topic: string, right: Right = {}): Promise<void> {
  const { read = true, write = true, extensions = ['broadcast', 'presence'] } = right
  for (const extension of extensions) {
    await world.db.query(
      `insert into public.rights values ($1, $2, $3, $4, $5) on conflict (topic, person, extension)
       do update set may_read = excluded.may_read, may_write = excluded.may_write`,
      [topic, who.id, extension, read, write],
    )
  }
}

/** A client of the published library, signed in as `who`, or with the key alone. */
export async function client(url: string, who?: Person, realtime: object = {}): Promise<SupabaseClient> {
  const options = who ? { accessToken: async () => who.token, realtime } : { realtime }
  const supabase = createClient(url, keys.publishable, options)
  onTestFinished(async () => {
    await supabase.removeAllChannels()
    await supabase.realtime.disconnect()
  })
  // A join that is sent before the library knows the token is a stranger's.
  if (who) await supabase.realtime.setAuth()
  return supabase
}

/** A client with the secret key. */
export const service = (url: string) => {
  const supabase = createClient(url, keys.secret)
  onTestFinished(async () => void (await supabase.removeAllChannels()))
  return supabase
}

/** An expectation that comes true before long. */
export const eventually = <T>(look: () => T) => expect.poll(look, { interval: 20 })

type Channel = ReturnType<SupabaseClient['channel']>

/** Joins; resolves when the server has agreed, rejects with the reason when it has not. */
export const join = (channel: Channel) =>
  new Promise<Channel>((joined, refused) => {
    channel.subscribe((status, error) => {
      if (status === 'SUBSCRIBED') joined(channel)
      else if (status !== 'CLOSED') refused(error ?? new Error(status))
    })
  })

/** Resolves with the first broadcast of this name. */
export const heard = <T = Record<string, unknown>>(channel: Channel, event: string) =>
  new Promise<{ type: string; event: string; payload: T; meta?: { id: string; replayed?: boolean } }>(
    (hear) => {
      channel.on<T & Record<string, unknown>>('broadcast', { event }, hear)
    },
  )

/** A bare socket, for what no proper client would send. It keeps what it receives. */
export async function rawSocket(url: string, vsn = '1.0.0', key: string = keys.publishable) {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/realtime/v1/websocket?apikey=${key}&vsn=${vsn}`)
  const received: unknown[] = []
  ws.on('message', (data, binary) => {
    if (Buffer.isBuffer(data)) received.push(binary ? data : JSON.parse(data.toString()))
  })
  const closed = new Promise<number>((gone) => ws.once('close', gone))
  onTestFinished(() => ws.terminate())
  await new Promise((opened, failed) => ws.once('open', opened).once('error', failed))
  return { ws, received, closed, send: (message: unknown) => ws.send(JSON.stringify(message)) }
}
