import type {
  RealtimeChannel,
  RealtimeChannelOptions,
  RealtimePostgresChangesFilter,
  RealtimePostgresChangesPayload,
  SupabaseClient,
} from '@supabase/supabase-js'
import { expect, onTestFinished } from 'vitest'
import { fresh, sql } from './world.ts'

type Row = Record<string, unknown>
export type Event = RealtimePostgresChangesPayload<Row>
export type Asked = RealtimePostgresChangesFilter<'*' | 'INSERT' | 'UPDATE' | 'DELETE'> & {
  select?: string[]
}

type TableOptions = {
  columns?: string
  /** A condition of `using`; with it row-level security is on. */
  policy?: string
  grants?: string
  published?: boolean
}

/** A table of the test's own, which goes with it. */
export async function table(options: TableOptions = {}): Promise<string> {
  const { columns = 'id int primary key, title text, owner uuid', policy, published = true } = options
  const { grants = 'select on %s to anon, authenticated, service_role' } = options
  const name = fresh('notes')
  await sql(`
    create table public.${name} (${columns});
    ${grants === '' ? '' : `grant ${grants.replace('%s', `public.${name}`)};`}
    ${policy === undefined ? '' : `alter table public.${name} enable row level security;`}
    ${policy === undefined ? '' : `create policy seen on public.${name} for select using (${policy});`}
    ${published ? `alter publication supabase_realtime add table public.${name};` : ''}`)
  onTestFinished(() => sql(`drop table if exists public.${name} cascade`).then(() => {}))
  return name
}

export type System = { status: string; message: string; extension: string; channel: string }

/** A channel that follows changes, and what it has heard. */
export type Follower = { channel: RealtimeChannel; events: Event[]; systems: System[]; topic: string }

/** Joins, and waits until the server says how the subscription went. */
export async function follow(
  client: SupabaseClient,
  asked: Asked | Asked[],
  options?: RealtimeChannelOptions,
): Promise<Follower> {
  const follower = listen(client, asked, options)
  follower.channel.subscribe()
  await expect.poll(() => follower.systems.length, { interval: 10 }).toBeGreaterThan(0)
  return follower
}

/** The same, joined by the caller. */
export function listen(
  client: SupabaseClient,
  asked: Asked | Asked[],
  options?: RealtimeChannelOptions,
): Follower {
  const topic = fresh('changes')
  const channel = client.channel(topic, options)
  const events: Event[] = []
  const systems: System[] = []
  for (const one of [asked].flat()) {
    channel.on<Row>('postgres_changes', one, (event: Event) => void events.push(event))
  }
  channel.on('system', {}, (message: System) => {
    if (message.extension === 'postgres_changes') systems.push(message)
  })
  onTestFinished(async () => {
    await client.removeChannel(channel)
    await client.realtime.disconnect()
  })
  return { channel, events, systems, topic }
}

/** Waits until as many changes have come, and gives them. */
export async function heard(follower: Follower, count: number): Promise<Event[]> {
  await expect.poll(() => follower.events.length, { interval: 5 }).toBeGreaterThanOrEqual(count)
  return follower.events
}

/** What the changes said of one column, `DELETE` of the old row. */
export const told = (events: Event[], column = 'id') =>
  events.map((event) => (event.eventType === 'DELETE' ? event.old : event.new)[column])
