import { type Db, type Person, paragraphs, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

const refusal = (status: number, code: string, field?: string) => ({
  code: `PT${status}`,
  detail: code,
  ...(field && { hint: field }),
})
const denied = (code: string) => ({ details: code })

async function platformAdmin(db: Db, name = 'pat') {
  const pat = await db.person(name)
  await db.sql`insert into platform_roles (user_id, role) values (${pat.id}, 'admin')`
  await db.secondFactor(pat)
  await db.as(pat)
  return pat
}

const field = (key: string, required = false) => ({
  key,
  label_en: `What ${key}?`,
  label_ar: `ما ${key}؟`,
  help_en: '',
  help_ar: '',
  required,
})

const saveCategory = async (db: Db, id: string | null, patch: object, expected: number | null = null) =>
  (await db.sql`select save_category(${id}, ${patch}, ${expected}) as answer`)[0].answer

const saveTag = async (db: Db, slug: string, patch: object, expected: number | null = null) =>
  (await db.sql`select save_tag(${slug}, ${patch}, ${expected}) as answer`)[0].answer

const tag = (db: Db, slug: string, name_ar: string, synonyms: string[] = []) =>
  saveTag(db, slug, { name_en: slug[0]!.toUpperCase() + slug.slice(1), name_ar, synonyms })

const open = async (
  db: Db,
  by: Person,
  more: { category?: string; tags?: string[]; answers?: object; visibility?: string } = {},
) => {
  await db.as(by)
  const [row] = await db.sql`select open_topic(
    category => ${more.category ?? 'quality'}, title => 'Porosity in castings', body => ${paragraphs('We see pores.')},
    visibility => ${more.visibility ?? 'community'}, tags => ${more.tags ?? []}, template_answers => ${more.answers ?? {}}) as id`
  return row.id as string
}

describe('categories', () => {
  test('a platform admin makes one, changes it, and overwrites nobody', async ({ db }) => {
    await platformAdmin(db)
    const made = await saveCategory(db, null, { slug: 'welding', name_en: 'Welding', name_ar: 'اللحام' })
    const again = {
      name_en: 'Welding and joining',
      template: [field('process', true)],
      posting: 'moderators',
    }
    expect(await saveCategory(db, made.id, again, made.revision)).toEqual({ ...made, revision: 2 })
    const seen = await db.sql`select * from list_categories() where slug = 'welding'`
    expect(seen).toMatchObject([{ ...again, name_ar: 'اللحام', revision: 2, archived_at: null }])
    await expect(saveCategory(db, made.id, { name_en: 'Late' }, made.revision)).rejects.toMatchObject(
      refusal(409, 'changed_meanwhile'),
    )
  })

  test('what cannot be said of one is refused, field by field', async ({ db }) => {
    await platformAdmin(db)
    const fresh = { slug: 'new', name_en: 'New', name_ar: 'جديد' }
    const refused: [object, string, string][] = [
      [{ ...fresh, slug: 'Not a slug' }, 'slug_invalid', 'slug'],
      [{ ...fresh, name_ar: ' ' }, 'category_name_invalid', 'name_ar'],
      [{ ...fresh, description_en: 'x'.repeat(301) }, 'category_description_invalid', 'description_en'],
      [{ ...fresh, template: [field('a'), field('a')] }, 'template_invalid', 'template'],
      [{ ...fresh, template: [{ key: 'a' }] }, 'template_invalid', 'template'],
      [{ ...fresh, icon: '<svg>' }, 'invalid_input', 'icon'],
      [{ ...fresh, posting: 'everybody' }, 'invalid_input', 'posting'],
      [{ ...fresh, topic_count: 9 }, 'invalid_input', 'topic_count'],
    ]
    for (const [patch, code, at] of refused) {
      await db.sql`savepoint before`
      await expect(saveCategory(db, null, patch)).rejects.toMatchObject(refusal(422, code, at))
      await db.sql`rollback to before`
    }
    await db.sql`savepoint before`
    await expect(saveCategory(db, null, { ...fresh, slug: 'quality' })).rejects.toMatchObject(
      refusal(409, 'slug_taken', 'slug'),
    )
    await db.sql`rollback to before`
    const [{ id, revision }] = await db.sql`select id, revision from categories where slug = 'quality'`
    await expect(saveCategory(db, id, { slug: 'other' }, revision)).rejects.toMatchObject(
      refusal(422, 'slug_invalid', 'slug'),
    )
  })

  test('nobody else manages them, and who tries is remembered', async ({ db }) => {
    const ada = await db.person('ada')
    await db.as(ada)
    const [{ id, revision }] = await db.sql`select id, revision from categories where slug = 'quality'`
    expect(await saveCategory(db, id, { name_en: 'Hers' }, revision)).toMatchObject(denied('not_allowed'))
    expect((await db.sql`select archive_category(${id}) as answer`)[0].answer).toMatchObject(
      denied('not_allowed'),
    )
    expect((await db.sql`select order_categories(array[]::uuid[]) as answer`)[0].answer).toMatchObject(
      denied('not_allowed'),
    )
    await db.asOwner()
    const lines =
      await db.sql`select action, outcome from audit_events where actor_id = ${ada.id} order by id`
    expect(lines.map(({ action, outcome }) => [action, outcome])).toEqual([
      ['categories.save', 'refused'],
      ['categories.archive', 'refused'],
      ['categories.order', 'refused'],
    ])
  })

  test('they stand in the order an admin gives them', async ({ db }) => {
    await platformAdmin(db)
    const ids: string[] = (await db.sql`select id from list_categories()`).map(({ id }) => id)
    const wanted = ids.toReversed()
    await db.sql`select order_categories(${wanted})`
    expect((await db.sql`select id from list_categories()`).map(({ id }) => id)).toEqual(wanted)
    await expect(db.sql`select order_categories(${wanted.slice(1)})`).rejects.toMatchObject(
      refusal(409, 'changed_meanwhile'),
    )
  })

  test('an archived one takes no topics, one for moderators takes theirs alone', async ({ db }) => {
    const ada = await db.person('ada')
    await platformAdmin(db)
    const [{ id, revision }] = await db.sql`select id, revision from categories where slug = 'quality'`
    await saveCategory(db, id, { posting: 'moderators' }, revision)
    await db.sql`savepoint before`
    await expect(open(db, ada)).rejects.toMatchObject(refusal(403, 'posting_restricted'))
    await db.sql`rollback to before`
    const mo = await db.person('mo')
    await db.sql`insert into platform_roles (user_id, role) values (${mo.id}, 'moderator')`
    expect(await open(db, mo)).toMatch(/^[0-9a-f-]{36}$/)
    await db.asOwner()
    await db.sql`update categories set archived_at = now() where id = ${id}`
    await expect(open(db, mo)).rejects.toMatchObject(refusal(409, 'category_archived'))
  })

  test('what is done in Studio is a change like any other', async ({ db }) => {
    const [before] = await db.sql`select revision from categories where slug = 'quality'`
    await db.sql`update categories set name_en = 'Quality and metrology' where slug = 'quality'`
    await db.sql`update categories set topic_count = topic_count + 1 where slug = 'quality'`
    const [after] = await db.sql`select revision from categories where slug = 'quality'`
    expect(after!.revision).toBe(before!.revision + 1)
    await expect(
      db.sql`update categories set template = '[{"key": "x"}]' where slug = 'quality'`,
    ).rejects.toMatchObject({ constraint: 'template_is_fields' })
  })
})

describe('a template', () => {
  const setTemplate = (db: Db, ...fields: object[]) =>
    db.sql`update categories set template = ${JSON.stringify(fields)} where slug = 'quality'`

  test('what it asks for is kept by key, trimmed, without what was left blank', async ({ db }) => {
    const ada = await db.person('ada')
    await setTemplate(db, field('process', true), field('machine'), field('tried'))
    const topic = await open(db, ada, { answers: { process: ' Die casting\r\n350 bar ', machine: '  ' } })
    expect(await db.sql`select template_answers from topics where id = ${topic}`).toEqual([
      { template_answers: { process: 'Die casting\n350 bar' } },
    ])
  })

  test('what is missing or wrong is named', async ({ db }) => {
    const ada = await db.person('ada')
    await setTemplate(db, field('process', true))
    const refused: [object, string, string][] = [
      [{}, 'template_answer_missing', 'process'],
      [{ process: '\u200b' }, 'template_answer_missing', 'process'],
      [{ process: 'x', colour: 'red' }, 'template_answer_invalid', 'colour'],
      [{ process: 7 }, 'template_answer_invalid', 'process'],
      [{ process: 'x'.repeat(2001) }, 'template_answer_invalid', 'process'],
    ]
    for (const [answers, code, key] of refused) {
      await db.sql`savepoint before`
      await expect(open(db, ada, { answers })).rejects.toMatchObject(refusal(422, code, key))
      await db.sql`rollback to before`
    }
    expect(await db.sql`select from topics`).toEqual([])
  })
})

describe('tags', () => {
  test('a topic is found under the tag whose word was used, in either script or another spelling', async ({
    db,
  }) => {
    const ada = await db.person('ada')
    await platformAdmin(db)
    await tag(db, 'casting', 'سباكة', ['foundry', 'مسبك'])
    await tag(db, 'pumps', 'مضخات')
    const topic = await open(db, ada, { tags: ['Foundry', 'سِباكة', 'pumps'] })
    expect(await db.sql`select tags from topics where id = ${topic}`).toEqual([
      { tags: ['casting', 'pumps'] },
    ])
    expect(
      await db.sql`select card -> 'tags' as tags from private.topic_cards where id = ${topic}`,
    ).toMatchObject([{ tags: [{ slug: 'casting', name_ar: 'سباكة' }, { slug: 'pumps' }] }])
  })

  test('an unknown or retired one, and a sixth, are refused', async ({ db }) => {
    const ada = await db.person('ada')
    await platformAdmin(db)
    const six = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6']
    for (const slug of six) await tag(db, slug, `${slug} و`)
    await db.sql`select retire_tag('a6')`
    const refused: [string[], string][] = [
      [['nothing'], 'tag_unknown'],
      [['a6'], 'tag_unknown'],
      [[null as unknown as string], 'tag_unknown'],
    ]
    for (const [tags, code] of refused) {
      await db.sql`savepoint before`
      await expect(open(db, ada, { tags })).rejects.toMatchObject(refusal(422, code, 'tags'))
      await db.sql`rollback to before`
    }
    await db.asOwner()
    await db.sql`update tags set retired_at = null`
    await expect(open(db, ada, { tags: six })).rejects.toMatchObject(refusal(422, 'tags_limit', 'tags'))
  })

  test('one word means one tag', async ({ db }) => {
    await platformAdmin(db)
    const made = await tag(db, 'casting', 'سباكة', ['foundry'])
    const refused: [string, object, number | null, string, string][] = [
      ['cast', { name_en: 'Cast', name_ar: 'صب', synonyms: ['Foundry'] }, null, 'tag_taken', 'synonyms'],
      ['cast', { name_en: 'CASTING', name_ar: 'صب' }, null, 'tag_taken', 'name_en'],
      ['casting', { name_en: 'Casting', name_ar: 'صب' }, null, 'slug_taken', 'slug'],
    ]
    for (const [slug, patch, expected, code, at] of refused) {
      await db.sql`savepoint before`
      await expect(saveTag(db, slug, patch, expected)).rejects.toMatchObject(refusal(409, code, at))
      await db.sql`rollback to before`
    }
    expect(await saveTag(db, 'casting', { synonyms: ['foundry', 'moulding'] }, made.revision)).toEqual({
      slug: 'casting',
      revision: 2,
    })
    await expect(saveTag(db, 'casting', { name_en: 'Late' }, 1)).rejects.toMatchObject(
      refusal(409, 'changed_meanwhile'),
    )
  })

  test('merging moves topics, words and counts', async ({ db }) => {
    const ada = await db.person('ada')
    await platformAdmin(db)
    await tag(db, 'casting', 'سباكة')
    await tag(db, 'foundry', 'مسبك', ['die casting'])
    const [one, both] = [
      await open(db, ada, { tags: ['foundry'] }),
      await open(db, ada, { tags: ['foundry', 'casting'] }),
    ]
    await platformAdmin(db, 'pam')
    await db.sql`select merge_tags('foundry', 'casting')`
    expect(await db.sql`select id, tags from topics order by id`).toEqual(
      [one, both].toSorted().map((id) => ({ id, tags: ['casting'] })),
    )
    expect(await db.sql`select slug, topic_count, synonyms from list_tags()`).toEqual([
      { slug: 'casting', topic_count: 2, synonyms: ['Foundry', 'مسبك', 'die casting'] },
    ])
    expect(
      await db.sql`select open_topic('quality', 'Another', ${paragraphs('x')}, tags => array['foundry'])`,
    ).toHaveLength(1)
  })
})
