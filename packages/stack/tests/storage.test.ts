import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withClient } from '../src/sql.ts'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { member, type Person } from './people.ts'

let stack: TestStack
let ada: Person
let bob: Person
beforeAll(async () => {
  stack = await startTestStack()
  const policies = `
    create policy select_own on storage.objects for select to authenticated using (owner_id = (select auth.uid())::text);
    create policy insert_own on storage.objects for insert to authenticated
      with check (bucket_id = 'attachments' and owner_id = (select auth.uid())::text);
  `
  await withClient(stack.urls.database, (client) => client.query(policies))
  ;[ada, bob] = [await member(stack, 'ada'), await member(stack, 'bob')]
})
afterAll(() => stack?.stop())

describe('Storage', () => {
  const png = (text = 'x') => new Blob([text], { type: 'image/png' })

  test('who may, uploads and reads back; others do not find it', async () => {
    const files = ada.client.storage.from('attachments')
    const path = `${ada.id}/صورة ١.png`
    const { data, error } = await files.upload('plain.png', png('hello'))
    expect(error).toBeNull()
    expect(data?.fullPath).toBe('attachments/plain.png')
    expect((await files.upload(path, png())).error?.message).toContain('Invalid key')
    expect(await (await files.download('plain.png')).data?.text()).toBe('hello')
    expect((await files.upload('plain.png', png())).error?.message).toContain('already exists')

    expect((await bob.client.storage.from('attachments').download('plain.png')).error).not.toBeNull()
    expect((await bob.client.storage.from('avatars').upload('x.png', png())).error?.message).toContain(
      'row-level security',
    )
    expect((await fetch(`${stack.urls.api}/storage/v1/object/public/attachments/plain.png`)).status).toBe(400)
  })

  test('a signed link opens one object for a while', async () => {
    const files = ada.client.storage.from('attachments')
    await files.upload('signed.png', png('seen'))
    const { data } = await files.createSignedUrl('signed.png', 60)
    expect(await (await fetch(data?.signedUrl ?? '')).text()).toBe('seen')
    expect((await fetch(data?.signedUrl.replace('signed.png', 'plain.png') ?? '')).ok).toBe(false)
    const { data: many } = await files.createSignedUrls(['signed.png', 'nothing.png'], 60)
    expect(many?.map(({ error }) => error === null)).toEqual([true, false])
  })

  test('a bucket takes its kinds and its size', async () => {
    const files = ada.client.storage.from('attachments')
    expect(
      (await files.upload('page.html', new Blob(['<p>'], { type: 'text/html' }))).error?.message,
    ).toContain('mime type')
    const tooMuch = new Blob([new Uint8Array(26 * 2 ** 20)], { type: 'image/png' })
    expect((await files.upload('large.png', tooMuch)).error?.message).toContain('maximum allowed size')
  })

  test('a folder lists what is in it, folders by their names', async () => {
    const files = ada.client.storage.from('attachments')
    await files.upload('box/a.png', png())
    await files.upload('box/inner/b.png', png())
    expect((await files.list('box')).data?.map(({ name, id }) => [name, id === null])).toEqual([
      ['a.png', false],
      ['inner', true],
    ])
  })

  test('rubbish is refused as rubbish, never answered with 500', async () => {
    const bodies = [
      '',
      '{',
      'null',
      '[]',
      '{}',
      '{"prefix":"\\u0000"}',
      '{"id":"\\u0000","name":1}',
      '{"prefixes":["\\ud800"]}',
      '{"expiresIn":"x","paths":1}',
    ]
    const doors: [string, string][] = [
      ['POST', 'bucket'],
      ['PUT', 'bucket/attachments'],
      ['DELETE', 'bucket/nothing'],
      ['POST', 'object/list/attachments'],
      ['POST', 'object/move'],
      ['POST', 'object/copy'],
      ['POST', 'object/sign/attachments'],
      ['POST', 'object/sign/attachments/x'],
      ['POST', 'object/upload/sign/attachments/x'],
      ['PUT', 'object/upload/sign/attachments/x?token=y'],
      ['DELETE', 'object/attachments'],
    ]
    const headers = { apikey: stack.keys.secret, 'content-type': 'application/json' }
    for (const [method, path] of doors) {
      for (const body of bodies) {
        const { status } = await fetch(`${stack.urls.api}/storage/v1/${path}`, { method, headers, body })
        expect([method, path, body, status < 500]).toEqual([method, path, body, true])
      }
    }
    for (const type of ['multipart/form-data', 'multipart/form-data; boundary=x']) {
      const { status } = await fetch(`${stack.urls.api}/storage/v1/object/attachments/x`, {
        method: 'POST',
        headers: { ...headers, 'content-type': type },
        body: 'this is no form',
      })
      expect([type, status]).toEqual([type, 400])
    }
  })
})
