import { paragraphs } from '@p2p/database/testing'
import { beforeAll, expect, test } from 'vitest'
import { racing } from './racing.ts'

const { owner, signUp, as } = racing()
let ada: string
let pat: string
beforeAll(async () => {
  ada = await signUp('ada@topics.example')
  pat = await signUp('pat@keeping.example', { aal: 'aal2', role: 'admin' })
})

/** What somebody asks for and is refused is no fault; anything else that goes wrong is. */
const unlessRefused = (work: Promise<unknown>) =>
  work.catch((error: { code?: string }) => {
    if (!error.code?.startsWith('PT')) throw error
  })

const drift = () =>
  owner(`
    select slug, topic_count, counted from (
      select slug, topic_count, (select count(*) from topics
        where tags @> array[slug] and visibility = 'community' and deleted_at is null) as counted from tags
      union all
      select slug, topic_count, (select count(*) from topics
        where category_id = categories.id and visibility = 'community' and deleted_at is null) from categories) as counts
    where topic_count <> counted`)

test('while tags are merged, topics are opened, edited, moved, deleted and restored: none keeps a word that is gone', {
  timeout: 300_000,
}, async () => {
  const open = (tags: string[], category = 'quality') =>
    as<string>(ada, `select open_topic($1, 'A race', $2, tags => $3) as answer`, [
      category,
      paragraphs('Ready'),
      tags,
    ])
  for (let round = 0; round < 50; round += 1) {
    await owner(
      `insert into tags (slug, name_en, name_ar) values ('goes', 'Goes', 'يذهب'), ('stays', 'Stays', 'يبقى')
       on conflict do nothing`,
    )
    await owner(`update tags set synonyms = '{}'`)
    // How often one person writes is another test's subject.
    await owner('delete from private.rate_limits')
    const [first, second, third] = await Promise.all([
      open(['goes']),
      open(['goes', 'stays']),
      open(['stays', 'goes'], 'energy'),
    ])
    await Promise.all([
      as(pat, `select merge_tags('goes', 'stays') as answer`),
      unlessRefused(open(['goes', 'stays'], 'energy')),
      unlessRefused(open(['stays'])),
      unlessRefused(as(ada, `select edit_topic($1, tags => array['stays', 'goes']) as answer`, [first])),
      as(ada, `select move_topic($1, 'energy') as answer`, [second]),
      as(ada, `select delete_topic($1) as answer`, [third]),
    ])
    await as(ada, `select restore_topic($1) as answer`, [third])
    expect(await owner(`select id, tags from topics where not tags <@ array(select slug from tags)`)).toEqual(
      [],
    )
    expect(await drift()).toEqual([])
  }
})
