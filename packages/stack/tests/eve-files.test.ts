import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Ground, startGround } from '../testing/ground.ts'
import { type Person, rowsOf } from './companies.ts'
import { callerOf, secret, type Town, town } from './eve-world.ts'
import { type Caller, isRefused, type Request, send } from './wire.ts'

/* Eve is hostile: what she reads, writes and moves in buckets, in every one there is. */

let stack: Ground
let people: Town
let callers: Record<string, Caller>
/** What Ada has in each bucket, by its name; and a place that was given to her, which waits for her file. */
const planted = new Map<string, string>()
let place: string
const hers = (bucket: string) => planted.get(bucket) ?? ''

beforeAll(async () => {
  stack = await startGround()
  people = await town(stack)
  const as = (name: keyof Town) => callerOf(stack, people[name].token)
  callers = {
    visitor: callerOf(stack),
    eve: as('eve'),
    rae: as('rae'),
    dan: as('dan'),
    sue: as('sue'),
    pat: as('pat'),
  }
  const service = createClient(stack.urls.api, stack.keys.secret, { auth: { persistSession: false } })
  place = await placeOf(people.ada)
  planted.set('uploads', await placeOf(people.ada))
  for (const { id, kind } of await buckets()) {
    const name = planted.get(id) ?? `${people.ada.id}/${people.ada.me.organization.id}.bin`
    planted.set(id, name)
    const client = id === 'uploads' ? people.ada.supabase : service
    const { error } = await client.storage.from(id).upload(name, new Blob([secret], { type: kind }))
    if (error) throw error
  }
})

async function placeOf({ supabase }: Person): Promise<string> {
  const size = secret.length
  const { data, error } = await supabase.rpc('create_upload', {
    purpose: 'avatar',
    size,
    content_type: 'image/png',
  })
  if (error) throw error
  return z.object({ path: z.string() }).parse(data).path
}

afterAll(() => stack?.stop())

const sql = (text: string, values?: unknown[]) => rowsOf(stack, text, values)
type Bucket = { id: string; kind: string; is_public: boolean }
const buckets = async (): Promise<Bucket[]> =>
  sql(
    `select id, public as is_public, coalesce(allowed_mime_types[1], 'text/plain') as kind from storage.buckets order by 1`,
  )

const state = () =>
  sql(`select buckets.id, buckets.public, allowed_mime_types, file_size_limit, objects.name, objects.version,
         objects.updated_at, objects.owner_id
       from storage.buckets left join storage.objects on bucket_id = buckets.id order by buckets.id, objects.name`)

const text = (value: string) => Buffer.from(value).toString('base64')

