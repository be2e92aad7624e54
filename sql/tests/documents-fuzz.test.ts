import { test } from '@p2p/database/testing'
import { getSchema } from '@tiptap/core'
import { Arbitrary, type Random, Stream, sample, Value } from 'fast-check'
import { expect } from 'vitest'
import { schemaExtensions } from '../../web/src/ui/rich-text/schema.ts'
import { chance, grow } from './documents/grammar.ts'
import { mutate } from './documents/mutations.ts'
import { editorTakes } from './documents/verdict.ts'

const schema = getSchema(schemaExtensions)

/** What the editor's own grammar makes, and more than half of it changed; written so that 100,000 take seconds. */
class Documents extends Arbitrary<string> {
  override generate(random: Random): Value<string> {
    const document = grow(random, schema.topNodeType, random.nextInt(1, 4))
    return new Value(JSON.stringify(chance(random, 40) ? document : mutate(random, document)), undefined)
  }
  override canShrinkWithoutContext(_: unknown): _ is string {
    return false
  }
  override shrink(): Stream<Value<string>> {
    return Stream.nil()
  }
}

const total = 100_000
const batch = 5_000

test('of 100,000 documents the database takes just those that the editor takes', async ({ db }) => {
  const counts = { taken: 0, refused: 0 }
  const disputed: { document: string; editor: boolean }[] = []
  for (let done = 0; done < total; done += batch) {
    const documents = sample(new Documents(), { numRuns: batch, seed: done })
    const rows = await db.sql<{ fine: boolean }>`
      select coalesce(private.is_document(case when pg_input_is_valid(document, 'jsonb') then document::jsonb end), false) as fine
      from unnest(${documents}::text[]) with ordinality as given (document, place) order by place`
    for (const [place, document] of documents.entries()) {
      const editor = editorTakes(schema, JSON.parse(document))
      counts[editor ? 'taken' : 'refused'] += 1
      if (rows[place]?.fine !== editor) disputed.push({ document, editor })
    }
  }
  // biome-ignore lint/suspicious/noConsole: how many of each there were is the other half of what this test says
  console.info(`documents: ${counts.taken} taken, ${counts.refused} refused`)
  const shortest = disputed.toSorted((a, b) => a.document.length - b.document.length).slice(0, 5)
  expect(shortest, `${disputed.length} documents are disputed`).toEqual([])
  expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(total / 5)
}, 600_000)
