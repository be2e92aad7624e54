import { fileURLToPath } from 'node:url'
import { FunctionsRelayError, REALTIME_SUBSCRIBE_STATES } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withClient } from '../src/sql.ts'
import { isTaken } from '../src/supervisor/port-owner.ts'
import { mailTo } from '../testing/mailbox.ts'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { childrenOf, clientOf, duringTraffic, kill, makeTable, partOf, visitors } from './faults-world.ts'
import { stranger } from './people.ts'

const entrypoint = (name: string) => fileURLToPath(new URL(`functions/${name}.ts`, import.meta.url))
const open = { verify_jwt: false }

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack({
    apiProcesses: 2,
    worker: true,
    // What is acknowledged must be on the disk: the quick way of other tests gives that up.
    durable: true,
    settings: {
      functions: {
        headers: { ...open, entrypoint: entrypoint('headers') },
        silent: { ...open, entrypoint: entrypoint('silent') },
      },
    },
  })
  await makeTable(stack)
})
afterAll(() => stack?.stop())

/** Somebody in a public channel, who hears what the database sends and what changes in it. */
async function listener() {
  const client = clientOf(stack)
  const heard: string[] = []
  const states: string[] = []
  client
    .channel('faults', { config: { private: false } })
    .on('broadcast', { event: 'said' }, ({ payload }) => heard.push(payload.words))
    .on('postgres_changes', { event: 'INSERT', schema: 'public', table: 'kept' }, () => heard.push('a row'))
    .subscribe((state) => states.push(state))
  await expect.poll(() => states.at(-1)).toBe(REALTIME_SUBSCRIBE_STATES.SUBSCRIBED)
  return { heard, states, leave: () => client.removeAllChannels() }
}

const sayFromDatabase = (words: string) =>
  withClient(stack.urls.database, (client) =>
    client.query(`select realtime.send(jsonb_build_object('words', $1::text), 'said', 'faults', false)`, [
      words,
    ]),
  )

/** Says it until it is heard: what is sent while a listener is away is not kept for it. */
const isHeard = ({ heard }: { heard: string[] }, words: string) =>
  expect
    .poll(
      async () => {
        await sayFromDatabase(words)
        return heard
      },
      { interval: 200 },
    )
    .toContain(words)

describe('killed during traffic', () => {
  test('Postgres comes back with all that was acknowledged, and so do all who use it', async () => {
    const ada = await listener()
    const gateway = (await partOf(stack, 'gateway'))?.pid
    const answering = await childrenOf(gateway, 'gateway/main.ts')
    const others = visitors(stack)
    const { refused } = await duringTraffic(stack, () => kill(stack, 'postgres'))
    expect(await others.stop()).toBe(0)
    expect(await childrenOf(gateway, 'gateway/main.ts')).toEqual(answering)
    // Whoever asked meanwhile was told, and that it was not their fault.
    for (const answer of refused) expect(answer).toMatch(/^503 /)
    await isHeard(ada, 'after Postgres')
    await expect.poll(() => ada.heard).toContain('a row')
    await ada.leave()

    const people = stranger('ada')
    expect((await clientOf(stack).auth.signUp(people)).error).toBeNull()
    expect((await mailTo(stack.urls.mail, people.email)).HTML).toContain('token_hash')
    expect((await clientOf(stack, stack.keys.secret).storage.listBuckets()).error).toBeNull()
    await expect.poll(async () => (await fetch(`${stack.urls.worker}/health`)).status).toBe(200)
    expect((await partOf(stack, 'worker'))?.restarts).toBe(0)
  })

  test('one of the gateway’s processes is missed by nobody but whom it was answering', async () => {
    const before = await partOf(stack, 'gateway')
    const [one = 0, ...others] = await childrenOf(before?.pid, 'gateway/main.ts')
    expect(others).toHaveLength(1)
    const { refused } = await duringTraffic(stack, async () => {
      process.kill(one, 'SIGKILL')
      await expect.poll(async () => (await childrenOf(before?.pid, 'gateway/main.ts')).length).toBe(2)
    })
    for (const answer of refused) expect(answer).toMatch(/^0 /)
    expect(await partOf(stack, 'gateway')).toEqual(before)
  })

  test('the whole gateway comes back', async () => {
    const { refused } = await duringTraffic(stack, () => kill(stack, 'gateway'))
    for (const answer of refused) expect(answer).toMatch(/^0 /)
  })

  test('Realtime comes back, and who was in a channel is again, by itself', async () => {
    const bob = await listener()
    await isHeard(bob, 'before')
    await duringTraffic(stack, () => kill(stack, 'realtime'))
    await isHeard(bob, 'after Realtime')
    expect(bob.states).toContain(REALTIME_SUBSCRIBE_STATES.CHANNEL_ERROR)
    await bob.leave()
  })

  test('a function’s process ends its calls alone', async () => {
    const { functions } = clientOf(stack)
    expect((await functions.invoke('headers')).error).toBeNull()
    const lost = functions.invoke('silent')
    const part = await partOf(stack, 'functions')
    const running = () => childrenOf(part?.pid, 'functions/silent.ts')
    await expect.poll(running).toHaveLength(1)
    const [pid = 0] = await running()
    process.kill(pid, 'SIGKILL')
    const { response } = await lost
    expect(response?.status).toBe(500)
    expect(await response?.json()).toMatchObject({ code: 'WORKER_ERROR' })
    expect((await functions.invoke('headers')).error).toBeNull()
    expect(await partOf(stack, 'functions')).toEqual(part)
  })

  test('all functions come back, and leave no process behind', async () => {
    const { functions } = clientOf(stack)
    const part = await partOf(stack, 'functions')
    await functions.invoke('headers')
    const left = await childrenOf(part?.pid, 'boot.js')
    expect(left.length).toBeGreaterThan(0)
    const lost = functions.invoke('silent')
    const back = kill(stack, 'functions')
    const { error } = await lost
    expect(error).toBeInstanceOf(FunctionsRelayError)
    await back
    await expect.poll(async () => (await functions.invoke('headers')).error).toBeNull()
    const alive = async (pid: number) => (await childrenOf(1, 'boot.js')).includes(pid)
    await expect.poll(async () => (await Promise.all(left.map(alive))).includes(true)).toBe(false)
  })

  test('the mail part costs a signup, told so, and the next one goes through', async () => {
    const { auth } = clientOf(stack)
    const part = await partOf(stack, 'mail')
    process.kill(part?.pid ?? 0, 'SIGKILL')
    const refused = stranger('eve')
    const { error } = await auth.signUp(refused)
    expect(error?.status).toBe(500)
    await expect.poll(() => partOf(stack, 'mail')).toMatchObject({ state: 'ready' })
    // Nothing was left of the first attempt that would stand in the way of the second.
    expect((await auth.signUp(refused)).error).toBeNull()
    expect((await mailTo(stack.urls.mail, refused.email)).HTML).toContain('token_hash')
  })
})

test('a stack that is stopped while Postgres is coming back leaves nothing of it', async () => {
  const short = await startTestStack({ durable: true })
  process.kill((await partOf(short, 'postgres'))?.pid ?? 0, 'SIGKILL')
  await expect.poll(async () => (await partOf(short, 'postgres'))?.state, { interval: 20 }).toBe('starting')
  await short.stop()
  expect(await isTaken(short.config.ports.database)).toBe(false)
})
