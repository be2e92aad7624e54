import { type Db, type Person, paragraphs, test } from '@p2p/database/testing'
import { describe, expect } from 'vitest'

type Found = {
  topic: { id: string; title: string }
  title: { text: string; hit: boolean }[]
  post: { id: string; number: number; excerpt: { text: string; hit: boolean }[] }
}

const open = async (db: Db, by: Person, title: string, text: string, visibility = 'community') => {
  await db.as(by)
  const [row] = await db.sql`
    select open_topic(category => 'quality', title => ${title}, body => ${paragraphs(text)},
      visibility => ${visibility}::visibility) as id`
  return row.id as string
}

const answer = async (db: Db, by: Person, topic: string, text: string) => {
  await db.as(by)
  const [row] = await db.sql`select reply(topic => ${topic}, body => ${paragraphs(text)}) as post`
  return row.post.id as string
}

const search = async (
  db: Db,
  by: Person,
  query: string,
  filters = {},
  after: string | null = null,
  size = 20,
) => {
  await db.as(by)
  const [row] =
    await db.sql`select search_forum(${query}, ${JSON.stringify(filters)}, ${after}, ${size}) as found`
  return row.found as { results: Found[]; corrected: string | null; next: string | null }
}

const titles = async (db: Db, by: Person, query: string, filters = {}) =>
  (await search(db, by, query, filters)).results.map(({ topic }) => topic.title)
const hits = (pieces: { text: string; hit: boolean }[]) =>
  pieces.filter(({ hit }) => hit).map(({ text }) => text)

/** As the job does it, for what was written just now. */
const learn = async (db: Db) => {
  await db.asOwner()
  await db.sql`update private.search_entries set written_at = written_at - interval '2 minutes'`
  await db.sql`select private.learn_words()`
}

describe('words are found', () => {
  test.for([
    ['in another form', 'pore', 'pores'],
    ['by their beginning', 'alumin', 'aluminium'],
    ['in capitals', 'FURNACES', 'furnace'],
    ['among others', 'furnace pores', 'pores'],
    ['with the article and without', 'مضخة', 'المضخّة'],
    ['with the conjunction written on', 'افران', 'والأفران'],
    ['with another spelling of the last letter', 'مضخه', 'المضخّة'],
    ['in the plural', 'الأفران', 'والأفران'],
    ['in both languages at once', 'vibration مضخة', 'المضخّة'],
  ] as const)('%s: %s', async ([, asked, hit], { db }) => {
    const ada = await db.person('ada')
    await open(db, ada, 'Castings', 'We see pores in aluminium since the furnace is new.')
    await open(db, ada, 'مصنع', 'vibration: تهتز المضخّة بشدة، والأفران تعمل.')
    await open(db, ada, 'Something else', 'Nothing of it.')
    const { results } = await search(db, ada, asked)
    expect(results).toHaveLength(1)
    expect(hits(results[0]!.post.excerpt).join(' ')).toContain(hit)
  })

  test('all of them must be there, in one post or title', async ({ db }) => {
    const ada = await db.person('ada')
    const topic = await open(db, ada, 'Pumps', 'They shake.')
    await answer(db, ada, topic, 'Look at the bearing.')
    expect(await titles(db, ada, 'shake bearing')).toEqual([])
    expect(await titles(db, ada, 'bearing look')).toEqual(['Pumps'])
  })

  test.for(['the', '  ', '؟!', 'of and', '%_\\', "o'clock' & | ! ( :*", '<->'])(
    'nothing is asked by %j, and nothing breaks',
    async (asked, { db }) => {
      const ada = await db.person('ada')
      await open(db, ada, 'Pumps', 'They shake.')
      expect((await search(db, ada, asked)).results).toEqual([])
    },
  )

  test('what a title says comes before what a post says, and new before old', async ({ db }) => {
    const ada = await db.person('ada')
    await open(db, ada, 'Conveyors', 'A gearbox that hums.')
    const old = await open(db, ada, 'Gearbox of last year', 'It is loud.')
    await open(db, ada, 'Gearbox of today', 'It is loud.')
    await db.asOwner()
    await db.sql`update private.search_entries set written_at = now() - interval '1 year' where topic_id = ${old}`
    expect(await titles(db, ada, 'gearbox')).toEqual([
      'Gearbox of today',
      'Gearbox of last year',
      'Conveyors',
    ])
  })

  test('a topic is found once, by the post that answers best', async ({ db }) => {
    const ada = await db.person('ada')
    const topic = await open(
      db,
      ada,
      'Pumps',
      'They shake, and a seal is gone, among much else that is said here.',
    )
    await answer(db, ada, topic, 'Nothing.')
    const best = await answer(db, ada, topic, 'Seal: a new seal, the seal of the maker.')
    const { results } = await search(db, ada, 'seal')
    expect(results.map(({ post }) => post.id)).toEqual([best])
  })
})

