import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withClient } from '../src/sql.ts'
import { startTestStack, type TestStack } from '../testing/stack.ts'
import { clientOf, member, type Person } from './people.ts'

let stack: TestStack
let ada: Person
let bob: Person
beforeAll(async () => {
  stack = await startTestStack()
  const policies = `
    create policy select_own on storage.objects for select to authenticated using (owner_id = (select auth.uid())::text);
    create policy insert_own on storage.objects for insert to authenticated
      with check (bucket_id = 'message-attachments' and owner_id = (select auth.uid())::text);
  `
  await withClient(stack.urls.database, (client) => client.query(policies))
  ;[ada, bob] = [await member(stack, 'ada'), await member(stack, 'bob')]
})
afterAll(() => stack?.stop())

describe('Storage', () => {
  const png = (text = 'x') => new Blob([text], { type: 'image/png' })

  test('who may, uploads and reads back; others do not find it', async () => {
    const files = ada.client.storage.from('message-attachments')
    const path = `${ada.id}/صورة ١.png`
    const { data, error } = await files.upload('plain.png', png('hello'))
    expect(error).toBeNull()
    expect(data?.fullPath).toBe('message-attachments/plain.png')
    expect((await files.upload(path, png())).error?.message).toContain('Invalid key')
    expect(await (await files.download('plain.png')).data?.text()).toBe('hello')
    expect((await files.upload('plain.png', png())).error?.message).toContain('already exists')

    expect((await bob.client.storage.from('message-attachments').download('plain.png')).error).not.toBeNull()
    const webp = new Blob(['x'], { type: 'image/webp' })
    expect((await bob.client.storage.from('avatars').upload('x.webp', webp)).error?.message).toContain(
      'row-level security',
    )
    expect(
      (await fetch(`${stack.urls.api}/storage/v1/object/public/message-attachments/plain.png`)).status,
    ).toBe(400)
  })

  test('a signed link opens one object for a while', async () => {
    const files = ada.client.storage.from('message-attachments')
    await files.upload('signed.png', png('seen'))
    const { data } = await files.createSignedUrl('signed.png', 60)
    expect(await (await fetch(data?.signedUrl ?? '')).text()).toBe('seen')
    expect((await fetch(data?.signedUrl.replace('signed.png', 'plain.png') ?? '')).ok).toBe(false)
    const { data: many } = await files.createSignedUrls(['signed.png', 'nothing.png'], 60)
    expect(many?.map(({ error }) => error === null)).toEqual([true, false])
  })

  test('a bucket takes its kinds and its size', async () => {
    const files = ada.client.storage.from('message-attachments')
    expect(
      (await files.upload('page.html', new Blob(['<p>'], { type: 'text/html' }))).error?.message,
    ).toContain('mime type')
    const tooMuch = new Blob([new Uint8Array(26 * 2 ** 20)], { type: 'image/png' })
    expect((await files.upload('large.png', tooMuch)).error?.message).toContain('maximum allowed size')
  })

  test('a folder lists what is in it, folders by their names', async () => {
    const files = ada.client.storage.from('message-attachments')
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

  test('a refusal of the database is told as hosted tells it', async () => {
    // A trigger of the project's own that refuses whatever it is told to.
    await withClient(stack.urls.database, (client) =>
      client.query(`
        create function public.refuse_as_told() returns trigger language plpgsql as $$
        begin
          if new.user_metadata ->> 'refuse' is not null then
            raise exception 'as told' using errcode = new.user_metadata ->> 'refuse';
          end if;
          return new;
        end $$;
        create trigger refuse_as_told before insert on storage.objects
          for each row execute function public.refuse_as_told();
      `),
    )
    const files = clientOf(stack, stack.keys.secret).storage.from('message-attachments')
    const told = async (code: string) => {
      const options = { contentType: 'image/png', metadata: { refuse: code } }
      const { error } = await files.upload('refused.png', 'x', options)
      const { status, statusCode, message } = error as unknown as Record<string, unknown>
      return [status, statusCode, (error as { code?: string }).code, message]
    }
    expect(await told('42501')).toEqual([400, '403', 'AccessDenied', 'as told'])
    expect(await told('23503')).toEqual([400, '404', 'InvalidRequest', 'The related resource does not exist'])
    expect(await told('55P03')).toEqual([400, '423', 'ResourceLocked', 'The resource is locked'])
    expect((await told('57014')).slice(0, 3)).toEqual([544, '544', 'DatabaseTimeout'])
    expect((await told('25006')).slice(0, 3)).toEqual([400, '503', 'DatabaseReadOnly'])
    expect((await told('42P17')).slice(0, 3)).toEqual([400, '503', 'DatabaseInvalidObjectDefinition'])
    expect((await told('42P01')).slice(0, 3)).toEqual([400, '503', 'DatabaseSchemaMismatch'])
    expect(await told('22P02')).toEqual([400, '400', 'InvalidParameter', 'as told'])
    expect(await told('P0001')).toEqual([500, '500', 'DatabaseError', 'database error, code: P0001'])
    expect((await files.exists('refused.png')).data).toBe(false)
  })

  test('a name is a name, and no path', async () => {
    const { storage } = clientOf(stack, stack.keys.secret)
    const headers = { authorization: `Bearer ${stack.keys.secret}`, 'content-type': 'image/webp' }
    for (const name of ['...', 'a//b', 'x/../../y.png', '../../etc/passwd', '/', './.']) {
      const url = `${stack.urls.api}/storage/v1/object/avatars/${name.split('/').join('%2F')}`
      const put = await fetch(url, { method: 'POST', headers, body: name })
      expect(await put.json()).toMatchObject({ Key: `avatars/${name}` })
      expect(await (await fetch(url)).text()).toBe(name)
    }
    const { data } = await storage.from('avatars').remove(['../../etc/passwd', 'x/../../y.png'])
    expect(data).toHaveLength(2)
  })

  test('a name beyond all measure is the caller’s fault', async () => {
    // An index takes no more, however it is packed.
    const name = randomBytes(4_500).toString('hex')
    const { error } = await clientOf(stack, stack.keys.secret)
      .storage.from('message-attachments')
      .upload(name, 'x', { contentType: 'image/png' })
    expect(error).toMatchObject({ statusCode: '400', code: 'InvalidParameter' })
  })

  test('a row whose bytes are gone is answered as such', async () => {
    const { storage } = clientOf(stack, stack.keys.secret)
    await withClient(stack.urls.databaseAdmin, (client) =>
      client.query(`insert into storage.objects (bucket_id, name, version, metadata) values
        ('avatars', 'no-bytes.png', gen_random_uuid(), '{"size": "much"}'), ('avatars', 'odd.png', '../../x', null)`),
    )
    for (const name of ['no-bytes.png', 'odd.png']) {
      expect((await storage.from('avatars').download(name)).error).toMatchObject({
        statusCode: '404',
        message: 'The resource was not found',
      })
      expect((await storage.from('avatars').info(name)).data).toMatchObject({ size: 0 })
    }
    expect((await storage.from('avatars').remove(['no-bytes.png', 'odd.png'])).data).toHaveLength(2)
  })
})