describe('Eve, in every bucket,', () => {
  const attempts: Record<string, (bucket: Bucket) => Request[]> = {
    'puts nothing where nobody gave her a place': ({ id, kind }) =>
      [hers(id), place, `${people.eve.id}/x.bin`, `${people.ada.id}/x.bin`, 'x.bin'].flatMap((name) =>
        ['POST', 'PUT'].flatMap((method) =>
          [{}, { 'x-upsert': 'true' }].map((more) => ({
            method,
            path: `/storage/v1/object/${id}/${name}`,
            headers: { 'content-type': kind, ...more },
            body: 'x',
          })),
        ),
      ),
    'begins no upload in pieces': ({ id, kind }) =>
      [hers(id), place, `${people.ada.id}/tus.bin`].flatMap((name) =>
        ['false', 'true'].map((upsert) => ({
          path: '/storage/v1/upload/resumable',
          headers: {
            'tus-resumable': '1.0.0',
            'upload-length': '1',
            'x-upsert': upsert,
            'upload-metadata': `bucketName ${text(id)},objectName ${text(name)},contentType ${text(kind)}`,
          },
        })),
      ),
    'gets no link, neither to write nor to read': ({ id }) => [
      { path: `/storage/v1/object/upload/sign/${id}/${hers(id)}`, body: {} },
      { path: `/storage/v1/object/upload/sign/${id}/${people.ada.id}/signed.bin`, body: {} },
      { path: `/storage/v1/object/upload/sign/${id}/${place}`, body: {} },
      { path: `/storage/v1/object/sign/${id}/${hers(id)}`, body: { expiresIn: 60 } },
    ],
    'copies and moves nothing': ({ id }) =>
      ['copy', 'move'].flatMap((act) =>
        [
          { bucketId: id, sourceKey: hers(id), destinationKey: `${people.eve.id}/x.bin` },
          { bucketId: id, sourceKey: hers(id), destinationBucket: 'avatars', destinationKey: 'x.bin' },
          {
            bucketId: 'avatars',
            sourceKey: hers(id),
            destinationBucket: id,
            destinationKey: `${people.ada.id}/y.bin`,
          },
        ].map((body) => ({ path: `/storage/v1/object/${act}`, body })),
      ),
    'reads and removes nothing of Ada’s that is not public': ({ id, is_public }) =>
      ['', 'authenticated/', 'info/authenticated/', 'info/'].flatMap((way) =>
        [...(is_public ? [] : ['GET', 'HEAD']), ...(way === '' ? ['DELETE'] : [])].map((method) => ({
          method,
          path: `/storage/v1/object/${way}${id}/${hers(id)}`,
        })),
      ),
    'makes, opens, empties and removes no bucket': ({ id }) => [
      { path: '/storage/v1/bucket', body: { id: `eve-${id}`, name: `eve-${id}`, public: true } },
      { method: 'PUT', path: `/storage/v1/bucket/${id}`, body: { public: true } },
      { path: `/storage/v1/bucket/${id}/empty`, body: {} },
      { method: 'DELETE', path: `/storage/v1/bucket/${id}` },
    ],
  }
  for (const [what, requests] of Object.entries(attempts)) {
    test(what, async () => {
      const before = await state()
      const passed: unknown[] = []
      for (const bucket of await buckets()) {
        for (const [who, caller] of Object.entries(callers)) {
          for (const request of requests(bucket)) {
            const answer = await send(stack, caller, request)
            if (!isRefused(answer.status)) passed.push([who, request, answer])
          }
        }
      }
      expect(passed).toEqual([])
      expect(await state()).toEqual(before)
    })
  }

  test('lists nothing, and a removal of many removes none', async () => {
    const before = await state()
    for (const { id } of await buckets()) {
      for (const caller of Object.values(callers)) {
        for (const prefix of ['', `${people.ada.id}/`, '%', '../', hers(id).slice(0, 4)]) {
          for (const path of ['object/list', 'object/list-v2']) {
            const answer = await send(stack, caller, { path: `/storage/v1/${path}/${id}`, body: { prefix } })
            for (const name of [people.ada.id, hers(id)]) expect(answer.text).not.toContain(name)
          }
        }
        const remove = { method: 'DELETE', path: `/storage/v1/object/${id}`, body: { prefixes: [hers(id)] } }
        expect((await send(stack, caller, remove)).text).not.toContain('"bucket_id"')
        const links = { path: `/storage/v1/object/sign/${id}`, body: { expiresIn: 60, paths: [hers(id)] } }
        expect((await send(stack, caller, links)).text).not.toContain('token=')
      }
    }
    expect(await state()).toEqual(before)
  })

  test('finds nothing at a public address but what is meant for all to see', async () => {
    const open: string[] = []
    for (const { id } of await buckets()) {
      const answer = await fetch(`${stack.urls.api}/storage/v1/object/public/${id}/${hers(id)}`)
      if (answer.ok) open.push(id)
      const small = await fetch(`${stack.urls.api}/storage/v1/render/image/public/${id}/${hers(id)}?width=10`)
      expect([id, small.ok]).toEqual([id, false])
    }
    expect(open).toEqual(['avatars', 'logos'])
  })

  test('gains nothing by a name that leads elsewhere', async () => {
    const before = await state()
    const names = [
      `../exports/${hers('exports')}`,
      `%2e%2e/exports/${hers('exports')}`,
      `..%2Fexports%2F${encodeURIComponent(hers('exports'))}`,
      `./${hers('exports')}`,
      `${people.eve.id}/../${hers('exports')}`,
      `${hers('exports')}%00.png`,
      `${hers('exports')}\\x`,
      'x'.repeat(3_000),
    ]
    for (const { id, kind, is_public } of await buckets()) {
      for (const name of names) {
        for (const method of [...(is_public ? [] : ['GET']), 'POST', 'PUT', 'DELETE']) {
          const request = {
            method,
            path: `/storage/v1/object/${id}/${name}`,
            headers: { 'content-type': kind },
            ...(method !== 'GET' && { body: 'x' }),
          }
          const answer = await send(stack, callers.eve ?? {}, request)
          expect([request.path, method, answer.status]).toEqual([
            request.path,
            method,
            expect.toSatisfy(isRefused),
          ])
          expect(answer.text).not.toContain(secret)
        }
      }
    }
    expect(await state()).toEqual(before)
  })
})
