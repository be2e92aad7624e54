import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import { liveStatus } from '../src/supervisor/status.ts'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { founder, member, type Person } from './companies.ts'
import { callers, isAnswered, isRefused, listed, send } from './wire.ts'

/* Eve is hostile: requests that no client would make. Each is answered as her fault. */

let stack: TestStack
let eve: Person
beforeAll(async () => {
  stack = await startTestStack()
  eve = await member(stack, founder('Eve'))
})
afterAll(() => stack?.stop())

const asEve = (request: { method?: string; path: string; headers?: Record<string, string> }) =>
  send(stack, callers(stack, eve).eve, { method: 'GET', ...request })

describe('addresses that are none', () => {
  const tricks = [
    ...listed(`/ // /. /.. /%2e%2e/%2e%2e/etc/passwd /..%2f..%2fpg%2fquery /.%2e/pg/query /%00 /%ff /%E0%A4%A /%
      /%0d%0aset-cookie:a=b /%u0041 /;a=b /صناعة /%F0%9F%8F%AD /' /" /{} /[] /$ /constructor /__proto__ /toString
      ?apikey= ?apikey=%00 ?%ff ?= ?a[]=1`),
    '',
    `/${'x'.repeat(8_000)}`,
    `/${'a/'.repeat(2_000)}`,
    `?${'a=b&'.repeat(2_000)}`,
  ]
  const families = '/rest/v1 /auth/v1 /storage/v1 /functions/v1 /realtime/v1 /graphql/v1'
  for (const family of ['', ...listed(families)]) {
    test(`below "${family}"`, async () => {
      for (const trick of tricks) {
        for (const method of listed('GET HEAD POST PUT PATCH DELETE OPTIONS PROPFIND')) {
          const asked = `${method} ${family}${trick}`
          const { status, text } = await asEve({ method, path: family + trick })
          expect([asked, status, text]).toEqual([asked, expect.toSatisfy(isAnswered), text])
        }
      }
    })
  }
})

test('queries that would confuse a parser', async () => {
  const selects = [
    "id'--",
    'id::text;drop table x',
    'id)--',
    '"a""b"',
    "id->>'a'",
    'id->',
    '*,*,',
    'a('.repeat(2_000),
  ]
  const profiles =
    listed(`or=((( or=(id.eq.1,or(id.eq.2 or=() or=${'('.repeat(3_000)} id=eq.rubbish id=in.( id=in.(a,b)
    first_name=match.((( first_name=fts.a%20b first_name=cs.{ x=eq.1 id=nothing.1 limit=-1 limit=1e999 offset=-1
    order=id;drop order=.. columns=x on_conflict=x`)
  const lists = listed('size=x size=99999999999999999999 after=x after=t_1_x nothing=1')
  for (const path of [
    ...selects.map((select) => `profiles?select=${encodeURIComponent(select)}`),
    ...profiles.map((query) => `profiles?${query}`),
    ...lists.map((query) => `rpc/list_topics?${query}`),
  ]) {
    const { status, text } = await asEve({ path: `/rest/v1/${path}` })
    expect([path.slice(0, 90), status, text]).toEqual([path.slice(0, 90), expect.toSatisfy(isAnswered), text])
  }
})

test('headers that say nothing, or too much', async () => {
  const strange = {
    range: listed('0-x 5-2 99999999999999999999-1 -1 bytes=0-'),
    accept: listed('text/xml application/vnd.pgrst.plan+json */*;q=x ,,,'),
    prefer: listed('handling=strict,nothing=1 count=nothing tx=rollback ,'),
    authorization: ['Basic x:y', 'Bearer', 'Bearer  ', `Bearer ${'x'.repeat(9_000)}`],
    'x-request-id': ['../../x', 'x'.repeat(9_000)],
    'content-length': ['0'],
    'x-more': ['x'.repeat(20_000)],
  }
  const paths =
    listed(`/rest/v1/profiles /rest/v1/rpc/me /auth/v1/user /storage/v1/bucket /functions/v1/signup
    /realtime/v1/api/ping`)
  for (const [name, values] of Object.entries(strange)) {
    for (const value of values) {
      for (const path of paths) {
        const asked = `${path} ${name}: ${value.slice(0, 40)}`
        const { status, text } = await asEve({ path, headers: { [name]: value } })
        expect([asked, status, text]).toEqual([asked, expect.toSatisfy(isAnswered), text])
      }
    }
  }
})

