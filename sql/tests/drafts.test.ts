import { type Db, type Person, paragraphs, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

const save = async (db: Db, by: Person, key: string, content: object, based_on: string | null = null) => {
  await db.as(by)
  const [row] = await db.sql`select save_draft(${key}, ${content}, ${based_on}) as answer,
    nullif(current_setting('response.status', true), '') as status`
  return { status: row.status, ...row.answer }
}

describe('a draft', () => {
  test('what one device keeps, another finds; what is newer elsewhere is shown before it is overwritten', async ({
    db,
  }) => {
    const ada = await db.person('ada')
    const first = await save(db, ada, 'topic', { title: 'Pores' })
    expect(first).toMatchObject({ key: 'topic', status: null })
    // A device that knows nothing of it, and one that knows it.
    expect(await save(db, ada, 'topic', { title: 'On the phone' })).toMatchObject({
      status: '409',
      details: 'draft_changed',
      draft: { key: 'topic', content: { title: 'Pores' }, updated_at: first.updated_at },
    })
    await db.sql`select set_config('response.status', '', true)`
    await save(db, ada, 'topic', { title: 'Pores and cracks' }, first.updated_at)
    expect(await db.sql`select content from drafts`).toEqual([{ content: { title: 'Pores and cracks' } }])
    expect(await save(db, ada, 'topic', { title: 'Pores and cracks' }, null)).toMatchObject({ key: 'topic' })
  })

  test('is listed with the topic it belongs to, and only for whom it is', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    await db.as(bob)
    const [{ topic }] = await db.sql`select open_topic('quality', 'Porosity', ${paragraphs('x')}) as topic`
    const [{ post }] = await db.sql`select id as post from posts`
    await save(db, bob, `edit:${post}`, { body: paragraphs('Changed') })
    await save(db, ada, `reply:${topic}`, { body: paragraphs('Check', 'the vents') })
    await save(db, ada, 'topic', { title: 'Of her own', body: 'no document' })
    const list = async (by: Person) => {
      await db.as(by)
      return (await db.sql`select list_drafts() as drafts`)[0].drafts
    }
    const hers = await list(ada)
    expect(hers).toHaveLength(2)
    expect(hers).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          key: `reply:${topic}`,
          title: 'Porosity',
          topic,
          excerpt: 'Check the vents',
        }),
        expect.objectContaining({ key: 'topic', title: 'Of her own', topic: null, excerpt: null }),
      ]),
    )
    expect(await list(bob)).toMatchObject([{ key: `edit:${post}`, title: 'Porosity', topic }])
    expect(await db.sql`select key from drafts`).toEqual([{ key: `edit:${post}` }])

    expect(hers.map(({ locked }: { locked: boolean }) => locked)).toEqual([false, false])
    await db.asOwner()
    await db.sql`update topics set locked_at = now() where id = ${topic}`
    expect((await list(ada)).find(({ topic }: { topic: string | null }) => topic)).toMatchObject({
      locked: true,
    })

    await db.as(bob)
    await db.sql`select discard_draft(${`reply:${topic}`})`
    expect(await list(ada)).toHaveLength(2)
    await db.sql`select discard_draft('topic')`
    await db.sql`select discard_draft('topic')`
    expect(await list(ada)).toHaveLength(1)
  })

  test('says whether the post it answers or changes is still there', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    await db.as(bob)
    const [{ topic }] = await db.sql`select open_topic('quality', 'Porosity', ${paragraphs('x')}) as topic`
    const [{ id }] = await db.sql`select reply(${topic}, ${paragraphs('His own')}) ->> 'id' as id`
    await save(db, ada, 'topic', { title: 'New' })
    await save(db, ada, `reply:${topic}`, { body: paragraphs('To all') })
    await save(db, ada, `reply:${topic}:${id}`, { body: paragraphs('To him') })
    await save(db, bob, `edit:${id}`, { body: paragraphs('Better') })
    const gone = async (by: Person) => {
      await db.as(by)
      return db.sql`select each ->> 'key' as key from jsonb_array_elements(list_drafts()) as each
        where (each -> 'gone')::boolean`
    }
    expect([await gone(ada), await gone(bob)]).toEqual([[], []])
    await db.sql`select delete_post(${id})`
    expect(await gone(ada)).toEqual([{ key: `reply:${topic}:${id}` }])
    expect(await gone(bob)).toEqual([{ key: `edit:${id}` }])
  })

  test('a fifty-first, one without a place and one that is too large are refused', async ({ db }) => {
    const ada = await db.person('ada')
    await db.sql`insert into drafts (user_id, key, content)
      select ${ada.id}, 'reply:' || gen_random_uuid(), '{}' from generate_series(1, 50)`
    const refused: [string | null, unknown, string][] = [
      ['topic', { title: 'x' }, 'drafts_limit'],
      ['reply', {}, 'invalid_input'],
      [null, {}, 'invalid_input'],
      ['topic', JSON.stringify([1]), 'invalid_input'],
      ['topic', { body: 'x'.repeat(120_000) }, 'document_too_large'],
    ]
    for (const [key, content, code] of refused) {
      await db.as(ada)
      await db.sql`savepoint before`
      await expect(db.sql`select save_draft(${key}, ${content})`).rejects.toMatchObject({ detail: code })
      await db.sql`rollback to before`
    }
  })
})
