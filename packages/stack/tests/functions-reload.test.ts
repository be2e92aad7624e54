import { setTimeout } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { handler, type Scratch, scratchFunctions } from './functions-world.ts'

let scratch: Scratch
afterEach(() => scratch?.stop())

const says = (text: string) => handler(`return new Response(${JSON.stringify(text)})`)
const heard = async (name: string) => {
  const answer = await scratch.call(name)
  return answer.ok ? answer.text() : answer.status
}
const becomes = (name: string, value: unknown) => expect.poll(() => heard(name)).toBe(value)
const open = { verify_jwt: false }

test('a change is taken up by the next call: in the function, in shared code, in the variables', async () => {
  const source = `
    import { shared } from '../_shared/text.ts'
    Deno.serve(() => new Response('first ' + shared + ' ' + Deno.env.get('WORD')))`
  scratch = await scratchFunctions({
    files: { 'a/index.ts': source, '_shared/text.ts': "export const shared = 'one'", '.env': 'WORD=x' },
    functions: { a: open },
  })
  expect(await heard('a')).toBe('first one x')
  await scratch.write('a/index.ts', source.replace('first', 'second'))
  await becomes('a', 'second one x')
  await scratch.write('_shared/text.ts', "export const shared = 'two'")
  await becomes('a', 'second two x')
  await scratch.write('.env', 'WORD=y\nSUPABASE_WORD=z')
  await becomes('a', 'second two y')
})

test('a broken edit is told as such, harms no other function, and is mended by the next', async () => {
  scratch = await scratchFunctions({
    files: { 'a/index.ts': says('a'), 'b/index.ts': says('b') },
    functions: { a: open, b: open },
  })
  expect([await heard('a'), await heard('b')]).toEqual(['a', 'b'])
  await scratch.write('a/index.ts', 'Deno.serve(() => {')
  await becomes('a', 503)
  expect(await heard('b')).toBe('b')
  await scratch.write('a/index.ts', says('mended'))
  await becomes('a', 'mended')
})

test('a call under way is finished by the version that began it', async () => {
  const slow = `
    let answer
    Deno.serve((request) => {
      if (request.method === 'POST') return answer(new Response('old')), new Response()
      return new Promise((done) => { answer = done; console.log('waiting') })
    })`
  scratch = await scratchFunctions({ files: { 'a/index.ts': slow }, functions: { a: open } })
  const under = scratch.call('a')
  await expect.poll(() => scratch.logged).toContain('waiting')
  await scratch.write('a/index.ts', says('new'))
  await becomes('a', 'new')
  expect(await Promise.race([under.then(() => 'ended'), heard('a')])).toBe('new')
  await scratch.stop()
  await under.catch(() => {})
})

test('a function is added and taken away by config.toml, which a mistake leaves as it was', async () => {
  scratch = await scratchFunctions({
    files: { 'a/index.ts': says('a'), 'b/index.ts': says('b') },
    functions: { a: open, b: { enabled: false } },
  })
  expect([await heard('a'), await heard('b')]).toEqual(['a', 404])
  await scratch.configure({ a: open, b: open })
  await becomes('b', 'b')
  await scratch.write('c/index.ts', says('c'))
  await becomes('c', 401)
  await scratch.configure({ a: { verify_jwt: 'perhaps' } })
  await expect.poll(() => scratch.logged).toContain('the functions stay as they were')
  expect([await heard('a'), await heard('b')]).toEqual(['a', 'b'])
  await scratch.configure({ a: { enabled: false }, b: open })
  await becomes('a', 404)
})

test('what config.toml says last is what holds, however soon it follows what it said before', async () => {
  scratch = await scratchFunctions({ files: { 'a/index.ts': says('a') }, functions: { a: open } })
  expect(await heard('a')).toBe('a')
  for (const pause of Array.from({ length: 20 }, (_, round) => round / 2)) {
    await scratch.configure({ a: open })
    await setTimeout(pause)
    await scratch.configure({ a: { enabled: false } })
    await becomes('a', 404)
  }
})

test('the first function of all is found', async () => {
  scratch = await scratchFunctions({})
  expect(await heard('first')).toBe(404)
  await scratch.write('first/index.ts', says('first'))
  await becomes('first', 401)
})

test('who goes while a function is being started leaves nothing behind', async () => {
  scratch = await scratchFunctions({ files: { 'a/index.ts': says('a') }, functions: { a: open } })
  const gone = AbortSignal.timeout(30)
  await expect(scratch.call('a', { signal: gone })).rejects.toThrow()
  await becomes('a', 'a')
  // A worker with a call that never ends would not make room for the next version's.
  await scratch.write('a/index.ts', says('b'))
  await becomes('a', 'b')
  await expect.poll(() => scratch.logged.filter((line) => line === 'function a ended')).toHaveLength(1)
})