test('bytes that are no request, or two at once', async () => {
  const { publishable, secret } = stack.keys
  const key = `host: x\r\napikey: ${publishable}\r\nconnection: close`
  const pieces = `${key}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`
  const upgrade = 'host: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n'
  const requests = {
    'two lengths': `POST /rest/v1/rpc/me HTTP/1.1\r\ncontent-length: 5\r\n${pieces}0\r\n\r\n`,
    'no host': 'GET /rest/v1/profiles HTTP/1.1\r\nconnection: close\r\n\r\n',
    'a host that is none': 'GET /rest/v1/profiles HTTP/1.1\r\nhost: [::\r\nconnection: close\r\n\r\n',
    'another host': `GET http://evil.example/rest/v1/profiles HTTP/1.1\r\n${key}\r\n\r\n`,
    'two keys': `GET /rest/v1/profiles HTTP/1.1\r\napikey: ${secret}\r\n${key}\r\n\r\n`,
    'a star': `GET * HTTP/1.1\r\n${key}\r\n\r\n`,
    'no HTTP': '\u0016\u0003\u0001\u0002\r\n\r\n',
    'a header too long': `GET /rest/v1/profiles HTTP/1.1\r\nx: ${'x'.repeat(40_000)}\r\n${key}\r\n\r\n`,
    'an address too long': `GET /rest/v1/${'x'.repeat(40_000)} HTTP/1.1\r\n${key}\r\n\r\n`,
    'a broken chunk': `POST /functions/v1/signup HTTP/1.1\r\n${pieces}zz\r\n`,
    'pieces to rest': `POST /rest/v1/rpc/me HTTP/1.1\r\n${pieces}2\r\n{}\r\n0\r\n\r\n`,
    'pieces to auth': `POST /auth/v1/verify HTTP/1.1\r\n${pieces}2\r\n{}\r\n0\r\n\r\n`,
    'pieces beyond all measure': `POST /auth/v1/verify HTTP/1.1\r\n${pieces}200000\r\n${'x'.repeat(2_097_152)}\r\n0\r\n\r\n`,
    'an upgrade to nothing': `GET /rest/v1/x HTTP/1.1\r\n${upgrade}`,
    'an upgrade without a key': `GET /realtime/v1/websocket HTTP/1.1\r\n${upgrade}`,
  }
  for (const [what, bytes] of Object.entries(requests)) {
    const answer = await new Promise<string>((closed) => {
      const socket = connect(stack.config.ports.api, '127.0.0.1', () => socket.write(bytes))
      let heard = ''
      socket.setEncoding('utf8').on('data', (text: string) => {
        heard += text
      })
      socket.once('error', (error) => closed(heard || error.message)).once('close', () => closed(heard))
    })
    const [line = ''] = answer.split('\r\n')
    const isTold = () => isRefused(Number(line.split(' ')[1]))
    expect([what, line]).toEqual([what, expect.toSatisfy(isTold)])
  }
})

test('noise on a socket ends that socket at most', async () => {
  const url = `${stack.urls.api.replace('http', 'ws')}/realtime/v1/websocket?vsn=1.0.0&apikey=`
  const frames = [
    'x',
    '{}',
    'null',
    '[1,2,3]',
    '['.repeat(100_000),
    '{"topic":{},"event":[],"payload":1,"ref":{}}',
  ]
  for (const noise of [...frames, '', Buffer.alloc(1_000, 255)]) {
    const ws = new WebSocket(url + stack.keys.publishable)
    await new Promise((opened) => ws.once('open', opened))
    const over = new Promise((heard) => ws.once('message', heard).once('close', heard))
    ws.send(noise)
    ws.send('{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1"}')
    await over
    ws.terminate()
  }
})

test('after all of that no part has ended', async () => {
  for (const [name, { state, restarts }] of Object.entries(
    (await liveStatus(stack.config.dir))?.parts ?? {},
  )) {
    expect([name, state, restarts]).toEqual([name, 'ready', 0])
  }
})
