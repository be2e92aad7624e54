import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { expect, vi } from 'vitest'
import { run } from '../src/run.ts'
import { withClient } from '../src/sql.ts'
import { liveStatus } from '../src/supervisor/status.ts'
import type { TestStack } from '../testing/stack.ts'

/** How long anybody waits for an answer while something is broken. Longer is a hang. */
const patienceMs = 10_000

export const partOf = async (stack: TestStack, name: string) =>
  (await liveStatus(stack.config.dir))?.parts[name]

/** Kills a part without warning and resolves when the supervisor has it back. */
export async function kill(stack: TestStack, name: string): Promise<void> {
  const before = await partOf(stack, name)
  process.kill(before?.pid ?? 0, 'SIGKILL')
  await expect
    .poll(() => partOf(stack, name), { timeout: 20_000 })
    .toMatchObject({ state: 'ready', restarts: (before?.restarts ?? 0) + 1 })
}

/** The processes that a process started and whose command line says so. */
export async function childrenOf(pid: number | undefined, saying: string): Promise<number[]> {
  const lines = (await run('ps', ['-eo', 'pid=,ppid=,args='])).split('\n')
  return lines
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [])
    .filter(([, , parent, args = '']) => Number(parent) === pid && args.includes(saying))
    .map(([, child]) => Number(child))
}

/** A client that gives up on an answer that does not come. */
export const clientOf = ({ urls, keys }: TestStack, key = keys.publishable): SupabaseClient =>
  createClient(urls.api, key, {
    auth: { persistSession: false, autoRefreshToken: false },
    global: {
      fetch: (input, init) => fetch(input, { ...init, signal: AbortSignal.timeout(patienceMs) }),
    },
  })

/** A table that everybody may write to. */
export async function makeTable(stack: TestStack): Promise<void> {
  await withClient(stack.urls.database, (client) =>
    client.query(`
      create table public.kept (n int primary key);
      grant select, insert on public.kept to anon;
      alter publication supabase_realtime add table public.kept;
      notify pgrst, 'reload schema';
    `),
  )
  const client = clientOf(stack)
  await vi.waitFor(async () => expect((await client.from('kept').select()).error).toBeNull(), 20_000)
}

export type Traffic = {
  /** Numbers whose writing was acknowledged. */
  kept: number[]
  /** Everything else that was answered: status and code. 0 is a connection that was lost. */
  refused: Set<string>
  /** Answers that did not come in time. */
  hung: number
  stop(): Promise<void>
}

let last = 0

/** People who write one row after the other through supabase-js, whatever happens, until they are told to stop. */
export function writers(stack: TestStack, count = 4): Traffic {
  const traffic = { kept: [] as number[], refused: new Set<string>(), hung: 0 }
  let stopped = false
  const write = async () => {
    const client = clientOf(stack)
    while (!stopped) {
      last += 1
      const n = last
      const { status, error } = await client.from('kept').insert({ n })
      if (!error) traffic.kept.push(n)
      else if (/timeout/i.test(error.message)) traffic.hung += 1
      else traffic.refused.add(`${status} ${error.code}`)
      // Whoever is refused takes a breath; otherwise four of them keep the machine from mending.
      if (error) await new Promise((breath) => setTimeout(breath, 50))
    }
  }
  const writing = Array.from({ length: count }, write)
  return Object.assign(traffic, {
    async stop() {
      stopped = true
      await Promise.all(writing)
    },
  })
}

/** Runs a fault in the middle of traffic, which must flow again afterwards and have lost nothing. */
export async function duringTraffic(stack: TestStack, fault: () => Promise<void>): Promise<Traffic> {
  const traffic = writers(stack)
  const more = async (than: number) =>
    expect.poll(() => traffic.kept.length, { timeout: 20_000 }).toBeGreaterThan(than)
  await more(20)
  await fault()
  await more(traffic.kept.length + 20)
  await traffic.stop()
  const there = await withClient(stack.urls.database, (client) =>
    client.query<{ n: number }>('select n from public.kept'),
  )
  const found = new Set(there.rows.map(({ n }) => n))
  expect(traffic.kept.filter((n) => !found.has(n))).toEqual([])
  expect(traffic.hung).toBe(0)
  return traffic
}

/** People who sign in and look into their buckets over and over; returns how many of their answers did not come in time. */
export function visitors(stack: TestStack): { stop(): Promise<number> } {
  let stopped = false
  let hung = 0
  const client = clientOf(stack)
  const office = clientOf(stack, stack.keys.secret)
  const credentials = { email: 'nobody@nowhere.example', password: 'a long enough password' }
  const asking = [
    () => client.auth.signInWithPassword(credentials),
    () => office.auth.admin.listUsers(),
    () => office.storage.listBuckets(),
  ].map(async (ask) => {
    while (!stopped) {
      const { error } = await ask()
      if (error && /timeout|aborted/i.test(error.message) && !/database/i.test(error.message)) hung += 1
      await new Promise((breath) => setTimeout(breath, 20))
    }
  })
  return {
    async stop() {
      stopped = true
      await Promise.all(asking)
      return hung
    },
  }
}
