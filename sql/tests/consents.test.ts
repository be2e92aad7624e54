import { type Db, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

const text = JSON.stringify([{ heading: 'One', paragraphs: ['Be fair.'] }])

const documentId = async (db: Db, kind: string, version = 1): Promise<string> =>
  (
    await db.sql<{
      id: string
    }>`select id from legal_documents where kind = ${kind}::legal_kind and version = ${version}`
  )[0]!.id

const publish = async (db: Db, kind: string, version: number, at = 'now') => {
  await db.asOwner()
  await db.sql`insert into legal_documents (kind, version, text_en, text_ar, published_at)
    values (${kind}::legal_kind, ${version}, ${text}, ${text}, ${at}::timestamptz)`
  return documentId(db, kind, version)
}

const refusal = (code: string) => expect.objectContaining({ detail: code })

describe('the texts', () => {
  test('are there from the first day, in both languages', async ({ db }) => {
    await db.as(null)
    const rows = await db.sql<{ kind: string; sections: number; same: boolean }>`
      select kind, jsonb_array_length(text_en) as sections,
        jsonb_array_length(text_en) = jsonb_array_length(text_ar) as same
      from legal_documents order by kind`
    expect(rows.map(({ kind }) => kind)).toEqual(['terms', 'privacy'])
    for (const { sections, same } of rows) {
      expect(sections).toBeGreaterThan(5)
      expect(same).toBe(true)
    }
  })

  test('stand once they are published, and may be mended before', async ({ db }) => {
    const draft = await publish(db, 'terms', 2, 'tomorrow')
    await db.sql`update legal_documents set changes_en = 'x', changes_ar = 'س' where id = ${draft}`
    await expect(db.sql`update legal_documents set published_at = now() where version = 1`).rejects.toThrow(
      /stands/,
    )
  })

  test('hold nothing but headings and paragraphs', async ({ db }) => {
    await db.asOwner()
    for (const wrong of [
      '[]',
      '{}',
      '[{"heading": 1, "paragraphs": []}]',
      '[{"heading": "a", "paragraphs": [{}]}]',
    ]) {
      const [row] = await db.sql<{ ok: boolean }>`select private.is_legal_text(${wrong}::jsonb) as ok`
      expect(row!.ok, wrong).toBe(false)
    }
  })

  test('of a version to come are nobody’s to read', async ({ db }) => {
    await publish(db, 'terms', 2, 'tomorrow')
    await db.as(null)
    expect(await db.sql`select from legal_documents where version = 2`).toEqual([])
  })
})

describe('agreeing', () => {
  test('is remembered with version and address, once, and only its person reads it', async ({ db }) => {
    const ada = await db.person('ada')
    const bob = await db.person('bob')
    await db.as(ada)
    const terms = await documentId(db, 'terms')
    await db.sql`select set_config('request.headers', '{"x-forwarded-for": "203.0.113.7"}', true)`
    await db.sql`select accept_documents(${[terms, terms]}::uuid[])`
    await db.sql`select accept_documents(${[terms]}::uuid[])`
    expect(await db.sql`select host(ip) as ip, document_id from consents`).toEqual([
      { ip: '203.0.113.7', document_id: terms },
    ])
    await db.as(bob)
    expect(await db.sql`select from consents`).toEqual([])
  })

  test('is to what was shown: an older version is refused, a made-up one unknown', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    const old = await documentId(db, 'terms')
    const privacy = await documentId(db, 'privacy')
    await publish(db, 'terms', 2)
    await db.as(ada)
    await db.sql`savepoint s`
    await expect(db.sql`select accept_documents(${[privacy, old]}::uuid[])`).rejects.toEqual(
      refusal('document_superseded'),
    )
    await db.sql`rollback to s`
    await expect(db.sql`select accept_documents(array[gen_random_uuid()])`).rejects.toEqual(
      refusal('not_found'),
    )
    await db.sql`rollback to s`
    expect(await db.sql`select from consents`).toEqual([])
  })

  test.for([['null'], ["'{}'"], ['array[null]'], ['array_fill(gen_random_uuid(), array[11])']])(
    'to %s is refused',
    async ([documents], { expect, db }) => {
      await db.as(await db.person('ada'))
      await expect(db.client.query(`select accept_documents(${documents}::uuid[])`)).rejects.toEqual(
        refusal('invalid_input'),
      )
    },
  )

  test('is asked for again when a version is published', async ({ db }) => {
    const ada = await db.person('ada')
    const due = async () => {
      await db.as(ada)
      const [row] = await db.sql<{
        documents: { kind: string; accepted_at: string; accepted_before: number }[]
      }>`
        select my_privacy() -> 'documents' as documents`
      return row!.documents
        .filter(({ accepted_at }) => !accepted_at)
        .map(({ kind, accepted_before }) => `${kind} ${accepted_before}`)
    }
    expect(await due()).toEqual(['terms null', 'privacy null'])
    await db.sql`select accept_documents(array(select id from legal_documents))`
    expect(await due()).toEqual([])
    await publish(db, 'privacy', 2)
    expect(await due()).toEqual(['privacy 1'])
  })
})

describe('what comes with a signup', () => {
  test('counts where it names versions in force', async ({ db }) => {
    const ada = await db.person('ada')
    await db.asOwner()
    const metadata = { accepted_documents: [await documentId(db, 'terms'), await documentId(db, 'privacy')] }
    await db.sql`select private.accept_documents(${ada.id}, ${metadata})`
    await db.sql`select private.accept_documents(${ada.id}, ${metadata})`
    expect(await db.sql`select from consents where user_id = ${ada.id}`).toHaveLength(2)
  })

  test('is passed over where it is anything else', async ({ db }) => {
    const ada = await db.person('ada')
    const id = await documentId(db, 'terms')
    const hostile = [
      {},
      null,
      { accepted_documents: id },
      { accepted_documents: { [id]: true } },
      { accepted_documents: [1, null, 'x', [id]] },
      { accepted_documents: ['00000000-0000-0000-0000-000000000000'] },
    ]
    for (const metadata of hostile) {
      await db.sql`select private.accept_documents(${ada.id}, ${JSON.stringify(metadata)}::jsonb)`
    }
    expect(await db.sql`select from consents where user_id = ${ada.id}`).toEqual([])
  })
})