describe('a mistyped word', () => {
  test.for([
    ['furnase', 'furnace'],
    ['aluminum', 'aluminium'],
    ['casitngs', 'castings'],
    ['مضحة', 'مضخه'],
  ] as const)('%s is taken for %s, and says so', async ([asked, meant], { db }) => {
    const ada = await db.person('ada')
    await open(db, ada, 'Castings', 'aluminium castings, furnace, مضخة')
    await learn(db)
    const found = await search(db, ada, asked)
    expect(found.corrected).toBe(meant)
    expect(found.results).toHaveLength(1)
  })

  test('is not corrected by what one company alone reads', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    await open(db, ada, 'Our secret', 'The alloy unobtainium.', 'organization')
    await learn(db)
    expect(await search(db, bob, 'unobtanium')).toMatchObject({ results: [], corrected: null })
  })
})

describe('who finds it', () => {
  test('what belongs to one company is found there alone', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const abe = await db.colleague(ada, 'abe')
    const topic = await open(db, ada, 'Our turbine', 'It whistles.', 'organization')
    await answer(db, abe, topic, 'Since the overhaul.')
    for (const asked of ['turbine', 'whistles', 'overhaul']) {
      expect(await titles(db, abe, asked)).toEqual(['Our turbine'])
      expect(await titles(db, bob, asked)).toEqual([])
    }
  })

  test('what is deleted is found no more, what is edited by its new words alone', async ({ db }) => {
    const ada = await db.person('ada')
    const topic = await open(db, ada, 'Pumps', 'They shake.')
    const post = await answer(db, ada, topic, 'The impeller.')
    await db.sql`select edit_post(${post}, ${paragraphs('The bearing.')})`
    expect(await titles(db, ada, 'impeller')).toEqual([])
    expect(await titles(db, ada, 'bearing')).toEqual(['Pumps'])
    await db.sql`select delete_post(${post})`
    expect(await titles(db, ada, 'bearing')).toEqual([])
    await db.sql`select delete_topic(${topic})`
    expect(await titles(db, ada, 'shake')).toEqual([])
    expect(await titles(db, ada, 'pumps')).toEqual([])
    await db.asOwner()
    expect(await db.sql`select from private.search_entries where topic_id = ${topic}`).toEqual([])
    await db.as(ada)
    await db.sql`select restore_topic(${topic})`
    expect(await titles(db, ada, 'shake')).toEqual(['Pumps'])
    expect(await titles(db, ada, 'pumps')).toEqual(['Pumps'])
  })
})

test('a batch of words has all that was written in its last moment', async ({ db }) => {
  const ada = await db.person('ada')
  for (const word of ['alpha', 'bravo', 'gamma']) await open(db, ada, `The ${word}`, `What ${word} says.`)
  await db.asOwner()
  await db.sql`update private.search_entries set written_at = now() - interval '1 hour'`
  await db.sql`select private.learn_words(2)`
  const known =
    await db.sql`select word from private.known_words where word in ('alpha', 'bravo', 'gamma') order by word`
  expect(known.map(({ word }) => word)).toEqual(['alpha', 'bravo', 'gamma'])
})

