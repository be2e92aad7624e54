import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { handler, type Scratch, scratchFunctions } from './functions-world.ts'

const limits = { cpuSoftMs: 300, cpuHardMs: 600, memoryBytes: 64 * 2 ** 20 }

/** Works for so many milliseconds of the processor's time, or does what the path says. */
const worker = `import process from 'node:process'
const used = () => process.cpuUsage().user + process.cpuUsage().system
${handler(`
  const [, , what, amount] = new URL(request.url).pathname.split('/')
  if (what === 'loop') for (;;);
  if (what === 'silent') return new Promise(() => {})
  if (what === 'heap') { const kept = []; for (;;) kept.push({ some: Math.random() }) }
  if (what === 'buffers') { const kept = []; for (;;) { kept.push(new Uint8Array(2 ** 20).fill(1)); await 0; await new Promise((next) => setTimeout(next)) } }
  if (what === 'work') { const began = used(); while (used() - began < amount * 1000); }
  if (what === 'pause') await new Promise((over) => setTimeout(over, Number(amount)))
  if (what === 'halting') return new Response(new ReadableStream({ start(to) { to.enqueue(new TextEncoder().encode('begun')) } }))
  if (what === 'dripping') return new Response(new ReadableStream({ async start(to) {
    for (let i = 0; i < 5; i++) { to.enqueue(new TextEncoder().encode('.')); await new Promise((next) => setTimeout(next, 500)) }
    to.close() } }))
  if (request.headers.get('upgrade') === 'websocket') return Deno.upgradeWebSocket(request).response
  return new Response(Deno.env.get('SB_EXECUTION_ID'))`)}`

let scratch: Scratch
beforeAll(async () => {
  const names = ['busy', 'calm', 'greedy', 'quiet', 'spins']
  scratch = await scratchFunctions({
    files: {
      ...Object.fromEntries(names.map((name) => [`${name}/index.ts`, worker])),
      'spins/index.ts': 'for (;;);',
    },
    functions: Object.fromEntries(names.map((name) => [name, { verify_jwt: false }])),
    limits,
  })
})
afterAll(() => scratch?.stop())

const idOf = async (name: string) => (await scratch.call(name)).text()
const outOfResources = {
  code: 'WORKER_RESOURCE_LIMIT',
  message: 'Function failed due to not having enough compute resources (please check logs)',
}
async function expectEnded(path: string): Promise<void> {
  const answer = await scratch.call(path)
  expect([answer.status, answer.headers.get('sb-error-code')]).toEqual([546, outOfResources.code])
  expect(await answer.json()).toEqual(outOfResources)
}

test('an endless loop ends its own call, and no other function; the next call finds a fresh worker', async () => {
  const [calm, busy] = [await idOf('calm'), await idOf('busy')]
  const ended = expectEnded('busy/loop')
  expect(await idOf('calm')).toBe(calm)
  await ended
  expect(await idOf('calm')).toBe(calm)
  expect(await idOf('busy')).not.toBe(busy)
})

test('an endless loop as it is loaded ends too', async () => {
  await expectEnded('spins')
})

test('a worker that has worked much finishes its calls, and new ones go to another', async () => {
  const first = await idOf('calm')
  const finished = scratch.call('calm/work/450')
  await expect.poll(() => scratch.logged.join()).toContain('function calm goes on in another worker')
  expect(await idOf('calm')).not.toBe(first)
  expect([(await finished).status, await (await finished).text()]).toEqual([200, first])
})

test('what each call uses is not added up over calls with rest between them', async () => {
  const first = await idOf('quiet')
  for (let call = 0; call < 4; call++) {
    expect(await (await scratch.call('quiet/work/150')).text()).toBe(first)
    // Long enough for two looks at a process that rests.
    await scratch.call('calm/pause/250')
  }
})

test('taking all memory ends the call, whether in objects or in buffers', async () => {
  await expectEnded('greedy/heap')
  await expectEnded('greedy/buffers')
  expect((await scratch.call('greedy')).status).toBe(200)
})

test('a call that is not answered is given up, and so is an answer that halts; their worker goes on', async () => {
  const quiet = await scratchFunctions({
    files: { 'quiet/index.ts': worker },
    functions: { quiet: { verify_jwt: false } },
    limits: { idleMs: 1_000 },
  })
  const first = await (await quiet.call('quiet')).text()
  const [silent, halting, dripping] = await Promise.all(
    ['silent', 'halting', 'dripping'].map((what) => quiet.call(`quiet/${what}`)),
  )
  expect(silent?.status).toBe(504)
  expect(await silent?.json()).toEqual({
    code: 'IDLE_TIMEOUT',
    message: 'Request idle timeout limit (1s) reached',
  })
  expect(halting?.status).toBe(200)
  await expect(halting?.text()).rejects.toThrow()
  expect(await dripping?.text()).toBe('.....')
  expect(await (await quiet.call('quiet')).text()).toBe(first)
  await quiet.stop()
})

test('a worker has its time: new calls go to another from half of it on, at its end what is left is ended', async () => {
  const telling = "addEventListener('beforeunload', ({ detail }) => console.log('told of ' + detail.reason))"
  const old = await scratchFunctions({
    files: { 'old/index.ts': `${telling}\n${worker}` },
    functions: { old: { verify_jwt: false } },
    limits: { wallClockMs: 10_000 },
  })
  const first = await (await old.call('old')).text()
  const socket = new WebSocket(`ws://127.0.0.1:${old.port}/functions/v1/old`)
  const closed = new Promise((gone) => socket.once('close', gone))
  await new Promise((opened) => socket.once('open', opened))
  const next = async () => (await old.call('old')).text()
  await expect.poll(next).not.toBe(first)
  expect(socket.readyState).toBe(WebSocket.OPEN)
  await closed
  expect(old.logged).toContain('told of wall_clock')
  expect(old.logged).toContain('function old is ended: it has used up its time')
  await old.stop()
})
