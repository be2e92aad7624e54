import { signUp } from '@p2p/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { liveStatus } from '../src/supervisor/status.ts'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { founder, member, type Person, visitor } from './companies.ts'
import { callers, isAnswered, listed, send } from './wire.ts'

/* Eve is hostile: bodies that no client would send. Each is answered as her fault, and nobody else notices. */

let stack: TestStack
let eve: Person
beforeAll(async () => {
  stack = await startTestStack({ signupMaxPerNetwork: 500 })
  eve = await member(stack, founder('Eve'))
})
afterAll(() => stack?.stop())

const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const strange =
  '"email":"a\\u0000@b.example","password":"\\u0000\\ud800","first_name":"\\ud800","type":"\\u0000"'
const bodies = [
  '',
  ' ',
  '{',
  '[]',
  'null',
  '1',
  '"x"',
  '{"":1}',
  '[null]',
  '[[]]',
  '{"a":1e999}',
  '\uFEFF{}',
  '\u0000',
  `{${strange},"token":"\\u0000","token_hash":"\\u0000","refresh_token":"\\u0000","data":{"a":"\\u0000\\ud800"}}`,
  '{"topic":"\\u0000","body":"\\u0000","id":"\\u0000","prefix":"\\u0000","prefixes":["\\u0000",{},1]}',
  '{"topic":"not an id","body":{},"size":1e999,"after":{},"limit":-1,"offset":1e99,"expiresIn":-1}',
  `{"topic":"${crypto.randomUUID()}","body":${'9'.repeat(500)}}`,
  '{"__proto__":{"isSecret":true},"constructor":{"prototype":{}}}',
  deep(400),
  deep(6_000),
  deep(200_000),
  `{"body":${deep(6_000)},"topic":"${crypto.randomUUID()}"}`,
  `{"email":"a@b.example","password":"long enough for this","data":{"a":${deep(6_000)}}}`,
]
const doors = {
  rest: `POST:rpc/reply POST:rpc/open_topic POST:rpc/list_topics POST:rpc/me POST:topics DELETE:topics
    PATCH:profiles?id=eq.x PUT:profiles?id=eq.x DELETE:rpc/me`,
  auth: `POST:signup POST:token?grant_type=password POST:token?grant_type=refresh_token POST:token?grant_type=pkce
    POST:token POST:otp POST:magiclink POST:recover POST:resend POST:verify POST:factors POST:sso POST:oauth/token
    POST:admin/users PUT:user DELETE:user DELETE:factors/x DELETE:user/identities/x`,
  storage: `POST:object/avatars/x PUT:object/avatars/x DELETE:object/avatars/x DELETE:object/avatars POST:bucket
    POST:object/list/avatars POST:object/sign/avatars/x POST:object/sign/avatars POST:object/copy POST:object/move
    PUT:bucket/avatars DELETE:bucket/avatars POST:bucket/avatars/empty POST:object/upload/sign/avatars/x
    POST:upload/resumable PATCH:upload/resumable/x`,
  functions: 'POST:signup PUT:signup POST:health DELETE:health POST:nothing',
  realtime: 'POST:api/broadcast POST:api/broadcast/x/events/y?private=true POST:websocket DELETE:api',
}

for (const [family, paths] of Object.entries(doors)) {
  test(`what is no JSON, or says nothing ${family} could use`, async () => {
    for (const door of listed(paths)) {
      const [method = '', path = ''] = door.split(/:(.*)/)
      for (const body of bodies) {
        for (const caller of Object.values(callers(stack, eve))) {
          const { status, text } = await send(stack, caller, { method, path: `/${family}/v1/${path}`, body })
          const asked = `${door} ${body.slice(0, 90)}`
          expect([asked, status, text]).toEqual([asked, expect.toSatisfy(isAnswered), text])
        }
      }
    }
  })
}

test('a body of another kind than it says', async () => {
  const kinds = listed(
    'text/plain text/csv application/xml multipart/form-data application/octet-stream nonsense',
  )
  kinds.push(
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'application/json; charset=x',
  )
  for (const kind of kinds) {
    for (const path of listed(
      'rest/v1/rpc/me auth/v1/verify storage/v1/object/avatars/x functions/v1/signup',
    )) {
      const request = { path: `/${path}`, headers: { 'content-type': kind }, body: 'a,b\r\n--x\r\n{"' }
      const { status, text } = await send(stack, callers(stack, eve).eve, request)
      expect([kind, path, status, text]).toEqual([kind, path, expect.toSatisfy(isAnswered), text])
    }
  }
})

describe('a body beyond all measure', () => {
  const sizes = {
    '/functions/v1/signup': 1_000_000,
    '/auth/v1/signup': 2_000_000,
    '/rest/v1/rpc/reply': 11_000_000,
    '/realtime/v1/api/broadcast': 9_000_000,
  }
  for (const [path, size] of Object.entries(sizes)) {
    test(`at ${path} is refused, and whoever comes with it or after it is served`, async () => {
      const body = JSON.stringify({ first_name: 'x'.repeat(size) })
      for (let time = 1; time <= 5; time += 1) {
        const large = send(stack, callers(stack, eve).eve, { path, body })
        await signUp(visitor(stack), founder('Ada'))
        expect((await large).status).toBe(413)
        await signUp(visitor(stack), founder('Bob'))
      }
    })
  }
})

test('after all of that no part has ended', async () => {
  for (const [name, { state, restarts }] of Object.entries(
    (await liveStatus(stack.config.dir))?.parts ?? {},
  )) {
    expect([name, state, restarts]).toEqual([name, 'ready', 0])
  }
})
