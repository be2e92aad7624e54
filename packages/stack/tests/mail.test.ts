import { serve } from '@hono/node-server'
import { createTransport } from 'nodemailer'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { mailApi } from '../src/mail/api.ts'
import { Letters } from '../src/mail/letters.ts'
import { startSmtp } from '../src/mail/smtp.ts'
import { freeBlock } from '../testing/stack.ts'

const letters = new Letters(3)
let port: number
let smtp: { close(): Promise<void> }
let http: ReturnType<typeof serve>
beforeAll(async () => {
  port = await freeBlock()
  smtp = await startSmtp(port + 1, letters, () => {})
  http = serve({ fetch: mailApi(letters).fetch, port, hostname: '127.0.0.1' })
})
afterAll(async () => {
  http.close()
  await smtp.close()
})
beforeEach(() => letters.remove([]))

const send = (to: string, more = {}) =>
  createTransport({ host: '127.0.0.1', port: port + 1, ignoreTLS: true }).sendMail({
    from: { name: 'نادي الصناعيين', address: 'from@a.example' },
    to,
    subject: 'أكّد بريدك',
    html: '<p>مرحبًا</p><script>alert(1)</script>',
    ...more,
  })
const ask = (path: string, init = {}) => fetch(`http://127.0.0.1:${port}${path}`, init)
const found = async (query: string) =>
  (await (await ask(`/api/v1/search?query=${encodeURIComponent(query)}`)).json()).messages

describe('the mail catcher', () => {
  test('shows what was sent, newest first, in the words of Mailpit', async () => {
    await send('ada@a.example')
    await send('bob@b.example', {
      bcc: 'eve@e.example',
      attachments: [{ filename: 'تقرير.txt', content: 'x' }],
    })
    const { total, messages } = await (await ask('/api/v1/messages')).json()
    expect(total).toBe(2)
    expect(messages[0]).toMatchObject({
      From: { Name: 'نادي الصناعيين', Address: 'from@a.example' },
      To: [{ Address: 'bob@b.example' }],
      Subject: 'أكّد بريدك',
      Attachments: 1,
    })
    const mail = await (await ask(`/api/v1/message/${messages[0].ID}`)).json()
    expect(mail.HTML).toContain('<p>مرحبًا</p>')
    expect(mail.Attachments[0].FileName).toBe('تقرير.txt')
    expect((await ask('/api/v1/message/latest')).status).toBe(200)
    expect((await ask('/api/v1/message/nothing')).status).toBe(404)
  })

  test('finds by who and by what', async () => {
    await send('ada@a.example', { subject: 'Confirm it' })
    await send('bob@b.example', { subject: 'Welcome', bcc: 'eve@e.example' })
    expect(await found('to:ada@a.example')).toHaveLength(1)
    expect(await found('to:eve@e.example')).toHaveLength(1)
    expect(await found('from:from@a.example subject:"confirm it"')).toHaveLength(1)
    expect(await found('to:ada subject:welcome')).toEqual([])
  })

  test('forgets on request, and the oldest by itself', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await send(`${name}@a.example`)
    expect(await found('')).toHaveLength(3)
    expect(await found('to:a@a.example')).toEqual([])
    await ask('/api/v1/messages', { method: 'DELETE' })
    expect(await found('')).toEqual([])
  })

  test('shows a mail where it can run nothing', async () => {
    await send('ada@a.example')
    const policy = (await ask('/view/latest')).headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain('sandbox')
    expect(policy).not.toContain('allow-scripts')
  })

  test('refuses a mailbox that bounces', async () => {
    await expect(send('bounce@a.example')).rejects.toThrow('No such mailbox')
    expect(await found('')).toEqual([])
  })

  test('answers rubbish with 400', async () => {
    expect((await ask('/api/v1/messages?limit=x')).status).toBe(400)
    expect((await ask('/api/v1/messages', { method: 'DELETE', body: '{' })).status).toBe(400)
  })
})
