import { createHash, randomBytes } from 'node:crypto'
import { notificationKinds } from '@p2p/contracts'
import { describe, expect } from 'vitest'
import { serve } from '../_shared/serve.ts'
import { type Ground, test } from '../testing/ground.ts'
import { keptLog } from '../testing/kept-log.ts'
import { ada, post as signUp, someNetwork } from '../testing/signing-up.ts'
import { unsubscribe } from './unsubscribe.ts'

const log = keptLog()

async function ask(
  { env }: Ground,
  init: { method: string; body?: string; headers?: Record<string, string> },
  { search = '', network = someNetwork() } = {},
) {
  const request = new Request(`http://gateway/functions/v1/unsubscribe${search}`, {
    ...init,
    headers: { 'x-forwarded-for': network, ...init.headers },
  })
  const answer = await serve(
    'unsubscribe',
    'GET, POST',
    unsubscribe({ ...env, siteUrl: 'https://p2p.example' }),
  )(request)
  return { status: answer.status, headers: answer.headers, body: answer.body && (await answer.json()) }
}
const post = (ground: Ground, body: unknown, network?: string) =>
  ask(ground, { method: 'POST', body: JSON.stringify(body) }, network ? { network } : {})

/** Somebody, and the token in a mail they got about replies. */
async function mailed({ env, db }: Ground, name: string): Promise<string> {
  await signUp(env, ada(name))
  const token = randomBytes(32).toString('base64url')
  await db.query(
    `insert into private.unsubscribe_tokens (token_hash, user_id, kinds)
     select $1, id, '{reply}' from auth.users where email = $2`,
    [createHash('sha256').update(token).digest(), ada(name).email],
  )
  return token
}
const ended = async ({ db }: Ground, name: string) =>
  (
    await db.query(
      `select kind from notification_preferences join auth.users on users.id = user_id
       where users.email = $1 and notification_preferences.email = 'none' order by kind`,
      [ada(name).email],
    )
  ).rows.map(({ kind }) => kind)

describe('the link of a mail', () => {
  test('says what it is about and changes nothing, until it is told to', async ({ ground }) => {
    const token = await mailed(ground, 'asks')
    expect(await post(ground, { token })).toMatchObject({
      status: 200,
      body: { kinds: ['reply'], ended: false },
    })
    expect(await ended(ground, 'asks')).toEqual([])
    expect(await post(ground, { token, end: 'these' })).toMatchObject({
      body: { kinds: ['reply'], ended: true },
    })
    expect(await ended(ground, 'asks')).toEqual(['reply'])
    expect((await post(ground, { token, end: 'everything' })).body.kinds).toEqual([...notificationKinds])
    expect(await ended(ground, 'asks')).toHaveLength(notificationKinds.length)
  })

  test('works in one click of a mail program, twice without harm', async ({ ground }) => {
    const token = await mailed(ground, 'clicks')
    const click = () =>
      ask(
        ground,
        {
          method: 'POST',
          body: 'List-Unsubscribe=One-Click',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        },
        { search: `?token=${token}` },
      )
    expect((await click()).status).toBe(200)
    expect((await click()).status).toBe(200)
    expect(await ended(ground, 'clicks')).toEqual(['reply'])
  })

  test('that is only opened leads to our page and ends nothing, as scanners of mail open every link', async ({
    ground,
  }) => {
    const token = await mailed(ground, 'scanned')
    const { status, headers } = await ask(ground, { method: 'GET' }, { search: `?token=${token}` })
    expect([status, headers.get('location')]).toEqual([303, `https://p2p.example/unsubscribe?token=${token}`])
    expect(await ended(ground, 'scanned')).toEqual([])
  })
})

test('rubbish gets one answer, and after twenty guesses none', async ({ ground }) => {
  const network = someNetwork()
  for (const body of [{}, null, [], { token: 5 }, { token: 'x', end: 'these' }])
    expect(await post(ground, body, network)).toMatchObject({
      status: 404,
      body: { code: 'unsubscribe_unknown' },
    })
  const token = await mailed(ground, 'guessed')
  expect(await post(ground, { token, end: 'the world' })).toMatchObject({ status: 422 })
  for (let guess = 0; guess < 20; guess++)
    expect((await post(ground, { token: randomBytes(32).toString('base64url') }, network)).status).toBe(404)
  const refused = await post(ground, { token, end: 'these' }, network)
  expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(log.join('\n')).not.toContain(token)
})
