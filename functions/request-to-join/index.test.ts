import { expect } from 'vitest'
import { serve } from '../_shared/serve.ts'
import { type Ground, test } from '../testing/ground.ts'
import { keptLog } from '../testing/kept-log.ts'
import { ada, post as signUp, someNetwork } from '../testing/signing-up.ts'
import { requestToJoin } from './request-to-join.ts'

const log = keptLog()

async function post({ env }: Ground, body: object, network = someNetwork()) {
  const request = new Request('http://gateway/functions/v1/request-to-join', {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'x-forwarded-for': network },
  })
  const answer = await serve('request-to-join', 'POST', requestToJoin(env))(request)
  return { status: answer.status, body: await answer.json() }
}

const bea = (email: string, more: object = {}) => ({
  email,
  first_name: 'Bea',
  last_name: 'Saleh',
  locale: 'en',
  message: 'I am in maintenance',
  ...more,
})
const asked = async ({ db }: Ground) => (await db.query('select email, message from join_requests')).rows

test('a request reaches the company of the domain; the answer is the same where there is none', async ({
  ground,
}) => {
  await signUp(ground.env, ada('here'))
  await ground.db.query('update auth.users set email_confirmed_at = now()')
  const answers = []
  for (const email of ['Bea@Here.example', 'bea@nowhere.example', 'bea@gmail.com', 'here@here.example'])
    answers.push(await post(ground, bea(email)))
  for (const answer of answers) expect(answer).toEqual({ status: 200, body: { status: 'asked' } })
  expect(await asked(ground)).toEqual([{ email: 'bea@here.example', message: 'I am in maintenance' }])
  expect(log.join('\n')).not.toMatch(/here\.example|Saleh|maintenance/)
})

test('each field that is wrong is named', async ({ ground }) => {
  const wrong = { email: 'bea', first_name: '', last_name: 5, locale: 'fr', message: 'x'.repeat(501) }
  expect(await post(ground, wrong)).toMatchObject({
    status: 422,
    body: {
      fields: {
        email: 'email_invalid',
        first_name: 'first_name_invalid',
        last_name: 'last_name_invalid',
        locale: 'locale_invalid',
        message: 'message_invalid',
      },
    },
  })
})

test('an address asks three times a day, a network twenty times an hour', async ({ ground }) => {
  const statuses = []
  for (let knock = 0; knock < 4; knock++) statuses.push((await post(ground, bea('often@x.example'))).status)
  expect(statuses).toEqual([200, 200, 200, 429])
  const network = someNetwork()
  const many = await Promise.all(
    Array.from({ length: 30 }, (_, i) => post(ground, bea(`p${i}@x.example`), network)),
  )
  expect(many.filter(({ status }) => status === 200)).toHaveLength(20)
})