describe('a search', () => {
  test('is narrowed by category, tag, company, author and answer', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const topic = await open(db, ada, 'Pumps of Ada', 'They shake.')
    await open(db, bob, 'Pumps of Bob', 'They shake.')
    const post = await answer(db, bob, topic, 'Mine shake too.')
    await db.asOwner()
    await db.sql`insert into tags (slug, name_en, name_ar) values ('vacuum', 'Vacuum', 'تفريغ')`
    await db.sql`update topics set answer_id = ${post}, answered_at = now(), tags = '{vacuum}' where id = ${topic}`

    expect(await titles(db, ada, 'shake', { category: 'quality' })).toHaveLength(2)
    expect(await titles(db, ada, 'shake', { category: 'energy' })).toEqual([])
    expect(await titles(db, ada, 'shake', { tag: 'vacuum' })).toEqual(['Pumps of Ada'])
    expect(await titles(db, ada, 'shake', { organization: bob.organization })).toEqual(['Pumps of Bob'])
    expect(new Set(await titles(db, ada, 'shake', { author: bob.id }))).toEqual(
      new Set(['Pumps of Ada', 'Pumps of Bob']),
    )
    expect(await titles(db, ada, 'shake', { answered: true })).toEqual(['Pumps of Ada'])
    expect(await titles(db, ada, 'shake', { answered: false })).toEqual(['Pumps of Bob'])
    // The words of a tag, in either language, belong to its topics.
    expect(await titles(db, ada, 'تفريغ')).toEqual(['Pumps of Ada'])
  })

  test.for([
    { category: 7 },
    { author: 'me' },
    { answered: 'yes' },
    { tag: 7 },
    { anything: 'else' },
    'shake',
  ])('by %j is refused', async (filters, { db }) => {
    const ada = await db.person('ada')
    await expect(search(db, ada, 'shake', filters)).rejects.toMatchObject({
      code: 'PT422',
      detail: 'invalid_input',
    })
  })

  test.for([{ category: 'no-such' }, { tag: 'no-such' }])(
    'by %j, which there is not, says so',
    async (filters, { db }) => {
      const ada = await db.person('ada')
      await expect(search(db, ada, 'shake', filters)).rejects.toMatchObject({
        code: 'PT404',
        detail: 'not_found',
      })
    },
  )

  test('finds what the filters leave, however much has the word elsewhere', async ({ db }) => {
    const [ada, bob] = [await db.person('ada'), await db.person('bob')]
    const old = await open(db, ada, 'The first', 'The valve leaks.')
    const topic = await open(db, bob, 'The loud one', 'Nothing.')
    await db.asOwner()
    await db.sql`insert into tags (slug, name_en, name_ar) values ('valves', 'Valves', 'صمامات')`
    await db.sql`update topics set tags = '{valves}' where id = ${old}`
    await db.sql`insert into private.search_entries (id, kind, topic_id, visibility, organization_id, words, written_at)
      select gen_random_uuid(), 'post', ${topic}, 'community', ${bob.organization}, private.search_vector('valve'), now()
      from generate_series(1, 600)`
    for (const filters of [{ organization: ada.organization }, { tag: 'valves' }, { author: ada.id }]) {
      expect(await titles(db, ada, 'valve', filters)).toEqual(['The first'])
    }
  })

  test('finds a topic by its title where its opening says nothing: it is a picture, or was hidden', async ({
    db,
  }) => {
    const ada = await db.person('ada')
    const topic = await open(db, ada, 'Furnace pump', 'It shakes.')
    await db.asOwner()
    await db.sql`update posts set body = null, deleted_at = now(), hidden_at = now() where topic_id = ${topic}`
    const { results } = await search(db, ada, 'pump')
    expect(results).toMatchObject([{ topic: { id: topic }, post: { number: 1, excerpt: [] } }])
  })

  test('asks for two hundred letters at most, though one may be eighteen', async ({ db }) => {
    await db.asOwner()
    const [row] =
      await db.sql`select length(array_to_string(private.search_words(${'ﷺ'.repeat(200)}), '')) as letters`
    expect(row.letters).toBeLessThanOrEqual(200)
  })

  test('comes a page at a time, each topic once', async ({ db }) => {
    const ada = await db.person('ada')
    for (let nth = 1; nth <= 7; nth++) await open(db, ada, `Pump ${nth}`, 'It shakes.')
    const seen: string[] = []
    for (let after: string | null | undefined; after !== null; ) {
      const page = await search(db, ada, 'shakes', {}, after ?? null, 3)
      seen.push(...page.results.map(({ topic }) => topic.title))
      after = page.next
    }
    expect(seen.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7].map((nth) => `Pump ${nth}`))
    await expect(search(db, ada, 'shakes', {}, 'x')).rejects.toMatchObject({ detail: 'cursor_invalid' })
  })
})
